# SPDX-License-Identifier: GPL-3.0-or-later
TOOLS += init
init_LIBS := -lsodium
