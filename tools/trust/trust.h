/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRUST_TRUST_H
#define TRUST_TRUST_H

/* The verbs: options in, exit status out (docs/style.md, "A tool"). */
int trust_keygen(int argc, char **argv);
int trust_backup(int argc, char **argv);
int trust_restore(int argc, char **argv);
int trust_init(int argc, char **argv);
int trust_sign(int argc, char **argv);
int trust_verify_file(int argc, char **argv); /* trust_verify() is the library's */
int trust_rotate(int argc, char **argv);
int trust_revoke(int argc, char **argv);
int trust_show(int argc, char **argv);

#endif
