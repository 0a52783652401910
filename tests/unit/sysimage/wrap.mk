# SPDX-License-Identifier: GPL-3.0-or-later
# As in tests/unit/lib/wrap.mk.
capture_room_test_WRAP := fstatfs
capture_source_test_WRAP := pread lseek stat
