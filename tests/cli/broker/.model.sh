# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the tests: a model of a PC in $pc (sysfs, disks as image files) and
# a broker that serves it. Needs no rights; locks nothing (broker serve --images).
broker="$BLACKSTART_OUT/host/bin/broker"
pc=$(mktemp -d)
export BLACKSTART_BROKER="$pc/socket" BLACKSTART_LANGUAGE=en
server=
finish() {
	status=$?
	[ -z "$server" ] || { kill "$server"; wait "$server" || status=1; }
	[ "$status" -eq 0 ] || [ "$status" -eq 77 ] || cat "$pc"/log 2>/dev/null
	rm -rf "$pc"
	exit "$status"
}
trap finish EXIT

fail() {
	echo "$*"
	exit 1
}

put() { # FILE TEXT
	mkdir -p "$(dirname "$pc/sys/$1")"
	printf '%s\n' "$2" >"$pc/sys/$1"
}

# disk NAME MAJOR:MINOR PATH-UNDER-DEVICES MIB: a disk of zeros, all its attributes
disk() {
	mkdir -p "$pc/dev" "$pc/sys/block" "$pc/sys/devices/$3/block/$1/queue"
	truncate -s "$4M" "$pc/dev/$1"
	at="devices/$3/block/$1"
	put "$at/dev" "$2"
	put "$at/size" "$(($4 * 2048))"
	put "$at/ro" 1
	put "$at/removable" 0
	put "$at/stat" "10 0 80 1 0 0 0 0 0 1 1 0 0 0 0 0 0"
	put "$at/queue/logical_block_size" 512
	put "$at/queue/physical_block_size" 4096
	ln -s "../.." "$pc/sys/$at/device"
	ln -s "../$at" "$pc/sys/block/$1"
}

# The sata disk of a PC, and a stick made for remembering.
sata=pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0
usb=pci0000:00/0000:00:14.0/usb1/1-2
make_sata() {
	disk sda 8:0 "$sata" 32
	put "devices/$sata/vendor" "ATA     "
	put "devices/$sata/model" "Example SSD 870 "
	printf '\000\200\000\010 S5Y1234' >"$pc/sys/devices/$sata/vpd_pg80"
	printf 'label: gpt\nsize=8MiB, type=U, name=ESP\ntype=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7\n' |
		sfdisk -q "$pc/dev/sda"
}
make_stick() {
	disk sdb 8:16 "$usb/1-2:1.0/host2/target2:0:0/2:0:0:0" 32
	put "devices/$usb/idVendor" 0781
	put "devices/$usb/serial" 4C530001
	put "devices/$usb/1-2:1.0/host2/target2:0:0/2:0:0:0/vendor" "SanDisk "
	put "devices/$usb/1-2:1.0/host2/target2:0:0/2:0:0:0/model" "Ultra Fit       "
	printf 'label: gpt\nstart=2048, size=2048, type=21686148-6449-6E6F-744E-656564454649, name=BLACKSTART-BOOT\ntype=U, name=BLACKSTART\n' |
		sfdisk -q "$pc/dev/sdb"
	{
		printf '# GRUB Environment Block\nother=kept\nlanguage=en\n'
		head -c 1024 /dev/zero | tr '\0' '#'
	} | head -c 1024 | dd of="$pc/dev/sdb" bs=512 seek=4088 conv=notrunc status=none
}

# serve [OPTIONS]: helper programs come from $pc/bin, and write to $pc/calls
serve() {
	mkdir -p "$pc/bin" "$pc/share" "$pc/dev" "$pc/sys/block"
	for name in modprobe loadkmap setfont; do
		[ -e "$pc/bin/$name" ] || {
			printf '#!/bin/sh\necho "%s $*" >>"%s/calls"\n' "$name" "$pc" >"$pc/bin/$name"
			chmod 755 "$pc/bin/$name"
		}
	done
	"$broker" serve --images --sysfs "$pc/sys" --dev "$pc/dev" --share "$pc/share" \
		--path "$pc/bin" "$@" 2>"$pc/log" &
	server=$!
	i=0
	until [ -S "$pc/socket" ]; do
		i=$((i + 1))
		[ $i -lt 100 ] || fail "the broker did not start"
		sleep 0.05
	done
}
