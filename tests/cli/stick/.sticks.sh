# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the tests: a folder of its own (or $d, if a file
# that was sourced before made one), and sticks made without our programs (sfdisk, mkfs.vfat, mtools, cpio, b2sum) as
# docs/formats/stick.md says.
set -eu
# shellcheck disable=SC2034 # of the tests
stick=$BLACKSTART_OUT/host/bin/stick
if [ -z "${d:-}" ]; then
	d=$(mktemp -d)
	trap 'rm -rf "$d"' EXIT
	cd "$d" || exit 1
fi
export BLACKSTART_LANGUAGE=en MTOOLS_SKIP_CHECK=1

fail() {
	echo "$*"
	exit 1
}

# manifest FOLDER PREFIX FILE...: in the order given
manifest() {
	folder=$1 prefix=$2
	shift 2
	echo 'blackstart-manifest 1'
	for f; do
		printf 'file  %s  %s  0644  %s\n' "$(b2sum -l 256 "$folder/$f" | cut -c1-64)" \
			"$(stat -c %s "$folder/$f")" "$prefix$f"
	done
}

# kit_image: root/kit as kit.img. What is in it: open.db, and trust/1.root if that is there
kit_image() {
	mkdir -p root/kit
	[ -f root/kit/open.db ] || echo 'the open tier' > root/kit/open.db
	roots=
	[ ! -d root/kit/trust ] || roots='trust/1.root trust/1.root.minisig'
	# shellcheck disable=SC2086 # none or two
	[ -f root/kit/manifest.minisig ] || manifest root/kit kit/ open.db $roots > root/kit/manifest
	chmod 644 root/kit/*.* root/kit/manifest
	(
		cd root
		{
			echo kit
			echo kit/manifest
			[ ! -f kit/manifest.minisig ] || echo kit/manifest.minisig
			echo kit/open.db
			[ ! -d kit/trust ] || printf '%s\n' kit/trust kit/trust/1.root kit/trust/1.root.minisig
		} | cpio -o -H newc --quiet
	) > kit.img
}

# make_stick FILE: layout, GRUB's places, slot a with what lies in slot/
make_stick() {
	mkdir -p slot
	[ -f slot/vmlinuz ] || echo kernel > slot/vmlinuz
	[ -f slot/base.img ] || yes 'the system' | head -c 300000 > slot/base.img
	[ -f kit.img ] || kit_image
	cp kit.img slot/kit.img
	[ -f slot/manifest.minisig ] || manifest slot '' base.img kit.img vmlinuz > slot/manifest
	rm -f "$1"
	truncate -s 531M "$1"
	sfdisk -q "$1" <<- EOF
		label: gpt
		first-lba: 34
		start=2048, size=2048, type=21686148-6449-6E6F-744E-656564454649, name=BLACKSTART-BOOT
		start=4096, size=1048576, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name=BLACKSTART
		start=1052672, size=32768, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name=BLACKSTART-DATA
	EOF
	mkfs.vfat -F 32 -n BLACKSTART --offset 4096 "$1" 524288 > /dev/null 2>&1
	mmd -i "$1@@2M" ::a ::boot ::boot/grub
	echo 'set timeout=0' > grub.cfg
	mcopy -i "$1@@2M" slot/* ::a
	mcopy -i "$1@@2M" grub.cfg ::boot/grub
	echo 'GRUB core' | put_at "$1" 1048576
	{
		printf '# GRUB Environment Block\nlanguage=en\n'
		head -c 1024 /dev/zero | tr '\0' '#'
	} | head -c 1024 | put_at "$1" 2093056
}

# put_at FILE OFFSET: standard input there
put_at() { dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }

# ends STATUS WORDS COMMAND...: it must end so and say so
ends() {
	want=$1 words=$2 status=0
	shift 2
	"$@" > out 2> said || status=$?
	[ "$status" -eq "$want" ] || fail "$*: status $status instead of $want: $(cat out said)"
	[ -z "$words" ] || grep -qF -e "$words" out said || fail "$*: said '$(cat out said)', not '$words'"
}
