# SPDX-License-Identifier: GPL-3.0-or-later
# popt: the command line of cryptsetup.
DEPS        += popt
popt_SOURCE := popt
popt_NEEDS  := musl
define popt_BUILD
[ -x configure ] || autoreconf -fi
./configure $$HOST --disable-shared --enable-static --disable-nls CFLAGS="$$CFLAGS"
make -j$$JOBS -C src
make -C src install DESTDIR=$$D
make install-pkgconfigDATA DESTDIR=$$D
rm -f $$D/usr/lib/*.la
endef
