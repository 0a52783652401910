# SPDX-License-Identifier: GPL-3.0-or-later
TOOLS += trust
trust_LIBS := -lqrencode -lsodium -lm
