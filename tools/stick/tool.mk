# SPDX-License-Identifier: GPL-3.0-or-later
TOOLS += stick
stick_LIBS := -lsodium
