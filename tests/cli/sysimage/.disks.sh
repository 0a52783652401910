# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2034 # read by the tests
# Sourced by the tests: a folder of its own, and disks made by other programs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sysimage=$BLACKSTART_OUT/host/bin/sysimage
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d" || exit 1
export BLACKSTART_LANGUAGE=en SOURCE_DATE_EPOCH=1795000000 MTOOLS_SKIP_CHECK=1
PATH=$PATH:/usr/sbin:/sbin

fail()
{
	echo "$*"
	exit 1
}

# need PROGRAM...: else it cannot be tried here
need()
{
	for program; do
		command -v "$program" > /dev/null || {
			echo "$program is missing"
			exit 77
		}
	done
}

# put_at FILE OFFSET: standard input there
put_at() { dd of="$1" bs=4096 seek="$2" oflag=seek_bytes conv=notrunc status=none; }

# capture SOURCE IMAGE [OPTION...]
capture()
{
	from=$1 to=$2
	shift 2
	"$sysimage" capture --product office-pc --counter 1 "$@" "$from" "$to"
}

# ends STATUS WORDS COMMAND...: it must end so and say so
ends()
{
	want=$1 words=$2 status=0
	shift 2
	"$@" > out 2> said || status=$?
	[ "$status" -eq "$want" ] || fail "$*: status $status instead of $want: $(cat out said)"
	[ -z "$words" ] || grep -qF -e "$words" out said || fail "$*: said '$(cat out said)', not '$words'"
}

# refused STATUS WORDS SOURCE [OPTION...]: and no image is left
refused()
{
	want=$1 words=$2 source=$3
	shift 3
	rm -rf refused
	mkdir refused
	ends "$want" "$words" capture "$source" refused/x.kimg "$@"
	[ -z "$(ls -A refused)" ] || fail "something is left: $(ls -A refused)"
}

# tree FOLDER: some files of each kind
tree()
{
	mkdir -p "$1/etc" "$1/data"
	yes 'Stadt Musterlingen' | head -c 3000000 > "$1/data/repeated"
	head -c 1500000 /dev/urandom > "$1/data/random"
	: > "$1/data/empty"
	for i in 1 2 3 4 5 6 7 8 9; do echo "$i" > "$1/data/$i.txt"; done
}

# ntfs FILE MIB: a volume without files
ntfs()
{
	truncate -s "$2M" "$1"
	mkntfs -F -q -f "$1" > /dev/null 2>&1
}
