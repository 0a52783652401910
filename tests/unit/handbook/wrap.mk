# SPDX-License-Identifier: GPL-3.0-or-later
# Calls that a test answers itself: NAME_WRAP, linked with -Wl,--wrap.
clock_test_WRAP := clock_gettime
