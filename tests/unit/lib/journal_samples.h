/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JOURNAL_SAMPLES_H
#define JOURNAL_SAMPLES_H

/* Chains for the tests of the journal: made record by record, as the writer does. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/hex.h"
#include "lib/base/newfile.h"
#include "lib/journal/chain.h"
#include "lib/journal/schema.h"

struct sample {
	struct chain chain;
	struct signkey key;
	struct text bytes;
	uint64_t up_ms; /* of the next record */
	const char *at; /* the PC's clock, fixed */
};

/* An event out of "KEY=VALUE" words. */
static inline void sample_event(struct message *m, const char *const *words)
{
	m->len = m->strings = 0;
	m->overflow = false;
	for (; *words; words++)
		message_add_string(m, *words);
}

static inline void sample_add(struct sample *s, const char *const *words)
{
	struct record r = { .sequence = s->chain.count, .before = s->chain.head };
	struct journal_moment now = { strtoull(s->at, NULL, 10), s->up_ms };
	struct message event, sealed;
	struct text part = { 0 };
	struct refusal no = { 0 };
	struct error e = { 0 };
	size_t before = s->bytes.len;

	memcpy(r.boot, s->chain.boot, sizeof(r.boot));
	sample_event(&event, words);
	if (!journal_split(&event, true, now, &r.open, &sealed, &no)) {
		fprintf(stderr, "sample: %s (%s)\n", no.text, no.about);
		abort();
	}
	if (sealed.len && !record_seal(&sealed, s->chain.sealed ? &s->chain.seal : NULL, &part, &e))
		abort();
	r.sealed = (const uint8_t *)part.s;
	r.sealed_len = part.len;
	record_encode(&r, &s->key, &s->bytes);
	if (chain_next(&s->chain, before, s->bytes.s + before, s->bytes.len - before, &r, &e) !=
	    CHAIN_RECORD)
		abort();
	text_release(&part);
	s->up_ms += 1000;
}

#define SAMPLE_ADD(s, ...) sample_add(s, (const char *const[]){ __VA_ARGS__, NULL })

/* A chain with its record 0. `number` makes the boot id and the key; `more` are further
 * words of record 0, or NULL. */
static inline void sample_start(struct sample *s, unsigned number, const char *kit_id,
				const char *more)
{
	uint8_t seed[32] = { (uint8_t)number, 1 };
	char boot[BOOT_HEX], stick[80] = "stick=", kit[64];

	*s = (struct sample){ .at = "1795695661304", .up_ms = 1000 };
	snprintf(boot, sizeof(boot), "%032x", number);
	snprintf(kit, sizeof(kit), "kit_id=%s", kit_id);
	chain_start(&s->chain, boot);
	signkey_from_seed(&s->key, seed);
	hex_encode(stick + 6, s->key.public, 32);
	SAMPLE_ADD(s, "kind=boot", stick, kit, more);
}

static inline void sample_release(struct sample *s)
{
	text_release(&s->bytes);
}

static inline void sample_put(const struct sample *s, const char *folder)
{
	char name[CHAIN_NAME], path[512];
	struct error e = { 0 };

	chain_name(name, s->chain.boot);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (!newfile_whole(path, s->bytes.s, s->bytes.len, &e))
		abort();
}

/* A new folder of the test's own. */
static inline const char *sample_folder(char path[512])
{
	const char *base = getenv("TMPDIR");

	snprintf(path, 512, "%s/journal-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(path))
		abort();
	return path;
}

#endif
