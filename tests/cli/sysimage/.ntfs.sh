# SPDX-License-Identifier: GPL-3.0-or-later
# Volumes for the tests of lib/ntfs: made by mkntfs, filled by ntfscp or, where FUSE can be
# had, by ntfs-3g, and listed by our reader. Everything happens in a folder that goes away.
# shellcheck shell=sh disable=SC2034 # used by the tests
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")" && pwd)
lister=${BLACKSTART_OUT:-$here/../../../out}/host/unit/lib/ntfs_list_test
lister=$(realpath "$lister")
for program in mkntfs ntfscp ntfscat ntfsinfo "$lister"; do
	command -v "$program" > /dev/null || {
		echo "$program is missing"
		exit 77
	}
done
d=$(mktemp -d)
writer=
cleanup() {
	if mountpoint -q "$d/mnt"; then
		umount "$d/mnt" 2> /dev/null || fusermount -u "$d/mnt" || true
	fi
	[ -z "$writer" ] || wait "$writer" || true
	rm -rf "$d"
}
trap cleanup EXIT
cd "$d" || exit 1
mkdir mnt

# make_volume FILE SIZE CLUSTER [SECTOR]
make_volume() {
	truncate -s "$2" "$1"
	mkntfs -q -F -f -c "$3" -s "${4:-512}" -p 0 -H 0 -S 0 "$1" > /dev/null 2>&1
}

# mount_volume FILE [OPTIONS]
mount_volume() {
	ntfs-3g "$1" mnt -o "no_detach,big_writes,${2:-rw}" > mount.said 2>&1 &
	writer=$!
	until mountpoint -q mnt; do
		kill -0 "$writer" 2> /dev/null || {
			tail -n 1 mount.said
			writer=
			echo 'ntfs-3g cannot mount here (FUSE is needed)'
			exit 77
		}
		sleep 0.05
	done
}

# The volume is whole when ntfs-3g is gone.
unmount_volume() {
	umount mnt 2> /dev/null || fusermount -u mnt
	wait "$writer"
	writer=
}

# list FILE: into "listing", and the map of used clusters into "bits"
list() {
	NTFS_VOLUME=$1 NTFS_LIST=listing NTFS_BITS=bits "$lister" > said 2>&1 || {
		cat said
		exit 1
	}
	# The bits behind the last cluster are ours to clear; ntfs-3g sets them.
	ntfscat -f -i 6 "$1" > bitmap
	"$here/.ntfs_bits" "$1" bits bitmap
}

# has WHAT LINE: the listing has such a line (a pattern of grep -E)
has() {
	grep -qE "$2" listing || {
		echo "$1: no line of this kind: $2"
		grep -F -- "$1" listing || true
		exit 1
	}
}
