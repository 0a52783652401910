# SPDX-License-Identifier: GPL-3.0-or-later
# zlib: libharu compresses pages and fonts with it. The upstream tarball alone: mirrors
# lack the patch archive of its security update; libharu only writes with it.
DEPS        += zlib
zlib_SOURCE := zlib
zlib_NEEDS  := musl
define zlib_BUILD
CHOST=x86_64-linux-musl ./configure --static --prefix=/usr
make -j$$JOBS libz.a
make install DESTDIR=$$D
endef
