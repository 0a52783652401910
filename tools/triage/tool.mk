# SPDX-License-Identifier: GPL-3.0-or-later
TOOLS += triage
triage_LIBS := -lsodium -lext2fs -lcom_err -ldeflate -lzstd
