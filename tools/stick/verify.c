/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `stick verify`: is this stick what it should be? */
#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/base/wholefile.h"
#include "lib/crypto/digest.h"
#include "lib/crypto/manifest.h"
#include "lib/ui/progress.h"
#include "stick/stick.h"

#define NOBODY 65534

struct options {
	const char *root, *kit, *image;
	bool broker, as_json;
};

/* What the kit is judged by, and the memory that holds it. */
struct expectation {
	struct stick_expect expect;
	struct trust_root root;
	struct text bytes;
	struct arena memory;
};

static bool expect_root(struct expectation *x, const char *path, struct error *e)
{
	if (!wholefile_read(AT_FDCWD, path, 0, TRUST_BYTES_MAX, &x->bytes, e))
		return false;
	if (!trust_root_parse(text_end(&x->bytes), x->bytes.len, &x->memory, &x->root, e))
		return error_prefix(e, "%s: ", path);
	x->expect.root = &x->root;
	return true;
}

/* As the kit in `folder`/kit: by its root if it is signed, else by its own bytes. */
static bool expect_kit(struct expectation *x, const char *folder, struct error *e)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), trust = -1;
	struct kittrust found;
	struct trust_chain chain;

	if (fd < 0)
		return error_errno(e, _("cannot open %s"), folder);
	kittrust_check(fd, "", &found);
	if (found.trust == KIT_UNSIGNED &&
	    wholefile_read(fd, "kit/manifest", O_NOFOLLOW, MANIFEST_BYTES_MAX, &x->bytes, e)) {
		x->expect.kit_manifest = text_end(&x->bytes);
		x->expect.kit_manifest_len = x->bytes.len;
	} else if (found.trust == KIT_SIGNED) {
		trust = openat(fd, "kit/trust", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (trust < 0)
			error_errno(e, _("cannot open the folder"));
		else if (trust_chain_load(trust, &x->memory, &chain, e))
			x->expect.root = chain.roots + chain.count - 1;
	} else if (found.trust == KIT_MISSING) {
		error_set(e, ERROR_USAGE, _("there is no kit"));
	} else {
		error_set(e, ERROR_UNTRUSTED, "%s", found.why.text);
	}
	if (trust >= 0)
		close(trust);
	close(fd);
	return !e->kind || error_prefix(e, "%s: ", folder);
}

static void show_progress(void *ctx, uint64_t done_bytes, uint64_t all_bytes)
{
	struct progress *p = ctx;

	p->total_bytes = all_bytes;
	progress_at(p, done_bytes);
}

static bool prove(struct input *in, const struct expectation *x, struct stick_report *report,
		  struct error *e)
{
	struct progress p = progress_begin(_("verifying the stick"), 0);
	const struct stick_source source = { input_source(in), show_progress, &p };
	bool ok = stick_prove(&source, &x->expect, report, e);

	progress_end(&p);
	return ok;
}

/* Everything is open: what the stick's bytes make of this process must not be root. */
static bool drop_rights(struct error *e)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    (geteuid() == 0 && (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
				setresuid(NOBODY, NOBODY, NOBODY) != 0)))
		return error_errno(e, _("cannot give up rights"));
	return true;
}

/* False: it could not be verified. What is wrong with the stick goes to *why. */
static bool verify(const char *name, const struct options *o, struct error *why, struct error *e)
{
	struct input in = INPUT_NONE, image = INPUT_NONE;
	struct expectation x = { 0 };
	struct stick_report report;
	char differs[256] = "";
	bool ok = (!o->root || expect_root(&x, o->root, e)) &&
		  (!o->kit || expect_kit(&x, o->kit, e)) &&
		  (!o->image || input_open(&image, o->image, false, e)) &&
		  input_open(&in, name, o->broker, e) && drop_rights(e);

	if (ok && !prove(&in, &x, &report, why) && why->kind != ERROR_UNTRUSTED)
		ok = error_set(e, why->kind, "%s: %s", name, why->text);
	if (ok && !why->kind && o->image) {
		ok = compare_image(&in, &image, differs, sizeof(differs), e);
		if (*differs)
			error_set(why, ERROR_UNTRUSTED, "%s", differs);
	}
	if (ok) {
		const struct verdict v = { name, &report, why,
					   o->image && (!why->kind || *differs) ? differs : NULL,
					   x.expect.root || x.expect.kit_manifest };
		(o->as_json ? report_json : report_text)(&v);
	}
	input_close(&in);
	input_close(&image);
	arena_release(&x.memory);
	text_release(&x.bytes);
	return ok;
}

int stick_verify(int argc, char **argv)
{
	struct error e = { 0 }, why = { 0 };
	struct options o = { 0 };
	const struct cli_option options[] = {
		{ "root", CLI_TEXT, &o.root, "FILE",
		  N_("its kit must be signed under this root (N.root)"), 0, 0 },
		{ "kit", CLI_TEXT, &o.kit, "FOLDER",
		  N_("its kit must be of the organisation whose kit lies in FOLDER/kit, or that very "
		     "kit if nobody signed it; \"/\" on a PC that was started from a stick"),
		  0, 0 },
		{ "image", CLI_TEXT, &o.image, "IMAGE",
		  N_("compare the boot code and partition 2 with this image, too"), 0, 0 },
		{ "broker", CLI_FLAG, &o.broker, NULL,
		  N_("the broker opens the disk: sda, as it calls it"), 0, 0 },
		{ "json", CLI_FLAG, &o.as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"stick",
		"verify",
		"DEVICE|IMAGE",
		N_("Compare a stick with its own manifests and the organisation's root. Exit status "
		   "3: something differs."),
		options,
		1,
		1,
	};

	digest_ready();
	if (cli_parse(&usage, &argc, &argv, &e) && o.root && o.kit)
		error_set(&e, ERROR_USAGE, _("give --root or --kit, not both"));
	if (e.kind || !verify(argv[0], &o, &why, &e))
		return report("stick", &e);
	error_prefix(&why, "%s: ", argv[0]);
	return why.kind ? report("stick", &why) : 0;
}
