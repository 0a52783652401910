# SPDX-License-Identifier: GPL-3.0-or-later
# Calls of the library that a test makes fail: NAME_WRAP, linked with -Wl,--wrap.
image_writer_test_WRAP := pwrite ftruncate pthread_create
blocks_file_test_WRAP := open fallocate fsync posix_fadvise pwrite pread
memory_test_WRAP  := calloc realloc posix_memalign
newfile_test_WRAP := openat write fsync close renameat renameat2 linkat getrandom
signing_test_WRAP := pwrite pread fsync
target_test_WRAP := stat
ui_line_test_WRAP := ioctl
