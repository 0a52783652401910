# SPDX-License-Identifier: GPL-3.0-or-later
# Calls that a test answers itself, or does not let through: NAME_WRAP, linked with -Wl,--wrap.
disks_test_WRAP := fstat ioctl umount2
service_test_WRAP := reboot sync umount2
volumes_test_WRAP := open syncfs umount2
