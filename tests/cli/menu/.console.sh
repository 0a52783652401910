# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2153
# A full-screen console in tmux for tests: source it. Skips where tmux is missing.
command -v tmux >/dev/null || { echo "tmux is missing: apt install tmux"; exit 77; }
: "${TMPDIR:=$(mktemp -d)}"
console() { tmux -S "$TMPDIR/tmux" -f /dev/null "$@"; }
trap 'console kill-server 2>/dev/null || :; end_broker' EXIT
end_broker() { [ ! -s "$TMPDIR/broker.pid" ] || kill "$(cat "$TMPDIR/broker.pid")" 2>/dev/null || :; }

tools=$BLACKSTART_OUT/host/bin
here=$(cd "$(dirname "$0")/../../.." && pwd)
PATH=$tools:$PATH
BLACKSTART_LOCALEDIR=$BLACKSTART_OUT/host/locale
BLACKSTART_RUN=$TMPDIR/run
BLACKSTART_STATE=$TMPDIR/state
BLACKSTART_CMDLINE=$TMPDIR/cmdline
BLACKSTART_BROKER=$TMPDIR/broker
BLACKSTART_KIT=$TMPDIR/kit
export PATH BLACKSTART_LOCALEDIR BLACKSTART_RUN BLACKSTART_STATE BLACKSTART_CMDLINE \
	BLACKSTART_BROKER BLACKSTART_KIT
mkdir -p "$BLACKSTART_RUN"
printf 'kit=ok\nclock=ok\n' >"$BLACKSTART_STATE"
echo 'quiet' >"$BLACKSTART_CMDLINE"

remembered() { echo "quiet blackstart.language=$1 blackstart.keyboard=${2:-de}" >"$BLACKSTART_CMDLINE"; }
make_kit() { "$here/tests/cli/menu/.make-kit" "$BLACKSTART_KIT" "$@"; }
start_broker() {
	"$here/tests/cli/menu/.fake-broker" "$BLACKSTART_BROKER" "$TMPDIR/requests" "$@" &
	echo $! >"$TMPDIR/broker.pid"
	until [ -S "$BLACKSTART_BROKER" ]; do sleep 0.1; done
}
# run COLUMNS ROWS TERM COMMAND...; its exit status is shown at the end.
run() {
	columns=$1 rows=$2 term=$3
	shift 3
	console new-session -d -x "$columns" -y "$rows" "TERM=$term $*; echo exit status \$?; sleep 60"
}
press() { console send-keys "$@"; }
screen() { console capture-pane -p; }
fail() {
	echo "FAILED: $*"
	screen || :
	exit 1
}
# Wait until the screen shows a text; at most 10 s.
sees() {
	for _ in $(seq 100); do
		screen | grep -qF -e "$1" && return
		sleep 0.1
	done
	fail "the screen does not show: $1"
}
# Wait until it no longer shows a text that the page before had; at most 10 s.
gone() {
	for _ in $(seq 100); do
		screen | grep -qF -e "$1" || return 0
		sleep 0.1
	done
	fail "the screen still shows: $1"
}
sees_not() { ! screen | grep -qF -e "$1" || fail "the screen shows: $1"; }
narrow_enough() { [ "$(screen | wc -L)" -le "$1" ] || fail "a line is wider than $1 columns"; }
