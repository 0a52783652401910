/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `sysimage sign`: one key holder's yes to an image, written into it. */
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/crypto/signer.h"
#include "lib/image/signing.h"
#include "lib/ui/progress.h"
#include "sysimage/medium.h"
#include "sysimage/show.h"
#include "sysimage/sysimage.h"
#include "sysimage/vouch.h"

struct signing {
	const char *name, *trust, *key_file, *passphrase_file, *medium;
	bool quick, dry_run, as_json;

	int fd;
	struct vouch vouch;
	struct image image;
	struct minisign_secret key;
	const struct trust_key *holder;
	struct progress progress;
	uint8_t area[KIMG_SIGNATURES_BYTES]; /* as it will be */
	struct trust_found found;            /* in it */
};

static void at(void *ctx, uint64_t done_bytes, uint64_t total_bytes)
{
	struct signing *s = ctx;

	(void)total_bytes;
	progress_at(&s->progress, done_bytes);
}

/* A signature vouches for all bytes, so all are looked at first. */
static bool check_image(struct signing *s, struct error *e)
{
	const struct image_policy policy = { .mending = true };
	const struct image_progress progress = { at, s };
	struct stream *in = stream_open(s->name, NULL, e);
	bool ok = in && image_open(&s->image, in, &policy, e) && image_fits(&s->image, in, e);

	if (ok) {
		show_title(stderr, &s->image);
		show_warnings(stderr, &s->image.manifest);
	}
	if (ok && !s->quick) {
		s->progress = progress_begin(_("checking"), s->image.manifest.data_bytes);
		ok = image_check(&s->image, in, false, 0, &progress, e);
		progress_end(&s->progress);
	}
	stream_close(in);
	return ok;
}

/* Would the signature ever count, and do those that are there fit? */
static bool check_right(const struct signing *s, struct error *e)
{
	const struct kimg_manifest *m = &s->image.manifest;
	const struct trust_root *root = s->vouch.root;
	struct trust_found found;

	if (m->min_root > root->version)
		return error_set(e, ERROR_UNTRUSTED,
				 _("it asks for version %llu of the organisation's root, and here "
				   "is version %llu: bring the newer root"),
				 m->min_root + 0ULL, root->version + 0ULL);
	if (m->counter < root->minimum[TRUST_IMAGE])
		return error_set(e, ERROR_UNTRUSTED,
				 _("too old: its counter is %llu, and version %llu of the root "
				   "accepts %llu and later for the role %s"),
				 m->counter + 0ULL, root->version + 0ULL,
				 root->minimum[TRUST_IMAGE] + 0ULL, trust_role_name(TRUST_IMAGE));
	return trust_count(root, TRUST_IMAGE, s->image.manifest_bytes, s->image.manifest_len,
			   s->image.signature_text, s->image.signature_len, &found, e);
}

static bool check_key(struct signing *s, struct error *e)
{
	bool already;

	s->holder = signer_holder(s->vouch.root, TRUST_IMAGE, &s->key.public, e);
	if (!s->holder ||
	    !signer_signed(&s->key.public, s->image.manifest_bytes, s->image.manifest_len,
			   s->image.signature_text, s->image.signature_len, &already, e))
		return false;
	return !already || error_set(e, ERROR_USAGE,
				     _("the key %s has signed this image already; give the file to "
				       "another holder"),
				     s->holder->name);
}

/* The area with one more signature, read and counted as others will. */
static bool make_area(struct signing *s, struct error *e)
{
	struct text all = { 0 };
	const char *text;
	char comment[80];
	size_t len;
	bool ok;

	text_add_n(&all, s->image.signature_text, s->image.signature_len);
	trust_comment(comment, sizeof(comment), TRUST_IMAGE, s->image.manifest.counter);
	ok = minisign_sign(&s->key, s->image.manifest_bytes, s->image.manifest_len, KIMG_COMMENT,
			   comment, &all, e);
	if (ok && all.len >= sizeof(s->area))
		ok = error_set(e, ERROR_FAILED, _("the image has no room for more signatures"));
	if (ok)
		memcpy(s->area, all.s, all.len);
	ok = ok && kimg_signatures_parse(s->area, &text, &len, e) &&
	     trust_count(s->vouch.root, TRUST_IMAGE, s->image.manifest_bytes, s->image.manifest_len,
			 text, len, &s->found, e);
	text_release(&all);
	return ok;
}

static void say_json(const struct signing *s)
{
	struct text who = { 0 };
	struct json j = json_to(stdout);
	char hex[DIGEST_HEX];

	json_object(&j, NULL);
	json_bool(&j, "signed", !s->dry_run);
	json_string(&j, "key", s->holder->name);
	json_string(&j, "identity", digest_to_hex(hex, &s->image.identity));
	json_string(&j, "product", s->image.manifest.product);
	json_number(&j, "counter", s->image.manifest.counter);
	vouch_json(&s->vouch, &s->found, &j);
	trust_open_names(s->vouch.root, TRUST_IMAGE, &s->found, &who);
	json_string(&j, "can_still_sign", text_end(&who));
	json_end(&j);
	text_release(&who);
}

