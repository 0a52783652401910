/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the journal is kept: the folders of the stick, taken and let go. */
#include "journal/store.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/newfile.h"
#include "lib/base/wholefile.h"

#define KEY_NAME "stick.key"
#define AGAIN_MS 50 /* for an answer that is late already */

/* A folder below the one that plays the partition, made at first use. */
static int own_folder(const char *parent, const char *name, struct error *e)
{
	int above = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1;

	if (above >= 0 && (mkdirat(above, name, 0700) == 0 || errno == EEXIST))
		fd = openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		error_errno(e, _("cannot open the folder %s of the store %s"), name, parent);
	if (above >= 0)
		close(above);
	return fd;
}

/* Whoever enters something shall not wait for a stick that is not ready yet. */
static int ask_broker(struct store *s, const char *name, struct error *e)
{
	struct pollfd answer = { .fd = s->broker.fd, .events = POLLIN };
	int wait_ms = s->asked ? AGAIN_MS : s->patience_ms;

	if (!s->asked && !broker_data_ask(&s->broker, name, e))
		return -1;
	s->asked = poll(&answer, 1, wait_ms) <= 0;
	if (!s->asked)
		return broker_data_take(&s->broker, e);
	error_set(e, ERROR_FAILED,
		  _("the stick is being checked and made ready; that may take a few minutes"));
	return -1;
}

static int take_folder(struct store *s, const char *name, struct error *e)
{
	if (s->by_broker)
		return ask_broker(s, name, e);
	if (s->folder)
		return own_folder(s->folder, name, e);
	error_set(e, ERROR_FAILED, _("no stick is used"));
	return -1;
}

bool store_hold(struct store *s, struct error *e)
{
	if (s->state >= 0)
		return true;
	if (s->by_broker && s->broker.fd < 0 && !broker_connect(&s->broker, e))
		return false;
	if (s->journal < 0)
		s->journal = take_folder(s, "journal", e);
	if (s->journal >= 0)
		s->state = take_folder(s, "state", e);
	if (s->state >= 0)
		return true;
	store_let_go(s);
	return false;
}

void store_let_go(struct store *s)
{
	struct error quiet = { 0 };

	if (s->asked) /* nothing else may be said to the broker before its answer */
		return;
	if (s->journal >= 0)
		close(s->journal);
	if (s->state >= 0)
		close(s->state);
	s->journal = s->state = -1;
	/* A broker that was restarted meanwhile holds nothing for us: connect anew. */
	if (s->broker.fd >= 0 && !broker_data_done(&s->broker, &quiet))
		broker_close(&s->broker);
}

void store_sweep(const struct store *s)
{
	newfile_sweep(s->journal);
	newfile_sweep(s->state);
}

static bool make_key(struct store *s, uint8_t seed[SIGNKEY_SEED_BYTES], struct error *e)
{
	struct newfile f = NEWFILE_NONE;
	bool ok;

	signkey_random_seed(seed);
	ok = newfile_create_at(&f, s->state, KEY_NAME, e) &&
	     (fchmod(f.fd, 0600) == 0 || error_errno(e, _("cannot keep %s private"), KEY_NAME)) &&
	     newfile_write(&f, seed, SIGNKEY_SEED_BYTES, e) && newfile_commit(&f, e);
	newfile_discard(&f);
	return ok;
}

bool store_key(struct store *s, uint8_t seed[SIGNKEY_SEED_BYTES], struct error *e)
{
	struct text bytes = { 0 };
	bool there, ok = wholefile_read_if(s->state, KEY_NAME, O_NOFOLLOW, 4096, &bytes, &there, e);

	if (ok && bytes.len == SIGNKEY_SEED_BYTES)
		memcpy(seed, bytes.s, SIGNKEY_SEED_BYTES);
	else if (ok) /* none yet; or one that nobody can sign with, and none is lost by a new one */
		ok = make_key(s, seed, e);
	if (bytes.len)
		explicit_bzero(bytes.s, bytes.len);
	text_release(&bytes);
	return ok;
}
