# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2153
# The menu in plain mode for tests, driven through a pipe: source it.
here=$(cd "$(dirname "$0")/../../.." && pwd)
: "${TMPDIR:=$(mktemp -d)}"
BLACKSTART_LOCALEDIR=$BLACKSTART_OUT/host/locale
BLACKSTART_RUN=$TMPDIR/run
BLACKSTART_STATE=$TMPDIR/state
BLACKSTART_CMDLINE=$TMPDIR/cmdline
BLACKSTART_BROKER=$TMPDIR/broker
BLACKSTART_KIT=$TMPDIR/kit
export BLACKSTART_LOCALEDIR BLACKSTART_RUN BLACKSTART_STATE BLACKSTART_CMDLINE BLACKSTART_BROKER \
	BLACKSTART_KIT
mkdir -p "$BLACKSTART_RUN"
printf 'kit=ok\nclock=ok\n' >"$BLACKSTART_STATE"
echo 'quiet blackstart.language=en blackstart.keyboard=us' >"$BLACKSTART_CMDLINE"

make_kit() { "$here/tests/cli/menu/.make-kit" "$BLACKSTART_KIT" "$@"; }
start_broker() {
	"$here/tests/cli/menu/.fake-broker" "$BLACKSTART_BROKER" "$TMPDIR/requests" "$@" &
	server=$!
	trap 'kill $server 2>/dev/null || :' EXIT
	until [ -S "$BLACKSTART_BROKER" ]; do sleep 0.1; done
}
# menu LINE...: type the lines, one after another; what it prints goes to $TMPDIR/out.
menu() {
	printf '%s\n' "$@" | "$BLACKSTART_OUT/host/bin/menu" --plain >"$TMPDIR/out" 2>&1 ||
		fail "exit status $?"
	! grep -q "$(printf '\033')" "$TMPDIR/out" || fail 'an escape sequence'
}
fail() {
	echo "FAILED: $*"
	cat "$TMPDIR/out"
	exit 1
}
prints() { grep -qF -e "$1" "$TMPDIR/out" || fail "not printed: $1"; }
prints_not() { ! grep -qF -e "$1" "$TMPDIR/out" || fail "printed: $1"; }
asked() { grep -qx -e "$1" "$TMPDIR/requests" || { cat "$TMPDIR/requests"; fail "not asked: $1"; }; }
asked_not() { ! grep -q -e "$1" "$TMPDIR/requests" || fail "asked: $1"; }
