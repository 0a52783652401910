# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2034,SC2154
# Sourced: the demo kit in English, and the journal's writer with a folder that plays the
# stick. Sets bin, d; start_writer begins a boot, stop_writer ends it. The words that unlock
# people are in $d/words.
bin=$BLACKSTART_OUT/host/bin
d=$(mktemp -d)
writer=
trap 'stop_writer; rm -rf "$d"' EXIT
"$bin/kit" compile "$(dirname "$0")/../../../kits/musterlingen" -o "$d/made"
BLACKSTART_KIT=$d/made/kit
BLACKSTART_LANGUAGE=en
BLACKSTART_JOURNAL=$d/journal
BLACKSTART_RUN=$d/run
BLACKSTART_BROKER=$d/no-broker
export BLACKSTART_KIT BLACKSTART_LANGUAGE BLACKSTART_JOURNAL BLACKSTART_RUN BLACKSTART_BROKER
mkdir "$d/run" "$d/journal" "$d/store"
# Those of the demonstration kit are published.
echo "muster stadt nicht geheim offen jeder lesen" > "$d/words"

# start_writer [STORE]: with another stick than $d/store
start_writer() {
	rm -rf "$d/journal"
	mkdir -p "$d/journal" "${1:-$d/store}"
	"$bin/journal" serve --run "$d/journal" --store "${1:-$d/store}" 2> "$d/writer.err" &
	writer=$!
	i=0
	until [ -S "$d/journal/journal.socket" ] && stick_is_read "${1:-$d/store}"; do
		i=$((i + 1))
		[ "$i" -lt 100 ] || { cat "$d/writer.err"; exit 1; }
		sleep 0.05
	done
}

# All chains of the stick are in the run folder.
stick_is_read() {
	for chain in "$1"/journal/*.journal; do
		[ ! -e "$chain" ] || [ -e "$d/journal/${chain##*/}" ] || return 1
	done
}

stop_writer() {
	if [ "$writer" ]; then
		kill "$writer"
		wait "$writer" || :
	fi
	writer=
}

# pages KEYS...: walk through the pages in plain mode, one line each; what they show is in $d/out
pages() {
	printf '%s\n' "$@" | timeout 30 "$bin/handbook" pages --plain > "$d/out"
}

# says TEXT: it stands in what was shown
says() {
	grep -qF -- "$1" "$d/out" || { echo "not shown: $1"; cat "$d/out"; exit 1; }
}

# value ID KEY: of a deadline
value() {
	"$bin/handbook" deadlines --json | jq -r ".deadlines[] | select(.id == \"$1\").$2"
}
