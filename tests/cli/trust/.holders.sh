# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
# Sourced by the tests: a folder of its own, holders with keys, and what is refused.
trust=$BLACKSTART_OUT/host/bin/trust
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
cd "$d" || exit 1
export BLACKSTART_LANGUAGE=en
echo 'achtung, drei ameisen im flur' > passphrase

fail() {
	echo "$*"
	exit 1
}

# keys NAME...: key pairs. Debian's minisign makes them without a passphrase, which
# spares half a second each; without it, ours does.
keys() {
	for name; do
		if command -v minisign > /dev/null; then
			minisign -G -W -p "$name.pub" -s "$name.key" > /dev/null
		else
			"$trust" keygen "$name" --passphrase-file passphrase > /dev/null
		fi
	done
}

# sign FILE NAME [OPTION...]
sign() {
	file=$1 name=$2
	shift 2
	"$trust" sign "$file" --key "$name.key" --passphrase-file passphrase "$@" > said 2>&1 ||
		fail "sign $file by $name: $(cat said)"
}

# root NAME...: trust/1.root for all keys here, signed by these
root() {
	"$trust" init trust 'Stadt Musterlingen' ./*.pub "$@" > /dev/null
	signers=$(sed -n 's/^role  root  [0-9]*  0  //p' trust/1.root)
	for name in $signers; do
		sign trust/1.root "$name"
	done
	"$trust" verify trust > /dev/null
}

# ends STATUS WORDS COMMAND...: it must end so and say so on standard error
ends() {
	want=$1 words=$2 status=0
	shift 2
	"$@" > out 2> said || status=$?
	[ "$status" -eq "$want" ] || fail "$*: status $status instead of $want: $(cat said)"
	[ -z "$words" ] || grep -qF -e "$words" said || fail "$*: said '$(cat said)', not '$words'"
}
