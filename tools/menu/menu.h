/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MENU_MENU_H
#define MENU_MENU_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/data/kitinfo.h"
#include "lib/disk/broker.h"
#include "lib/journal/journal.h"
#include "lib/journal/view.h"
#include "lib/ui/journalframe.h"
#include "lib/ui/ui.h"

int menu_start(int argc, char **argv);

/* --- state.c: what the start of the system left behind --- */

/* From /run/blackstart/state (docs/formats/run-state.md) and the kernel's command
 * line. BLACKSTART_STATE and BLACKSTART_CMDLINE name other files. */
struct boot_state {
	bool on_stick; /* there is a state: init started us */
	char kit[12];  /* "ok", "missing", "damaged", "" */
	char kit_error[256];
	bool clock_raised;
	char language[8], keyboard[8]; /* told on the command line, or "" */
};

void boot_state_load(struct boot_state *s);
/* The same from texts (tests). Unknown keys are ignored, broken lines too. */
void boot_state_parse(struct boot_state *s, const char *state);
void command_line_parse(struct boot_state *s, const char *words);

bool language_known(const char *code);   /* "de", "en" */
bool keyboard_known(const char *layout); /* "de", "us", "fr", "ch", "gb" */

/* May the stick be pulled? */
enum pull {
	PULL_SAFE,
	PULL_MOUNTED, /* something is mounted from a disk */
	PULL_SWAP,    /* a disk is used as memory */
	PULL_IN_USE,  /* a program has a disk open */
	PULL_OPEN,    /* a medium can be written to: what was written may be on its way */
	PULL_NO_KIT,  /* the kit is not in memory: the stick may be needed */
	PULL_UNKNOWN, /* it could not be found out */
};

/* From the texts of /proc/self/mountinfo (proc(5)) and /proc/swaps. */
enum pull pull_judge(const char *mountinfo, const char *swaps);

/* Now, here. */
enum pull pull_now(bool kit_loaded);

/* The same once the disks are known: what is being unmounted is no mount any more, and is still written;
 * the same goes for a table or a file system that grows. */
enum pull pull_with_disks(enum pull p, const struct broker_disks *disks);

/* A sentence about it for the start screen. */
const char *pull_words(enum pull p);

/* --- session.c: what lasts as long as the menu --- */

struct menu {
	struct ui *ui;
	struct boot_state boot;
	struct kitinfo kit;
	bool kit_loaded;
	struct error kit_error;
	struct broker broker;
	struct arena machine_memory;
	struct broker_machine machine;
	bool machine_known;
	bool told_ready;      /* this broker knows that the first page is painted */
	bool ask_to_remember; /* language and keyboard were asked for here */
	bool keyboard_waits;  /* to be set once there is a broker */
	char keyboard[8];
	struct journal journal; /* the writer, if one answers */
	bool writer_met;
	char chain[33]; /* of this boot; "" before the writer answered */
	enum recording recording;
	struct view view;     /* of all that was recorded; nothing of it is opened here */
	struct text deadline; /* the one that is due next, by name; until when, or 0 */
	int64_t due_ms;
	uint64_t newest_kit, newest_root; /* highest versions that the journal has seen; 0: none */
};

/* Connect to the broker if that is not done, and ask what PC this is. False: there
 * is no broker, e says why. */
__attribute__((warn_unused_result))
bool menu_connect(struct menu *m, struct error *e);
void menu_disconnect(struct menu *m); /* after an error: try anew next time */

/* Header and notice in the language of now. */
void menu_frame(struct menu *m);

/* --- notices.c: what the frame says of the journal --- */

/* Look at the journal, without waiting for it. */
void notices_look(struct menu *m);
void notices_add(struct menu *m, struct text *notice);
void notices_close(struct menu *m);

/* As ui_list(), and tells the broker once that a page is on the screen. */
enum ui_result menu_list(struct menu *m, const struct ui_list *list, size_t *selected);

/* Show what went wrong. */
void menu_error(struct menu *m, const char *title, const struct error *e);

/* --- pages. False: the terminal is gone, leave. --- */

bool setup_page(struct menu *m); /* setup.c: language and keyboard */
bool setup_keyboard(struct menu *m);
bool setup_remember(struct menu *m); /* keep them on the stick */
bool disks_page(struct menu *m);     /* disks.c */
bool about_page(struct menu *m);     /* about.c */
bool power_page(struct menu *m);     /* power.c */

/* disks.c: in words, translated. */
const char *disk_lock_words(const struct broker_disk *d);
const char *disk_content_words(const char *content);
void disk_label(struct text *out, const struct broker_disk *d); /* "sda  ACME Disk  500 GB" */
void disk_details(struct text *out, const struct broker_disk *d);

/* check.c: verify the stick `d` and show what was found. False: the terminal is gone. */
bool check_stick(struct menu *m, const struct broker_disk *d);

/* about.c: the text of the page; `sbat_level` as in the firmware, or "". */
void about_words(struct text *out, const struct kitinfo *kit, const char *sbat_level);

/* --- launch.c --- */

/* Is there such a program? */
bool launch_possible(const char *program);

/* Give it the terminal, wait for its end; say so if it could not be started or
 * died. argv[0] is the program, looked up in PATH. */
void launch(struct menu *m, const char *const *argv);

#endif
