# SPDX-License-Identifier: GPL-3.0-or-later
# e2fsprogs: e2fsck for the data partition of the stick, and libext2fs for tools to come.
# Without the programs that would search disks for volumes, and without resize2fs: the
# kernel grows that partition (docs/formats/stick.md#growing). Static programs export nothing:
# no -rdynamic, which gcc 14 refuses where no spec knows it.
DEPS             += e2fsprogs
e2fsprogs_SOURCE := e2fsprogs
e2fsprogs_NEEDS  := musl
define e2fsprogs_BUILD
./configure $$HOST --sysconfdir=/etc --disable-nls --disable-fsck --disable-uuidd --disable-debugfs --disable-imager \
	--disable-defrag --disable-fuse2fs --disable-elf-shlibs --disable-tdb --disable-bmap-stats \
	--without-libarchive --with-pthread=no --with-crond-dir=no --with-systemd-unit-dir=no \
	--with-udev-rules-dir=no CFLAGS="$$CFLAGS"
make -j$$JOBS libs
make -j$$JOBS -C e2fsck e2fsck RDYNAMIC=
strip e2fsck/e2fsck
install -D -m 755 e2fsck/e2fsck $$D/stick/e2fsck
for l in ext2fs e2p com_err uuid blkid; do install -D -m 644 lib/lib$$l.a $$D/usr/lib/lib$$l.a; done
mkdir -p $$D/usr/include/ext2fs $$D/usr/include/et $$D/usr/include/uuid
install -m 644 lib/ext2fs/*.h $$D/usr/include/ext2fs/
install -m 644 lib/et/com_err.h $$D/usr/include/et/
install -m 644 lib/uuid/uuid.h $$D/usr/include/uuid/
endef
