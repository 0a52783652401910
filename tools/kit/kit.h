/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KIT_KIT_H
#define KIT_KIT_H

/* The verbs: options in, exit status out (docs/style.md, "A tool"). */
int kit_compile(int argc, char **argv);
int kit_info(int argc, char **argv);

#endif
