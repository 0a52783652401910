# SPDX-License-Identifier: GPL-3.0-or-later
TOOLS += sysimage
sysimage_LIBS := -lncursesw -lqrencode -lsodium -lzstd -lext2fs -lcom_err -lcurl -lsqlite3 -lm
