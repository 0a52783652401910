# SPDX-License-Identifier: GPL-3.0-or-later
"""The driver of the VM tests: QEMU, its firmware, its disks, its screen."""
