# SPDX-License-Identifier: GPL-3.0-or-later
# The kernel's interface headers, of the kernel that the stick boots (not the
# host's). musl brings its own scsi/ headers.
DEPS                 += linux_headers
linux_headers_SOURCE := linux-libc-dev
linux_headers_NEEDS  :=
define linux_headers_BUILD
mkdir -p $$D/usr/include
cd usr/include
cp -RL linux asm-generic mtd misc $$D/usr/include/
cp -RL x86_64-linux-gnu/asm $$D/usr/include/asm
endef
