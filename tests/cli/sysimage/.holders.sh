# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2034 # read by the tests
set -eu
# Sourced by the tests: a folder of its own, holders a, b, c of whom two sign images, a root, and
# an image a.kimg that was made by the book.
here=$(cd "$(dirname "$0")" && pwd)
sysimage=$BLACKSTART_OUT/host/bin/sysimage
trust=$BLACKSTART_OUT/host/bin/trust
command -v minisign > /dev/null || {
	echo 'minisign is missing'
	exit 77
}
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d" || exit 1
export BLACKSTART_LANGUAGE=en

fail()
{
	echo "$*"
	exit 1
}

# ends STATUS WORDS COMMAND...: it must end so and say so on standard error
ends()
{
	want=$1
	words=$2
	status=0
	shift 2
	"$@" > out 2> said || status=$?
	[ "$status" -eq "$want" ] || fail "$*: status $status instead of $want: $(cat said)"
	[ -z "$words" ] || grep -qF -e "$words" said || fail "$*: said '$(cat said)', not '$words'"
}

image()
{
	"$here/.image" "$@"
}

# sign IMAGE NAME [OPTION...]
sign()
{
	file=$1
	name=$2
	shift 2
	"$sysimage" sign "$file" --key "$name.key" --trust trust --quick "$@" > said 2>&1 ||
		fail "sign $file by $name: $(cat said)"
}

verify='verify --trust trust'

# Keys without a passphrase: that spares half a second each.
for name in a b c; do
	minisign -G -W -p "$name.pub" -s "$name.key" > /dev/null
done
"$trust" init trust 'Stadt Musterlingen' a.pub b.pub c.pub --threshold-image 2 \
	--threshold-root 1 > /dev/null
"$trust" sign trust/1.root --key a.key > /dev/null
image a.kimg
