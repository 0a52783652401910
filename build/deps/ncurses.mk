# SPDX-License-Identifier: GPL-3.0-or-later
# ncursesw: the console's pages. The terminals that a stick can meet are compiled
# in; there is no terminfo database on it.
DEPS           += ncurses
ncurses_SOURCE := ncurses
ncurses_NEEDS  := musl
define ncurses_BUILD
./configure $$HOST --enable-widec --without-shared --with-normal --without-debug --without-ada \
	--without-cxx --without-cxx-binding --without-tests --without-manpages --without-progs \
	--without-gpm --disable-database --disable-home-terminfo --disable-stripping \
	--with-fallbacks=linux,vt100,vt102,vt220,xterm,xterm-256color,screen,screen-256color,tmux-256color,ansi,dumb \
	--with-build-cc=gcc --with-default-terminfo-dir=/usr/share/terminfo \
	--with-terminfo-dirs=/usr/share/terminfo
make -j$$JOBS libs
make install.libs install.includes DESTDIR=$$D
endef
