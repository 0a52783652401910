/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_HANDBOOK_H
#define HANDBOOK_HANDBOOK_H

/* The verbs: options in, exit status out (docs/style.md, "A tool"). */
int handbook_find(int argc, char **argv);
int handbook_show(int argc, char **argv);
int handbook_plan(int argc, char **argv);
int handbook_deadlines(int argc, char **argv);
int handbook_deadline(int argc, char **argv);
int handbook_clock(int argc, char **argv);
int handbook_due(int argc, char **argv);
int handbook_chain(int argc, char **argv);
int handbook_call(int argc, char **argv);
int handbook_step(int argc, char **argv);
int handbook_log(int argc, char **argv);
int handbook_journal(int argc, char **argv);
int handbook_handover(int argc, char **argv);
int handbook_qr(int argc, char **argv);
int handbook_print(int argc, char **argv);
int handbook_key(int argc, char **argv);
int handbook_failed(int argc, char **argv);
int handbook_pages(int argc, char **argv);

#endif
