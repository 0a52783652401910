# SPDX-License-Identifier: GPL-3.0-or-later
# cryptsetup: opens BitLocker and LUKS volumes, read-only, as a process of its own that the broker
# starts. Cryptography is the kernel's (AF_ALG, dm-crypt) and its own Argon2.
DEPS              += cryptsetup
cryptsetup_SOURCE := cryptsetup
cryptsetup_NEEDS  := musl lvm2 popt json_c e2fsprogs
define cryptsetup_BUILD
autoreconf -fi
./configure $$HOST --disable-shared --enable-static --enable-static-cryptsetup --with-crypto_backend=kernel --enable-internal-argon2 \
	--disable-ssh-token --disable-external-tokens --disable-udev --disable-blkid --disable-nls --disable-asciidoc \
	--disable-veritysetup --disable-integritysetup --disable-fips --disable-selinux --with-tmpfilesdir=no CFLAGS="$$CFLAGS"
make -j$$JOBS libcryptsetup.la
make -j$$JOBS cryptsetup.static
strip cryptsetup.static
install -D -m 755 cryptsetup.static $$D/stick/cryptsetup
endef
