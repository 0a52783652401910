/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KIT_KIT_H
#define KIT_KIT_H

/* The verbs: options in, exit status out (docs/style.md, "A tool"). */
int kit_compile(int argc, char **argv);
int kit_check(int argc, char **argv);
int kit_info(int argc, char **argv);
int kit_import(int argc, char **argv);
int kit_export(int argc, char **argv);
int kit_sign(int argc, char **argv);
int kit_diff(int argc, char **argv);
int kit_exercised(int argc, char **argv);
int kit_print(int argc, char **argv);
int kit_report(int argc, char **argv);
int kit_keygen(int argc, char **argv);
int kit_slots(int argc, char **argv);
int kit_slot_add(int argc, char **argv);
int kit_slot_remove(int argc, char **argv);
int kit_unseal(int argc, char **argv);

#endif
