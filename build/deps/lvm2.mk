# SPDX-License-Identifier: GPL-3.0-or-later
# libdevmapper of LVM2, for cryptsetup alone. No program of LVM: volumes of a suspect disk are
# not assembled. The static library is built by its own target; the shared one does not link with musl.
DEPS        += lvm2
lvm2_SOURCE := lvm2
lvm2_NEEDS  := musl
define lvm2_BUILD
ac_cv_func_malloc_0_nonnull=yes ac_cv_func_realloc_0_nonnull=yes ./configure $$HOST --enable-static_link --disable-udev_sync --disable-selinux --disable-blkid_wiping --disable-readline \
	--disable-use-lvmlockd --disable-systemd-journal --with-thin=none --with-cache=none --with-vdo=none CFLAGS="$$CFLAGS"
make -j$$JOBS -C include
make -j$$JOBS -C libdm ioctl/libdevmapper.a
install -D -m 644 libdm/ioctl/libdevmapper.a $$D/usr/lib/libdevmapper.a
install -D -m 644 libdm/libdevmapper.h $$D/usr/include/libdevmapper.h
install -D -m 644 libdm/libdevmapper.pc $$D/usr/lib/pkgconfig/devmapper.pc
endef
