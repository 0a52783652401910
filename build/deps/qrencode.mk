# SPDX-License-Identifier: GPL-3.0-or-later
# libqrencode: QR codes, for keys on paper and numbers to a phone.
DEPS            += qrencode
qrencode_SOURCE := qrencode
qrencode_NEEDS  := musl
define qrencode_BUILD
autoreconf -fi
./configure $$HOST --disable-shared --enable-static --without-tools --without-png --disable-thread-safety
make -j$$JOBS libqrencode.la
install -D -m 644 .libs/libqrencode.a $$D/usr/lib/libqrencode.a
install -D -m 644 qrencode.h $$D/usr/include/qrencode.h
endef
