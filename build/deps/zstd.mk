# SPDX-License-Identifier: GPL-3.0-or-later
# zstd: packs the initramfs. The program is built static too and runs on the
# building machine, so that the image does not depend on the host's version.
DEPS        += zstd
zstd_SOURCE := libzstd
zstd_NEEDS  := musl
define zstd_BUILD
flags="ZSTD_LEGACY_SUPPORT=0 HAVE_ZLIB=0 HAVE_LZMA=0 HAVE_LZ4=0 HAVE_THREAD=1 BACKTRACE=0"
make -C lib -j$$JOBS libzstd.a-mt $$flags
make -C programs -j$$JOBS zstd $$flags
install -D -m 644 lib/libzstd.a $$D/usr/lib/libzstd.a
install -D -m 644 lib/zstd.h $$D/usr/include/zstd.h
install -D -m 644 lib/zstd_errors.h $$D/usr/include/zstd_errors.h
install -D -m 755 programs/zstd $$D/bin/zstd
endef
