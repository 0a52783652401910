/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one writer: what is in memory is brought onto the stick. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal/writer.h"
#include "lib/base/language.h"
#include "lib/base/newfile.h"
#include "lib/base/wholefile.h"

#define COPY_BYTES 65536

/* Why the stick does not have it: a message id, and the system's reason. */
static bool because(struct writer *w, const char *text, const char *about)
{
	text_mask(w->why_text, sizeof(w->why_text), text);
	w->why.text = w->why_text;
	text_mask(w->why.about, sizeof(w->why.about), about);
	return false;
}

static bool because_errno(struct writer *w)
{
	const char *text = N_("the stick cannot be written");

	if (errno == ENOSPC || errno == EDQUOT)
		text = N_("the stick is full");
	else if (errno == EROFS || errno == EACCES || errno == EPERM)
		text = N_("the stick is read-only");
	else if (errno == EIO)
		text = N_("the stick is worn, damaged or was pulled");
	return because(w, text, strerror(errno));
}

/* Append `len` bytes of the file in memory from `at` on, by way of a fixed buffer. */
static bool copy_to(const struct writer *w, int to, uint64_t at)
{
	char buffer[COPY_BYTES];

	while (at < w->chain.bytes) {
		uint64_t left = w->chain.bytes - at;
		ssize_t n = pread(w->file, buffer, left < sizeof(buffer) ? left : sizeof(buffer),
				  (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		for (ssize_t done = 0, put; done < n; done += put, at += (uint64_t)put) {
			do
				put = pwrite(to, buffer + done, (size_t)(n - done), (off_t)at);
			while (put < 0 && errno == EINTR);
			if (put <= 0)
				return false;
		}
	}
	return true;
}

/* The last end of a record that is at most `bytes`, and how many records that are. */
static void boundary(struct writer *w, const struct text *own, uint64_t bytes)
{
	struct record r;
	struct error quiet = { 0 };

	w->stored = w->stored_bytes = 0;
	while (record_decode(own->s + w->stored_bytes, own->len - w->stored_bytes, &r, &quiet) ==
		       RECORD_WHOLE &&
	       w->stored_bytes + r.len <= bytes) {
		w->stored_bytes += r.len;
		w->stored++;
	}
}

/* How much of what the stick has of this chain is ours? False: it has something else. */
static bool compare(struct writer *w, const struct text *theirs, struct error *e)
{
	char name[CHAIN_NAME];
	struct text own = { 0 };
	struct record r;
	struct error quiet = { 0 };
	uint64_t common = 0;
	bool same;

	chain_name(name, w->chain.boot);
	if (!wholefile_read(w->folder, name, O_NOFOLLOW, CHAIN_FILE_MAX, &own, e)) {
		text_release(&own);
		return false;
	}
	own.len = w->chain.bytes;
	while (common < own.len && common < theirs->len && own.s[common] == theirs->s[common])
		common++;
	boundary(w, &own, common);
	/* Behind it may stand the beginning of a record that was not acknowledged. */
	same = theirs->len == w->stored_bytes ||
	       record_decode(theirs->s + w->stored_bytes, theirs->len - w->stored_bytes, &r,
			     &quiet) == RECORD_CUT;
	w->stick_untidy = theirs->len != w->stored_bytes;
	text_release(&own);
	return same;
}

/* The chain's file on the stick, new and whole. */
static bool put_whole(struct writer *w, const char *name)
{
	struct newfile f = NEWFILE_NONE;
	struct error e = { 0 };
	bool ok;

	w->stored = w->stored_bytes = 0;
	errno = 0;
	ok = newfile_create_at(&f, w->store->journal, name, &e) && copy_to(w, f.fd, 0) &&
	     newfile_commit(&f, &e);
	if (!ok)
		because_errno(w);
	newfile_discard(&f);
	w->stick_doubtful = !ok;
	if (!ok)
		return false;
	w->stored = w->chain.count;
	w->stored_bytes = w->chain.bytes;
	w->stick_untidy = false;
	return true;
}

static bool put_file(int folder, const char *name, const char *bytes, uint64_t len)
{
	struct newfile f = NEWFILE_NONE;
	struct error e = { 0 };
	bool ok = newfile_create_at(&f, folder, name, &e) &&
		  newfile_write(&f, bytes, (size_t)len, &e) && newfile_commit(&f, &e);

	newfile_discard(&f);
	return ok;
}

/* What the stick has is damaged, or another history (this PC was copied while it ran): it is
 * kept, as merging would keep it, and the pages of this PC say so. Behind w->stored it is not
 * ours. */
static bool put_aside(struct writer *w, const char *name, const struct text *theirs)
{
	struct digest d = digest_bytes(theirs->s, theirs->len);
	char hex[DIGEST_HEX], damaged[CHAIN_NAME + 32], fork[CHAIN_VARIANT_NAME];
	struct error quiet = { 0 };
	enum chain_step step;
	struct chain other;
	struct record r;

	chain_start(&other, w->chain.boot);
	do
		step = chain_next(&other, 0, theirs->s, theirs->len, &r, &quiet);
	while (step == CHAIN_RECORD);
	chain_variant_name(fork, &other);
	snprintf(damaged, sizeof(damaged), "%s.%.16s.damaged", w->chain.boot,
		 digest_to_hex(hex, &d));
	errno = 0;
	if ((other.count > w->stored &&
	     !(put_file(w->store->journal, fork, theirs->s, other.bytes) &&
	       put_file(w->folder, fork, theirs->s, other.bytes))) ||
	    (step == CHAIN_DAMAGED &&
	     !put_file(w->store->journal, damaged, theirs->s, theirs->len)))
		return because_errno(w);
	return put_whole(w, name);
}

/* Open this chain's file on the stick and find out how much of the chain it has. */
static bool open_file(struct writer *w)
{
	char name[CHAIN_NAME];
	struct text theirs = { 0 };
	struct error e = { 0 };
	bool there, ok;

	chain_name(name, w->chain.boot);
	ok = wholefile_read_if(w->store->journal, name, O_NOFOLLOW, CHAIN_FILE_MAX, &theirs, &there,
			       &e) ||
	     because_errno(w);
	if (ok && !there)
		ok = put_whole(w, name);
	else if (ok && !compare(w, &theirs, &e))
		ok = e.kind ? because(w, e.text, "") : put_aside(w, name, &theirs);
	else if (ok && w->stick_doubtful)
		ok = put_whole(w, name);
	text_release(&theirs);
	if (!ok)
		return false;
	w->stick_file = openat(w->store->journal, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	return w->stick_file >= 0 || because_errno(w);
}

/* Write what is missing behind what is there, and flush it. */
static bool catch_up(struct writer *w)
{
	if (w->stored_bytes == w->chain.bytes && !w->stick_untidy)
		return true;
	if (w->stick_untidy && ftruncate(w->stick_file, (off_t)w->stored_bytes) < 0)
		return because_errno(w);
	w->stick_untidy = true;
	errno = 0;
	if (!copy_to(w, w->stick_file, w->stored_bytes))
		return because_errno(w);
	if (fdatasync(w->stick_file) < 0) {
		w->stick_doubtful = true;
		return because_errno(w);
	}
	w->stick_untidy = false;
	w->stored = w->chain.count;
	w->stored_bytes = w->chain.bytes;
	return true;
}

/* The other chains, both ways: a stick that comes shows what it has, and gets what it
 * lacks. That it may be full or damaged is found and said where this boot is written. */
static void exchange(struct writer *w, bool new_stick)
{
	struct merge_rule rule = { .known = true,
				   .exercise = w->exercise,
				   .without = w->chain.boot };
	struct merge_result result = { 0 };
	struct error quiet = { 0 };

	memcpy(rule.kit_id, w->kit_id, sizeof(rule.kit_id));
	if (new_stick)
		(void)!merge_folder(w->folder, w->store->journal, &rule, &result, &quiet);
	quiet = (struct error){ 0 };
	if (new_stick || w->spread)
		w->spread = !merge_folder(w->store->journal, w->folder, &rule, &result, &quiet);
	merge_release(&result);
}

static bool prepare(struct writer *w)
{
	uint8_t seed[SIGNKEY_SEED_BYTES];
	struct signkey stick;
	struct error e = { 0 };
	bool ok = (store_hold(w->store, &e) && store_key(w->store, seed, &e)) ||
		  because(w, e.text, "");

	if (ok) {
		signkey_from_seed(&stick, seed);
		ok = writer_tie(w, &stick, &w->why);
		bool new_stick = !w->met_stick || memcmp(w->known_stick, stick.public, 32) != 0;

		if (new_stick)
			store_sweep(w->store);
		exchange(w, new_stick);
		w->met_stick = true;
		memcpy(w->known_stick, stick.public, sizeof(w->known_stick));
	}
	explicit_bzero(seed, sizeof(seed));
	signkey_wipe(&stick);
	return ok;
}

bool writer_store(struct writer *w)
{
	if (w->spread) /* look at the folder anew */
		writer_let_go(w);
	bool ok = w->stick_file >= 0 || (prepare(w) && (w->chain.count == 0 || open_file(w)));

	ok = ok && (w->chain.count == 0 || catch_up(w));
	if (ok)
		w->why.text = NULL;
	else
		writer_let_go(w); /* next time everything is looked at anew */
	return ok;
}

void writer_let_go(struct writer *w)
{
	if (w->stick_file >= 0)
		close(w->stick_file);
	w->stick_file = -1;
	store_let_go(w->store);
}
