/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JOURNAL_JOURNAL_H
#define JOURNAL_JOURNAL_H

/* The verbs of `journal`, one file each. */
int journal_serve(int argc, char **argv);
int journal_append_verb(int argc, char **argv);
int journal_list(int argc, char **argv);
int journal_verify(int argc, char **argv);
int journal_head(int argc, char **argv);
int journal_merge(int argc, char **argv);
int journal_export(int argc, char **argv);

#endif
