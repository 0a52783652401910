# SPDX-License-Identifier: GPL-3.0-or-later
# From tools and pinned packages to a bootable stick:
#   stick-root/         the root file system as it will be in RAM
#   boot/base.img       the same as initramfs, boot/kit.img the kit as a second one,
#                       boot/kit.slots who can open its sealed parts
#   blackstart.img      the stick: GPT, boot loaders, slot a, data partition
KIT         ?= kits/musterlingen
STICK_TOOLS := $(TOOLS:%=$O/stick/bin/%)
STICK_MO    := $(PO:tools/lib/po/%.po=$O/stick/locale/%/LC_MESSAGES/blackstart.mo)
PACKAGES    := kernel:linux-image-amd64 firmware:firmware-realtek firmware:firmware-misc-nonfree \
	firmware:firmware-bnx2 loader:shim-signed loader:shim-helpers-amd64-signed \
	loader:grub-efi-amd64-signed loader:grub-pc-bin console:console-setup-linux \
	console:console-data fonts:fonts-dejavu-core
PAYLOAD_MAX_MIB := 64
export KIT PAYLOAD_MAX_MIB

$O/packages/done: build/pins.lock build/unpack build/image.mk
	build/unpack $O/packages $(PACKAGES)
$O/modules/done: build/modules build/modules.list $O/packages/done
	@rm -rf $(@D)
	build/modules $O/packages/kernel $O/packages/firmware $(@D)
	@touch $@
$O/console/done: build/console $O/packages/done
	@rm -rf $(@D)
	build/console $O/packages/console $(@D)
	@touch $@

$O/boot/base.img: build/initramfs build/stick-root $(STICK_TOOLS) $(STICK_MO) $O/modules/done \
		$O/console/done $O/deps/sysroot $(shell find rootfs -type f)
	@mkdir -p $(@D)
	build/stick-root $O $(TOOLS)
	build/initramfs $O/stick-root $@ $(SYSROOT)/bin/zstd
# Which kit goes on the stick. A file of dates alone would keep the last one: what was
# chosen is written down, and another choice makes the kit anew.
.PHONY: FORCE
FORCE:
$O/boot/kit.choice: FORCE
	@mkdir -p $(@D)
	@choice='$(abspath $(KIT)) $(abspath $(KIT_IMAGE)) $(abspath $(KIT_SLOTS))'; \
	[ "$$(cat $@ 2>/dev/null)" = "$$choice" ] || echo "$$choice" > $@
# A kit that was compiled and signed elsewhere: KIT_IMAGE=ours.img KIT_SLOTS=ours.slots
ifdef KIT_IMAGE
$O/boot/kit.img: $O/boot/kit.choice $(KIT_IMAGE) $(KIT_SLOTS)
	@rm -f $O/boot/kit.slots
	$(if $(KIT_SLOTS),cp $(KIT_SLOTS) $O/boot/kit.slots)
	cp $(KIT_IMAGE) $@
else
$O/boot/kit.img: $O/stick/bin/kit $O/boot/kit.choice $(shell find $(KIT) kits/public -type f)
	@rm -rf $O/boot/made $O/boot/kit.slots
	$< compile $(KIT) --output $O/boot/made
	@if [ -f $O/boot/made/kit.slots ]; then cp $O/boot/made/kit.slots $O/boot/; fi
	cp $O/boot/made/kit.img $@
endif
$O/boot/vmlinuz: $O/packages/done
	@mkdir -p $(@D)
	cp $O/packages/kernel/boot/vmlinuz-* $@
$O/boot/core.img: build/grub/core.modules $O/packages/done
	@mkdir -p $(@D)
	grub-mkimage -O i386-pc -d $O/packages/loader/usr/lib/grub/i386-pc \
		-p '(,gpt2)/boot/grub' -o $@ $$(cat build/grub/core.modules)
# Signatures over the slot's manifest, made by `trust sign` from boot/slot-manifest of a
# build before: SLOT_SIGNATURE=FILE.
$O/boot/slot.choice: FORCE
	@mkdir -p $(@D)
	@choice='$(abspath $(SLOT_SIGNATURE))'; [ "$$(cat $@ 2>/dev/null)" = "$$choice" ] || echo "$$choice" > $@
$O/blackstart.img: build/image build/grub/grub.cfg build/README-stick.txt $O/boot/base.img \
		$O/boot/kit.img $O/boot/vmlinuz $O/boot/core.img $O/boot/slot.choice $(SLOT_SIGNATURE)
	build/image $O $@ $(SLOT_SIGNATURE)

image: setup $O/blackstart.img $O/firmware/done ## build the stick: out/blackstart.img
# Firmware for QEMU, and the tool that makes its Secure Boot variables: tests only.
$O/firmware/done: build/pins.lock build/unpack
	build/unpack $(@D) .:ovmf .:python3-virt-firmware

run: image ## build the stick and start it in QEMU as an office PC would
	build/run $O
size: image ## what takes how much on the stick; fails over the budget
	build/size $O
repro: setup ## build the stick twice in different surroundings and compare
	build/repro
offline: setup ## build everything with the network unplugged, from the cache alone
	build/offline
