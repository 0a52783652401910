# SPDX-License-Identifier: GPL-3.0-or-later
TOOLS += handbook
handbook_LIBS := -lncursesw -lsqlite3 -lqrencode -lhpdf -lsodium -lz -lm
