/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_BROKER_H
#define BROKER_BROKER_H

#include "lib/base/memory.h"
#include "lib/disk/broker.h"

/* The verbs: options in, exit status out (docs/style.md, "A tool"). */
int broker_serve(int argc, char **argv);
int broker_list(int argc, char **argv);
int broker_about(int argc, char **argv);
int broker_with(int argc, char **argv);
int broker_probe(int argc, char **argv);
int broker_set_keyboard(int argc, char **argv);
int broker_switch(int argc, char **argv);
int broker_data_folder(int argc, char **argv);
int broker_medium_folder(int argc, char **argv);
int broker_set_clock(int argc, char **argv);
int broker_bring_network(int argc, char **argv);

/* "512.1 GB": decimal, as on the label of a disk. Returns out. */
char *broker_size(char out[32], uint64_t bytes);

#endif
