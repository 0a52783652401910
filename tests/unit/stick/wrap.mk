# SPDX-License-Identifier: GPL-3.0-or-later
# The disk that forgets, alters and goes away: NAME_WRAP, linked with -Wl,--wrap.
copy_test_WRAP := pwrite fsync fallocate
