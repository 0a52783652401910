# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2034
# What the menu must say about pulling the stick, seen from this machine: mostly it has
# a disk mounted; in a container or a changed root none may be visible.
if awk '$3 !~ /^0:/ || $0 ~ / - [^ ]* \/dev\// { found = 1 } END { exit !found }' /proc/self/mountinfo; then
	must_say='Leave the stick in: a disk' must_not_say='You can pull the stick'
else
	must_say='You can pull the stick now' must_not_say='Leave the stick in'
fi
