# SPDX-License-Identifier: GPL-3.0-or-later
# SQLite with FTS5, one thread, no extensions from outside.
DEPS          += sqlite
sqlite_SOURCE := sqlite3
sqlite_NEEDS  := musl
define sqlite_BUILD
mkdir build
cd build
CC=gcc CFLAGS=-O1 ../configure --disable-shared --disable-readline --disable-load-extension
make sqlite3.c
$$CC $$CFLAGS -DSQLITE_DQS=0 -DSQLITE_THREADSAFE=0 -DSQLITE_DEFAULT_MEMSTATUS=0 \
	-DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_DEPRECATED -DSQLITE_OMIT_SHARED_CACHE \
	-DSQLITE_ENABLE_FTS5 -DSQLITE_SECURE_DELETE -DSQLITE_TEMP_STORE=3 \
	-DSQLITE_DEFAULT_FOREIGN_KEYS=1 -DSQLITE_TRUSTED_SCHEMA=0 -DSQLITE_ENABLE_DESERIALIZE \
	-DSQLITE_LIKE_DOESNT_MATCH_BLOBS -DHAVE_USLEEP=1 -c sqlite3.c -o sqlite3.o
mkdir -p $$D/usr/lib $$D/usr/include
ar rcsD $$D/usr/lib/libsqlite3.a sqlite3.o
install -m 644 sqlite3.h $$D/usr/include/
endef
