# SPDX-License-Identifier: GPL-3.0-or-later
# BusyBox: modprobe, console tools, and a shell for experts. What is in it stands
# in build/busybox.config; everything not named there is off.
DEPS           += busybox
busybox_SOURCE := busybox
busybox_NEEDS  := musl
busybox_FILES  := build/busybox.config
define busybox_BUILD
export KCONFIG_NOTIMESTAMP=1
make allnoconfig HOSTCC=gcc
grep -v '^#' $$TOP/build/busybox.config | while read -r option value; do
	[ -z "$$option" ] || {
		sed -i -e "/^CONFIG_$$option=/d" -e "/^# CONFIG_$$option is not set/d" .config
		echo "CONFIG_$$option=$${value:-y}" >> .config
	}
done
yes '' | make oldconfig HOSTCC=gcc
# An option that its own dependencies switched off again would be missed only on the stick.
grep -v '^#' $$TOP/build/busybox.config | while read -r option value; do
	[ -z "$$option" ] || grep -q "^CONFIG_$$option=" .config || { echo "option $$option did not take"; touch ../bad; }
done
[ ! -f ../bad ]
make -j$$JOBS CC=$$CC HOSTCC=gcc EXTRA_CFLAGS="$$CFLAGS" busybox
install -D -m 755 busybox $$D/stick/busybox
make busybox.links
install -m 644 busybox.links $$D/stick/busybox.links
endef
