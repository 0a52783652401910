# SPDX-License-Identifier: GPL-3.0-or-later
TOOLS += broker
broker_LIBS := -lsodium
