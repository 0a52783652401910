# SPDX-License-Identifier: GPL-3.0-or-later
# libqrencode: QR codes, for keys on paper and numbers to a phone. Its configure script
# cannot be made anew with every autoconf and looks for nothing that is needed here.
DEPS            += qrencode
qrencode_SOURCE := qrencode
qrencode_NEEDS  := musl
define qrencode_BUILD
version="-DMAJOR_VERSION=4 -DMINOR_VERSION=1 -DMICRO_VERSION=1 -DVERSION=\"4.1.1\""
for f in bitstream mask mmask mqrspec qrencode qrinput qrspec rsecc split; do
	$$CC $$CFLAGS -DSTATIC_IN_RELEASE=static -DHAVE_STRDUP=1 $$version -c "$$f.c"
done
ar rcsD libqrencode.a *.o
install -D -m 644 libqrencode.a $$D/usr/lib/libqrencode.a
install -D -m 644 qrencode.h $$D/usr/include/qrencode.h
endef
