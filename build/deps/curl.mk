# SPDX-License-Identifier: GPL-3.0-or-later
# libcurl: images from any web server (docs/decisions/0020-images-over-http.md). HTTP and nothing
# else: what comes over it proves itself by signatures and hashes, so there is no TLS.
DEPS        += curl
curl_SOURCE := curl
curl_NEEDS  := musl
define curl_BUILD
autoreconf -fi
./configure $$HOST --disable-shared --enable-static --without-ssl --without-zlib --without-zstd --without-brotli \
	--without-libpsl --without-libidn2 --without-nghttp2 --without-librtmp --without-libssh2 --without-ca-bundle --without-ca-path \
	--disable-ftp --disable-file --disable-ldap --disable-rtsp --disable-dict --disable-telnet --disable-tftp \
	--disable-pop3 --disable-imap --disable-smtp --disable-gopher --disable-mqtt --disable-smb --disable-ipfs --disable-websockets \
	--disable-cookies --disable-doh --disable-netrc --disable-progress-meter --disable-alt-svc --disable-hsts --disable-ntlm \
	--disable-unix-sockets --disable-threaded-resolver --disable-manual --disable-docs --disable-libcurl-option \
	--disable-aws --disable-mime --disable-form-api --disable-bindlocal --disable-proxy \
	--disable-http-auth --disable-headers-api --disable-dateparse --disable-get-easy-options CFLAGS="$$CFLAGS"
make -j$$JOBS -C lib
make -C lib install DESTDIR=$$D
make -C include install DESTDIR=$$D
rm -f $$D/usr/lib/*.la
endef
