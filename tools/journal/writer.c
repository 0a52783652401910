/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one writer: events become records in memory. */
#include "journal/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/hex.h"
#include "lib/base/language.h"
#include "lib/base/newfile.h"
#include "lib/base/wholefile.h"
#include "lib/data/kitinfo.h"

#define BOOT_FILE "boot.key" /* which chain this boot writes, and with what key */
#define STICK_PURPOSE "blackstart journal stick"

static uint64_t clock_ms(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return t.tv_sec < 0 ? 0 : (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool refuse(struct refusal *no, const char *text, const char *about)
{
	no->text = text;
	text_mask(no->about, sizeof(no->about), about);
	return false;
}

/* What the kit says. Without one that may be believed, nothing is sealed to anybody. */
static void read_kit(struct writer *w)
{
	struct kitinfo k = { 0 };
	struct error quiet = { 0 };

	if (!kitinfo_load(&k, &quiet))
		return;
	if (k.trust.trust == KIT_SIGNED || k.trust.trust == KIT_UNSIGNED) {
		snprintf(w->kit_id, sizeof(w->kit_id), "%s", k.kit_id);
		w->exercise = k.exercise;
		w->kit_version = k.version;
		w->root_version = k.trust.root_version;
		w->seals = k.protected_key &&
			   hex_decode(w->seal.key, sizeof(w->seal.key), k.protected_key);
	}
	kitinfo_release(&k);
}

/* Keep boot id and key, so that a writer that is started again goes on with the chain. */
static bool remember_boot(struct writer *w, struct error *e)
{
	struct newfile f = NEWFILE_NONE;
	struct message m;
	char seed[2 * SIGNKEY_SEED_BYTES + 1];
	bool ok;

	hex_encode(seed, w->seed, sizeof(w->seed));
	message_start(&m, "boot", w->chain.boot);
	message_add(&m, "seed", seed);
	ok = newfile_create_at(&f, w->folder, BOOT_FILE, e) &&
	     (fchmod(f.fd, 0600) == 0 || error_errno(e, _("cannot keep %s private"), BOOT_FILE)) &&
	     newfile_write(&f, m.bytes, m.len, e) && newfile_commit(&f, e);
	newfile_discard(&f);
	explicit_bzero(&m, sizeof(m));
	explicit_bzero(seed, sizeof(seed));
	return ok;
}

static bool recall_boot(struct writer *w, bool *there, struct error *e)
{
	struct text bytes = { 0 };
	struct message m;
	bool ok =
		wholefile_read_if(w->folder, BOOT_FILE, O_NOFOLLOW, MESSAGE_MAX, &bytes, there, e);

	if (ok && *there) {
		ok = message_parse(&m, "boot", bytes.s, bytes.len, e) &&
		     boot_valid(message_text(&m, "boot"), strlen(message_text(&m, "boot"))) &&
		     hex_decode(w->seed, sizeof(w->seed), message_text(&m, "seed"));
		if (ok)
			chain_start(&w->chain, message_text(&m, "boot"));
		explicit_bzero(&m, sizeof(m));
		explicit_bzero(bytes.s, bytes.len);
	}
	text_release(&bytes);
	return ok;
}

/* Which stick is a chain with a key of its own tied to? */
static void hear_tie(struct writer *w, const struct record *r)
{
	if (message_is(&r->open, "stick"))
		(void)!hex_decode(w->tied, sizeof(w->tied), message_text(&r->open, "stick"));
}

/* Read this boot's chain as an earlier writer left it. */
static bool resume(struct writer *w, struct error *e)
{
	char name[CHAIN_NAME];
	struct text bytes = { 0 };
	enum chain_step step;
	struct record r;
	bool there, ok;

	chain_name(name, w->chain.boot);
	ok = wholefile_read_if(w->folder, name, O_NOFOLLOW, CHAIN_FILE_MAX, &bytes, &there, e);
	while (ok && (step = chain_next(&w->chain, 0, text_end(&bytes), bytes.len, &r, e)) ==
			     CHAIN_RECORD)
		hear_tie(w, &r);
	ok = ok && (step != CHAIN_DAMAGED || chain_fault(&w->chain, name, e));
	if (ok && w->chain.count) {
		w->file = openat(w->folder, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
		ok = w->file >= 0 || error_errno(e, _("cannot open %s"), name);
	}
	w->untidy = w->stick_doubtful = true; /* it may have ended while it wrote */
	text_release(&bytes);
	return ok;
}

bool writer_open(struct writer *w, const char *run, struct store *store, struct error *e)
{
	struct error why = { 0 };
	bool there;

	*w = (struct writer){
		.run = run, .store = store, .file = -1, .stick_file = -1, .machine = ""
	};
	w->folder = open(run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w->folder < 0)
		return error_errno(e, _("cannot open the folder %s"), run);
	read_kit(w);
	if (!recall_boot(w, &there, &why) || (there && !resume(w, &why))) {
		/* What is there stays; new entries go to a chain of their own. */
		error_prefix(&why, _("a new chain is begun: "));
		report("journal", &why);
		there = false;
	}
	if (!there) {
		char boot[BOOT_HEX];

		boot_random(boot);
		chain_start(&w->chain, boot);
	}
	signkey_from_seed(&w->key, w->seed);
	return true;
}

void writer_release(struct writer *w)
{
	writer_let_go(w);
	if (w->file >= 0)
		close(w->file);
	if (w->folder >= 0)
		close(w->folder);
	signkey_wipe(&w->key);
	explicit_bzero(w->seed, sizeof(w->seed));
	w->file = w->folder = -1;
}

static bool write_at(int fd, const char *bytes, size_t len, uint64_t at)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, bytes, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return true;
}

/* The record's bytes behind the last one, all of them or none. */
static bool write_record(struct writer *w, const struct text *bytes, struct refusal *no)
{
	char name[CHAIN_NAME];

	chain_name(name, w->chain.boot);
	if (w->file < 0)
		w->file = openat(w->folder, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
	/* First tidy up: a shorter record over the rest of a longer one would be damage. */
	if (w->file >= 0 && (!w->untidy || ftruncate(w->file, (off_t)w->chain.bytes) == 0)) {
		w->untidy = true;
		if (write_at(w->file, bytes->s, bytes->len, w->chain.bytes)) {
			w->untidy = false;
			return true;
		}
	}
	refuse(no, N_("the memory for the journal is full or failing; the entry was not taken"),
	       strerror(errno));
	if (w->file >= 0 && ftruncate(w->file, (off_t)w->chain.bytes) == 0)
		w->untidy = false;
	return false;
}

/* Make a record of an event and append it in memory. */
static bool append(struct writer *w, const struct message *event, bool by_writer,
		   struct refusal *no)
{
	struct record r = { .sequence = w->chain.count, .before = w->chain.head };
	struct journal_moment now = { clock_ms(CLOCK_REALTIME), clock_ms(CLOCK_BOOTTIME) };
	struct text sealed = { 0 }, bytes = { 0 };
	struct chain next = w->chain;
	struct message secret;
	struct error e = { 0 };
	bool ok;

	memcpy(r.boot, w->chain.boot, sizeof(r.boot));
	ok = journal_split(event, by_writer, now, &r.open, &secret, no);
	if (ok && secret.len && !record_seal(&secret, next.sealed ? &next.seal : NULL, &sealed, &e))
		ok = refuse(no, N_("the entry cannot be sealed"), e.text);
	explicit_bzero(&secret, sizeof(secret));
	if (ok) {
		r.sealed = (const uint8_t *)sealed.s;
		r.sealed_len = sealed.len;
		record_encode(&r, &w->key, &bytes);
		/* It is read back as every reader will, before anybody sees it. */
		ok = chain_next(&next, w->chain.bytes, bytes.s, bytes.len, &r, &e) ==
			     CHAIN_RECORD ||
		     refuse(no, N_("the entry cannot be written as a record"), e.text);
	}
	ok = ok && write_record(w, &bytes, no);
	if (ok)
		w->chain = next;
	if (!next.sealed && sealed.len)
		explicit_bzero(sealed.s, sealed.len);
	text_release(&sealed);
	text_release(&bytes);
	return ok;
}

static void add_hex(struct message *m, const char *key, const uint8_t bytes[32])
{
	char hex[65];

	hex_encode(hex, bytes, 32);
	message_add(m, key, hex);
}

/* The chain that was written last, of all that are here: "BOOT:COUNT:HASH", or "". */
static void newest_chain(struct view *v, char out[RECORD_ID + DIGEST_HEX])
{
	struct digest head;
	char boot[BOOT_HEX], hex[DIGEST_HEX];
	uint64_t count;

	out[0] = '\0';
	if (view_newest(v, boot, &count, &head))
		snprintf(out, RECORD_ID + DIGEST_HEX, "%s:%llu:%s", boot, (unsigned long long)count,
			 digest_to_hex(hex, &head));
}

/* Record 0. */
static bool append_boot(struct writer *w, bool temporary, struct view *v, struct refusal *no)
{
	char previous[RECORD_ID + DIGEST_HEX];
	struct message m;

	newest_chain(v, previous);
	message_start(&m, "kind", "boot");
	add_hex(&m, "stick", w->key.public);
	message_add(&m, "temporary", temporary ? "1" : "");
	if (w->seals)
		add_hex(&m, "seal", w->seal.key);
	message_add(&m, "kit_id", w->kit_id);
	if (*w->kit_id)
		message_add_number(&m, "kit_version", w->kit_version);
	if (w->root_version)
		message_add_number(&m, "root_version", w->root_version);
	message_add(&m, "exercise", w->exercise ? "1" : "");
	message_add(&m, "program", BLACKSTART_VERSION);
	message_add(&m, "machine", w->machine);
	message_add(&m, "previous", previous);
	return append(w, &m, true, no);
}

/* Note a version that was not seen before, so that an older one is noticed later. */
static bool append_counter(struct writer *w, struct view *v, const char *name, uint64_t value,
			   struct refusal *no)
{
	struct message m;

	if (value == 0 || value <= view_counter(v, name))
		return true;
	message_start(&m, "kind", "counter");
	message_add(&m, "name", name);
	message_add_number(&m, "value", value);
	return append(w, &m, false, no);
}

/* Begin the chain: with the stick's key, or one of its own where no stick answers. */
static bool begin(struct writer *w, struct refusal *no)
{
	struct error e = { 0 };
	struct view v = { 0 };
	bool temporary = !(store_hold(w->store, &e) && store_key(w->store, w->seed, &e)), ok;

	if (temporary)
		signkey_random_seed(w->seed);
	signkey_from_seed(&w->key, w->seed);
	e = (struct error){ 0 };
	ok = (remember_boot(w, &e) && view_open(&v, w->run, NULL, &e)) ||
	     refuse(no,
		    N_("the memory for the journal is full or failing; the entry was not taken"),
		    e.text);
	ok = ok && append_boot(w, temporary, &v, no) &&
	     append_counter(w, &v, "kit_version", w->kit_version, no) &&
	     append_counter(w, &v, "root_version", w->root_version, no);
	view_close(&v);
	return ok;
}

/* Tie a chain with a key of its own to the stick that has come. */
bool writer_tie(struct writer *w, const struct signkey *stick, struct refusal *no)
{
	uint8_t boot[BOOT_BYTES], signature[SIGNKEY_SIGNATURE_BYTES];
	char proof[2 * SIGNKEY_SIGNATURE_BYTES + 1];
	struct message m;

	if (!w->chain.temporary || w->chain.count == 0 ||
	    memcmp(w->tied, stick->public, sizeof(w->tied)) == 0)
		return true;
	(void)!hex_decode(boot, sizeof(boot), w->chain.boot);
	signkey_sign(stick, STICK_PURPOSE, boot, sizeof(boot), signature);
	hex_encode(proof, signature, sizeof(signature));
	message_start(&m, "kind", "stick");
	add_hex(&m, "stick", stick->public);
	message_add(&m, "proof", proof);
	if (!append(w, &m, true, no))
		return false;
	memcpy(w->tied, stick->public, sizeof(w->tied));
	return true;
}

bool writer_append(struct writer *w, const struct message *event, struct refusal *no)
{
	struct message open, sealed;
	bool good = journal_split(event, false, (struct journal_moment){ 0 }, &open, &sealed, no);

	explicit_bzero(&sealed, sizeof(sealed));
	/* Nothing begins, not even a chain, for an event that is refused. */
	return good && (w->chain.count > 0 || begin(w, no)) && append(w, event, false, no);
}

/* What was merged: its head is bound by this chain from here on. */
static bool append_merge(struct writer *w, const struct merge_change *c, struct refusal *no)
{
	char hex[DIGEST_HEX];
	struct message m;

	message_start(&m, "kind", "merge");
	message_add(&m, "chain", c->boot);
	message_add_number(&m, "entries", c->count);
	message_add(&m, "head", digest_to_hex(hex, &c->head));
	return append(w, &m, true, no);
}

bool writer_merge(struct writer *w, const char *from, struct merge_result *r, struct refusal *no)
{
	struct merge_rule rule = { .known = true,
				   .exercise = w->exercise,
				   .without = w->chain.boot };
	struct error e = { 0 };
	int folder = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = folder >= 0 ||
		  refuse(no, N_("the folder to merge cannot be opened"), strerror(errno));

	memcpy(rule.kit_id, w->kit_id, sizeof(rule.kit_id));
	if (ok && !merge_folder(w->folder, folder, &rule, r, &e))
		ok = refuse(no, N_("not all could be merged; do it again"), e.text);
	if (folder >= 0)
		close(folder);
	w->spread = w->spread || r->count > 0;
	/* What came in before a failure came in too. */
	bool noted = r->count == 0 || w->chain.count > 0 || begin(w, no);
	for (size_t i = 0; noted && i < r->count; i++)
		noted = append_merge(w, &r->changes[i], no);
	return ok && noted;
}

uint64_t writer_waiting(const struct writer *w)
{
	return w->chain.count - w->stored;
}
