/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All events of a folder of chains in a database in memory. */
#include "lib/journal/view.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/journal/chain.h"
#include "lib/journal/viewdb.h"

#define READ_BYTES (256 * 1024) /* of a file at once; more than any record */

struct view_chain {
	struct chain chain;
	struct view_clock clock;
	char file[CHAIN_NAME];
	/* As it was when it was read to its end: nothing is read again until one changes. */
	off_t size;
	ino_t inode;
	struct timespec changed;
};

/* What reading needs while it lasts. */
struct intake {
	char *buffer; /* of READ_BYTES; NULL until a file has changed */
	struct viewdb_adder adder;
};

static bool fault(struct view *v, const char *file, const char *text, struct error *e)
{
	v->faults++;
	return viewdb_fault(v->db, file, text, e);
}

static struct view_chain *chain_of(struct view *v, const char *file, const char *boot)
{
	for (size_t i = 0; i < v->chain_count; i++)
		if (strcmp(v->chains[i].file, file) == 0)
			return &v->chains[i];
	mem_grow(&v->chains, &v->chain_capacity, v->chain_count + 1, sizeof(*v->chains));
	struct view_chain *c = &v->chains[v->chain_count++];
	memcpy(c->file, file, strlen(file) + 1);
	chain_start(&c->chain, boot);
	c->size = -1;
	return c;
}

/* The sealed part of a record, opened if it can be. *locked: it could not. */
static bool open_sealed(struct view *v, const struct view_chain *c, const struct record *r,
			struct message *sealed, bool *locked, struct error *e)
{
	struct error why = { 0 };

	sealed->len = 0;
	*locked = false;
	if (r->sealed_len == 0)
		return true;
	if (!c->chain.sealed && record_unpack(r, sealed, &why))
		return true;
	if (c->chain.sealed && v->key && record_unseal(r, v->key, sealed, &why))
		return true;
	*locked = true;
	sealed->len = 0;
	/* A part that does not open is no error here: it may be sealed to an older key. */
	return !why.kind || c->chain.sealed || fault(v, c->file, why.text, e);
}

static bool add_record(struct view *v, struct intake *in, struct view_chain *c,
		       const struct record *r, struct error *e)
{
	struct message sealed;
	struct view_event event = { .record = r, .sealed = &sealed };
	bool ok = open_sealed(v, c, r, &sealed, &event.locked, e) &&
		  viewdb_add(&in->adder, &c->clock, &event, e);

	if (sealed.len)
		explicit_bzero(&sealed, sizeof(sealed));
	v->events++;
	v->locked += event.locked;
	return ok;
}

/* Take what the buffer holds; `at` is the offset in the file that it begins at. */
static enum chain_step take(struct view *v, struct intake *in, struct view_chain *c, uint64_t at,
			    size_t len, struct error *why, struct error *e)
{
	enum chain_step step;
	struct record r;

	do {
		step = chain_next(&c->chain, at, in->buffer, len, &r, why);
		if (step == CHAIN_RECORD && !add_record(v, in, c, &r, e))
			break;
	} while (step == CHAIN_RECORD);
	return step;
}

static bool intake_begin(struct intake *in, struct view *v, struct error *e)
{
	if (in->buffer)
		return true;
	in->buffer = mem_alloc(READ_BYTES);
	return viewdb_begin(&in->adder, v->db, e);
}

static void intake_end(struct intake *in)
{
	viewdb_end(&in->adder);
	free(in->buffer);
}

/* From where it was left to the end of the file, through one buffer. */
static bool read_chain(struct view *v, struct intake *in, struct view_chain *c, int fd,
		       struct error *e)
{
	struct error why = { 0 };
	enum chain_step step;
	uint64_t before;
	ssize_t n;

	do {
		before = c->chain.bytes;
		do
			n = pread(fd, in->buffer, READ_BYTES, (off_t)before);
		while (n < 0 && errno == EINTR);
		if (n < 0) {
			error_errno(&why, _("cannot read it"));
			step = CHAIN_DAMAGED;
		} else {
			step = take(v, in, c, before, (size_t)n, &why, e);
		}
		/* The buffer ended, perhaps within a record; the file goes on. */
	} while (!e->kind && step != CHAIN_DAMAGED && c->chain.bytes != before);
	if (e->kind || step == CHAIN_END)
		return !e->kind;
	if (step == CHAIN_DAMAGED)
		chain_fault(&c->chain, c->file, &why);
	else
		chain_cut_words(&c->chain, c->file, &why);
	return fault(v, c->file, why.text, e);
}

