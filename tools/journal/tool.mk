# SPDX-License-Identifier: GPL-3.0-or-later
TOOLS += journal
journal_LIBS := -lsqlite3 -lhpdf -lsodium -lz -lm
