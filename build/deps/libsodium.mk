# SPDX-License-Identifier: GPL-3.0-or-later
# libsodium: digests, signatures, encryption.
DEPS             += libsodium
libsodium_SOURCE := libsodium
libsodium_NEEDS  := musl
define libsodium_BUILD
autoreconf -fi
./configure $$HOST --disable-shared --enable-static
make -j$$JOBS
make install DESTDIR=$$D
rm -f $$D/usr/lib/*.la
endef