/* The same file, unchanged since it was read? */
static bool unchanged(const struct view_chain *c, const struct stat *st)
{
	return c->size == st->st_size && c->inode == st->st_ino &&
	       c->changed.tv_sec == st->st_mtim.tv_sec && c->changed.tv_nsec == st->st_mtim.tv_nsec;
}

static bool look_at(struct view *v, struct intake *in, int folder, const char *file,
		    const char *boot, bool *changed, struct error *e)
{
	struct view_chain *c = chain_of(v, file, boot);
	struct stat st;
	int fd;
	bool ok = true;

	if (fstatat(folder, file, &st, AT_SYMLINK_NOFOLLOW) < 0 || unchanged(c, &st))
		return true; /* gone again: what was read stays true */
	fd = openat(folder, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		ok = c->size >= 0 || fault(v, file, _("cannot open it"), e);
	} else {
		*changed = true;
		ok = intake_begin(in, v, e) && viewdb_forgive(v->db, file, &v->faults, e) &&
		     read_chain(v, in, c, fd, e);
	}
	if (fd >= 0)
		close(fd);
	c->size = st.st_size;
	c->inode = st.st_ino;
	c->changed = st.st_mtim;
	return ok;
}

bool view_refresh(struct view *v, bool *changed, struct error *e)
{
	int folder = open(v->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = folder < 0 ? NULL : fdopendir(folder);
	char boot[BOOT_HEX];
	struct intake in = { 0 };
	struct dirent *entry;
	bool ok;

	*changed = false;
	if (!list) {
		bool missing = folder < 0 && errno == ENOENT;

		if (!missing)
			error_errno(e, _("cannot open the folder %s"), v->folder);
		if (folder >= 0)
			close(folder);
		return missing;
	}
	ok = db_exec(v->db, "BEGIN", e);
	while (ok && (entry = readdir(list)) != NULL)
		if (chain_boot(entry->d_name, boot))
			ok = look_at(v, &in, folder, entry->d_name, boot, changed, e);
		else if (chain_is_variant(entry->d_name))
			ok = viewdb_variant(v->db, entry->d_name, &v->faults, changed, e);
	if (ok && *changed)
		ok = viewdb_settle(v->db, e);
	intake_end(&in); /* a statement that is open would hold the transaction */
	ok = db_exec(v->db, "COMMIT", e) && ok;
	closedir(list);
	return ok;
}

bool view_open(struct view *v, const char *folder, const struct sealed_pair *key, struct error *e)
{
	bool changed;

	*v = (struct view){ .folder = mem_string(folder), .key = key };
	v->db = viewdb_create(e);
	if (v->db && view_refresh(v, &changed, e))
		return true;
	view_close(v);
	return false;
}

bool view_newest(const struct view *v, char boot[BOOT_HEX], uint64_t *count, struct digest *head)
{
	const struct view_chain *newest = NULL;
	struct error quiet = { 0 };

	if (!viewdb_newest(v->db, boot, &quiet))
		return false;
	for (size_t i = 0; i < v->chain_count && !newest; i++)
		if (strcmp(v->chains[i].chain.boot, boot) == 0)
			newest = &v->chains[i];
	if (!newest)
		return false;
	*count = newest->chain.count;
	*head = newest->chain.head;
	return true;
}

uint64_t view_counter(const struct view *v, const char *name)
{
	struct error quiet = { 0 };

	return v->db ? viewdb_counter(v->db, name, &quiet) : 0;
}

int64_t view_now_ms(const struct view *v, const char *boot)
{
	struct timespec up = { 0 };

	clock_gettime(CLOCK_BOOTTIME, &up);
	for (size_t i = 0; i < v->chain_count; i++) {
		const struct view_clock *c = &v->chains[i].clock;

		if (c->confirmed && strcmp(v->chains[i].chain.boot, boot) == 0)
			return c->time_ms + (int64_t)up.tv_sec * 1000 + up.tv_nsec / 1000000 -
			       c->time_up_ms;
	}
	return 0;
}

void view_close(struct view *v)
{
	db_close(v->db);
	free(v->folder);
	free(v->chains);
	*v = (struct view){ 0 };
}
