# SPDX-License-Identifier: GPL-3.0-or-later
TOOLS += menu
menu_LIBS := -lncursesw -lsqlite3 -lqrencode -lsodium -lm
