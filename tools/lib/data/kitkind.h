/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_KITKIND_H
#define LIB_DATA_KITKIND_H

#include <stdbool.h>
#include <stddef.h>

/* The kinds of things that a kit names and links to, as KIND:ID. */
enum kit_kind {
	KIT_NONE,
	KIT_ROLE,
	KIT_ORGANISATION,
	KIT_PLAN,
	KIT_STEP, /* its id is PLAN/NUMBER */
	KIT_CHAIN,
	KIT_NODE,
	KIT_DEADLINE,
	KIT_SYSTEM,
	KIT_PERSON,
	KIT_DEPARTMENT,
	KIT_PROCESS,
	KIT_DEVICE,
	KIT_DOCUMENT,
	KIT_FORM,
};

/* The kind of a word of n bytes, English or German ("role", "rolle", "org"), or
 * KIT_NONE. */
enum kit_kind kit_kind_parse(const char *s, size_t n);

/* "role": the English word, stored in databases. */
const char *kit_kind_name(enum kit_kind kind);

/* "Role": for people, translated. */
const char *kit_kind_label(enum kit_kind kind);

/* Letters of A to Z, digits, and - _ . in any order; 1 to 40 bytes. */
bool kit_id_valid(const char *s, size_t n);

/*
 * The next [[kind:id]] in s. True: *before is how many bytes precede it, *link
 * how many it takes with its brackets, and *id (of *id_len bytes) lies in s;
 * *kind is KIT_NONE if the kind is unknown or the id impossible. False: there is
 * none.
 */
struct kit_link {
	size_t before, length;
	enum kit_kind kind;
	const char *id;
	size_t id_len;
};
bool kit_link_next(const char *s, struct kit_link *link);

#endif
