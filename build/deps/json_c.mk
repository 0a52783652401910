# SPDX-License-Identifier: GPL-3.0-or-later
# json-c: cryptsetup reads the header of LUKS2 with it.
DEPS          += json_c
json_c_SOURCE := json-c
json_c_NEEDS  := musl
define json_c_BUILD
cmake -B b -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_BUILD_TYPE=None -DCMAKE_C_COMPILER="$$CC" -DCMAKE_C_FLAGS="$$CFLAGS" \
	-DCMAKE_SYSTEM_NAME=Linux -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DBUILD_SHARED_LIBS=OFF -DBUILD_STATIC_LIBS=ON -DBUILD_APPS=OFF \
	-DBUILD_TESTING=OFF -DDISABLE_WERROR=ON -DENABLE_THREADING=OFF
cmake --build b -j$$JOBS
DESTDIR=$$D cmake --install b
rm -rf $$D/usr/lib/cmake
endef
