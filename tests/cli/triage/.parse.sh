# SPDX-License-Identifier: GPL-3.0-or-later
# What tests of "triage parse" share.
# shellcheck shell=sh disable=SC2034 # used by the tests
triage=$BLACKSTART_OUT/host/bin/triage
cd "$TMPDIR" || exit 1

fail() { echo "$*" >&2; exit 1; }

# ends STATUS COMMAND...: its output to out, what it says to said.
ends() {
	want=$1
	shift
	status=0
	"$@" > out 2> said || status=$?
	[ "$status" -eq "$want" ] || fail "$*: status $status, not $want: $(cat said)"
}

# says WORDS: they stand in what was said.
says() { grep -qF -- "$1" said || fail "not said: $1: $(cat said)"; }

# prints: the output is what comes on standard input.
prints() {
	cat > want
	diff want out >&2 || fail 'prints something else'
}

# utf16 WORDS: without an end.
utf16() { printf %s "$1" | iconv -f UTF-8 -t UTF-16LE; }
