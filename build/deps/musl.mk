# SPDX-License-Identifier: GPL-3.0-or-later
# musl: the C library, and a gcc that links every program as static-PIE with it.
DEPS        += musl
musl_SOURCE := musl
musl_NEEDS  := linux_headers
musl_FILES  := build/musl.specs
define musl_BUILD
CC=gcc ./configure --prefix=/usr --syslibdir=/usr/lib --disable-shared --disable-wrapper \
	CFLAGS="-O2 -g0 -ffile-prefix-map=$$PWD=."
make -j$$JOBS
make install DESTDIR=$$D
mkdir -p $$D/bin
install -m 644 $$TOP/build/musl.specs $$D/musl.specs
cat > $$D/bin/musl-gcc <<'EOF'
#!/bin/sh
# gcc for the stick: headers and libraries of this sysroot only, static-PIE.
root=$$(cd "$$(dirname "$$0")/.." && pwd)
exec gcc --sysroot="$$root" -specs="$$root/musl.specs" "$$@"
EOF
chmod 755 $$D/bin/musl-gcc
endef