static void say(const struct signing *s)
{
	const struct kimg_manifest *m = &s->image.manifest;
	struct text who = { 0 };

	printf(_("%s: %s, number %llu, %s by %s: %u of %u signatures\n"), s->name, m->product,
	       m->counter + 0ULL, s->dry_run ? _("would be signed") : _("signed"), s->holder->name,
	       s->found.valid, s->found.wanted);
	if (s->vouch.root->exercise)
		puts(_("EXERCISE: this root vouches for nothing real"));
	if (s->found.valid < s->found.wanted) {
		trust_open_names(s->vouch.root, TRUST_IMAGE, &s->found, &who);
		printf(_("%u more needed; give the file to the next key holder: %s\n"),
		       s->found.wanted - s->found.valid, text_end(&who));
	}
	text_release(&who);
}

/* Two holders at once would write over each other; and a pipe that is open here never ends. */
static bool open_image(struct signing *s, struct error *e)
{
	struct stat st;

	s->fd = open(s->name, (s->dry_run ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK);
	if (s->fd < 0 || fstat(s->fd, &st) != 0)
		return error_errno(e, _("cannot open %s to write into it"), s->name);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return error_set(e, ERROR_USAGE, _("%s is neither a disk nor a file"), s->name);
	/* Over NFS an exclusive lock needs a descriptor that may write, and who writes nothing
	 * disturbs no other who looks. */
	return flock(s->fd, (s->dry_run ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 ||
	       error_errno(e, _("%s is in use by another program"), s->name);
}

static bool sign(struct signing *s, struct error *e)
{
	bool ok = vouch_open(&s->vouch, s->trust, e) && open_image(s, e) && check_image(s, e);

	if (ok && !(check_right(s, e) && signer_open(s->key_file, s->passphrase_file, &s->key, e) &&
		    check_key(s, e) && make_area(s, e)))
		ok = error_prefix(e, "%s: ", s->name);
	ok = ok && (s->dry_run || signing_write(s->fd, s->name, &s->image, s->area, e));
	if (ok && s->as_json)
		say_json(s);
	else if (ok)
		say(s);
	minisign_secret_wipe(&s->key);
	if (s->fd >= 0)
		close(s->fd);
	image_release(&s->image);
	vouch_release(&s->vouch);
	return ok;
}

int sysimage_sign(int argc, char **argv)
{
	struct error e = { 0 };
	struct signing s = { .fd = -1 };
	struct medium medium = MEDIUM_NONE;
	bool ok;
	const struct cli_option options[] = {
		{ "key", CLI_TEXT, &s.key_file, "FILE", N_("the secret key to sign with"), 0, 0 },
		{ "trust", CLI_TEXT, &s.trust, "FOLDER",
		  N_("the organisation's roots: may this key sign images?"), 0, 0 },
		{ "passphrase-file", CLI_TEXT, &s.passphrase_file, "FILE",
		  N_("read the key's passphrase from the first line of FILE (- is stdin)"), 0, 0 },
		{ "quick", CLI_FLAG, &s.quick, NULL,
		  N_("do not check the image's content first; for who has just done so"), 0, 0 },
		{ "medium", CLI_TEXT, &s.medium, "NAME",
		  N_("IMAGE is on this medium, which the broker opens, and the signature is written there: sdb1"),
		  0, 0 },
		{ "n", CLI_FLAG, &s.dry_run, NULL, N_("say what would be done, write nothing"), 0,
		  0 },
		{ "json", CLI_FLAG, &s.as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"sysimage",
		"sign",
		"IMAGE",
		N_("Sign an image in the role image. Its warnings are shown, and all of it is "
		   "checked, before the passphrase is asked for.\nEach key holder signs the same "
		   "file, one after the other. Nothing in it moves."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("sysimage", &e);
	if ((!s.key_file &&
	     !error_set(&e, ERROR_USAGE, _("with which key? Name it with --key FILE"))) ||
	    (!s.trust &&
	     !error_set(&e, ERROR_USAGE,
			_("whose keys count? Give --trust FOLDER with the organisation's roots"))))
		return report("sysimage", &e);
	s.name = argv[0];
	ok = medium_enter(&medium, s.medium, s.dry_run ? ACCESS_READ : ACCESS_WRITE, &e) &&
	     sign(&s, &e);
	ok = medium_leave(&medium, &e) && ok;
	return ok ? 0 : report("sysimage", &e);
}
