# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the tests: a folder that goes away, and in it volumes and disks that other programs made.
# shellcheck shell=sh disable=SC2034 # used by the tests
PATH=$PATH:/usr/sbin:/sbin
export BLACKSTART_LANGUAGE=en MTOOLS_SKIP_CHECK=1 TZ=UTC
unset SOURCE_DATE_EPOCH # mke2fs of Debian 13 gives it to all files as their time
triage=$(realpath "${BLACKSTART_OUT:-$(dirname "$0")/../../../out}")/host/bin/triage
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d" || exit 1

fail() {
	echo "$*"
	exit 1
}

needs() { # PROGRAM...
	for program in "$@"; do
		command -v "$program" > /dev/null || {
			echo "$program is missing"
			exit 77
		}
	done
}

# ends STATUS COMMAND...: into "out" and "err"
ends() {
	want=$1 status=0
	shift
	"$@" > out 2> err || status=$?
	[ "$status" -eq "$want" ] || fail "$*: status $status instead of $want: $(head -c 600 err)"
}

# says WORDS: in what the last command said on standard error
says() {
	grep -qF -e "$1" err || fail "said '$(head -c 600 err)', not '$1'"
}

# has LINE...: whole lines of "out"
has() {
	for line in "$@"; do
		grep -qxF -e "$line" out || fail "no line $line in: $(cat out)"
	done
}

# part TEXT: somewhere in "out"
part() {
	grep -qF -e "$1" out || fail "no $1 in: $(cat out)"
}

make_tree() { # "tree": files of several sizes, folders, names with letters of their own
	mkdir -p tree/Windows/System32/config tree/leer
	printf 'Guten Tag\n' > 'tree/Grüße.txt'
	seq 1 30000 > tree/Windows/System32/config/SYSTEM
	head -c 3000000 /dev/urandom > tree/Windows/big.bin
	: > tree/empty
	printf x > 'tree/Windows/a name with spaces and a ; in it'
}

make_ext() { # FILE SIZE [OPTIONS]
	file=$1 size=$2
	shift 2
	mke2fs -q -F -t ext4 -d tree "$@" "$file" "$size" > /dev/null 2>&1
}

make_fat() { # FILE SIZE
	truncate -s "$2" "$1"
	mkfs.fat "$1" > /dev/null
	mcopy -s -m -i "$1" tree/* ::/
}

make_ntfs() { # FILE SIZE: with streams, but no folders: ntfscp makes none
	truncate -s "$2" "$1"
	mkntfs -q -F -f -p 0 -H 0 -S 0 "$1" > /dev/null 2>&1
	ntfscp -q -f "$1" tree/Windows/big.bin /big.bin
	ntfscp -q -f "$1" tree/empty /empty
	ntfscp -q -f -N Zone.Identifier "$1" 'tree/Grüße.txt' /big.bin
}

# A GPT disk "disk" of three volumes: vfat, ext4, ntfs.
make_disk() {
	needs sfdisk mke2fs mkfs.fat mcopy mkntfs ntfscp
	make_tree
	make_fat fat 40M
	make_ext ext 30M
	make_ntfs ntfs 20M
	truncate -s 95M disk
	sfdisk -q disk <<- EOT
		label: gpt
		start=2048, size=40M, type=U, name="EFI"
		start=86016, size=30M, type=L
		start=149504, size=20M, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7, name="Daten"
	EOT
	dd if=fat of=disk bs=1M seek=1 conv=notrunc status=none
	dd if=ext of=disk bs=1M seek=42 conv=notrunc status=none
	dd if=ntfs of=disk bs=1M seek=73 conv=notrunc status=none
}
