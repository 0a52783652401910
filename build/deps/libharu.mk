# SPDX-License-Identifier: GPL-3.0-or-later
# libharu: writes PDF. Its upstream tarball alone: mirrors lack Debian's patch archive,
# whose changes touch no code that is used here. Without libpng: pages
# hold text, lines and QR codes.
DEPS           += libharu
libharu_SOURCE := libharu
libharu_NEEDS  := musl zlib
define libharu_BUILD
cat > include/hpdf_config.h <<-EOF
	#define LIBHPDF_HAVE_LIBZ 1
	#define LIBHPDF_HAVE_NOPNGLIB 1
	#define LIBHPDF_STDC_HEADERS 1
	#define LIBHPDF_HAVE_STDINT_H 1
	#define LIBHPDF_HAVE_STDLIB_H 1
	#define LIBHPDF_HAVE_STRING_H 1
	#define LIBHPDF_HAVE_UNISTD_H 1
EOF
for f in src/*.c; do $$CC $$CFLAGS -Iinclude -c "$$f"; done
ar rcsD libhpdf.a *.o
install -D -m 644 libhpdf.a $$D/usr/lib/libhpdf.a
mkdir -p $$D/usr/include
install -m 644 include/hpdf*.h $$D/usr/include/
endef
