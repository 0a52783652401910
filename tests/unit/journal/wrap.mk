# SPDX-License-Identifier: GPL-3.0-or-later
# Calls of the library that the test makes fail: NAME_WRAP, linked with -Wl,--wrap.
writer_test_WRAP := openat read write pread pwrite fsync fdatasync ftruncate renameat fstat \
	fchmod mkdirat close getrandom
