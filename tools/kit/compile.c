/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `kit compile`: from the source folder to kit.img. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/image.h"
#include "kit/kit.h"
#include "kit/slotfile.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/newfile.h"
#include "lib/data/date.h"

#define DEMO_LABEL "Vorführung"
#define DEMO_WORDS "muster stadt nicht geheim offen jeder lesen"

/* What the command line asks for. */
struct order {
	const char *source, *image, *folder, *keys, *passphrase_file;
};

/* SOURCE_DATE_EPOCH (reproducible-builds.org), else the day of the kit's data. */
static bool archive_time(const struct source *s, uint32_t *mtime, struct error *e)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	uint64_t seconds;
	int64_t day;

	if (epoch && *epoch) {
		if (!cli_number(epoch, 0, UINT32_MAX, &seconds, e))
			return error_prefix(e, "SOURCE_DATE_EPOCH: ");
	} else {
		seconds = date_parse(s->conf.data_date, &day) && day > 0
				  ? (uint64_t)day * DATE_SECONDS
				  : 0;
	}
	*mtime = (uint32_t)seconds;
	return true;
}

static bool make_folder(const char *path, struct error *e)
{
	if (mkdir(path, 0777) == 0 || errno == EEXIST)
		return true;
	return error_errno(e, _("cannot make the folder %s"), path);
}

/* What an earlier run left in DIR/kit/ and this kit does not have. Signatures first:
 * they are over another manifest. */
static bool remove_stale(const char *folder, struct error *e)
{
	static const char *const names[] = { "kit/manifest.minisig", "kit/protected.db.sealed",
					     "kit/strict.db.sealed" };
	char path[4096];
	struct dirent *entry;
	DIR *trust;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		if (unlink(path) != 0 && errno != ENOENT)
			return error_errno(e, _("cannot remove the old %s"), path);
	}
	snprintf(path, sizeof(path), "%s/kit/trust", folder);
	trust = opendir(path);
	while (trust && (entry = readdir(trust)))
		if (strstr(entry->d_name, ".root"))
			unlinkat(dirfd(trust), entry->d_name, 0);
	if (trust)
		closedir(trust);
	rmdir(path); /* stays if somebody put something else there */
	return true;
}

/* DIR/kit.img, and unpacked beside it what is inside, for tools on this PC. */
static bool write_folder(const char *folder, struct image *i, struct error *e)
{
	char *image = mem_format("%s/kit.img", folder);
	char *kit = mem_format("%s/kit", folder);
	char *trust = mem_format("%s/kit/trust", folder);
	char *manifest = mem_format("%s/kit/manifest", folder);
	bool ok = make_folder(folder, e) && make_folder(kit, e) && remove_stale(folder, e);

	for (size_t k = 0; ok && k < i->count; k++) {
		char *path = mem_format("%s/%s", folder, i->files[k].path);

		ok = (strncmp(i->files[k].path, "kit/trust/", 10) != 0 || make_folder(trust, e)) &&
		     newfile_whole(path, text_end(&i->files[k].bytes), i->files[k].bytes.len, e);
		free(path);
	}
	ok = ok && newfile_whole(manifest, i->manifest.s, i->manifest.len, e) &&
	     newfile_whole(image, i->archive.s, i->archive.len, e);
	free(image);
	free(kit);
	free(trust);
	free(manifest);
	return ok;
}

/* The keys to seal with; *have is false if there are none. */
static bool find_keys(const struct source *s, const struct order *o, struct tier_keys *keys,
		      bool *have, struct error *e)
{
	bool demo = strcmp(s->conf.demo, "yes") == 0;
	struct slots slots;

	*have = demo || o->keys;
	if (demo && o->keys)
		return error_set(e, ERROR_USAGE,
				 _("demo = yes seals with the published keys; leave out --keys, or "
				   "take that line out of kit.conf"));
	if (demo)
		tier_keys_demo(keys);
	else if (o->keys && !slotfile_open(o->keys, o->passphrase_file, &slots, keys, e))
		return false;
	return !*have ||
	       tier_keys_allowed(keys, s->conf.kit_id, strcmp(s->conf.exercise, "yes") == 0, e);
}

/* Nothing is dropped silently. */
static void say_left_out(const struct image *i)
{
	if (!i->left_out[1] && !i->left_out[2])
		return;
	fprintf(stderr,
		_("warning: left out: %zu protected and %zu strict rows (people, private numbers, "
		  "contracts, keys ...); only what can be read without a passphrase is complete. "
		  "Give --keys with the key file to put them in, sealed\n"),
		i->left_out[1], i->left_out[2]);
}

/* The envelope of the demonstration, for whoever has only its stick. Published like
 * the keys in it: seven words of the list in docs/formats/words.md. */
static bool write_demo_slots(const char *folder, const struct tier_keys *keys, struct error *e)
{
	char *path = mem_format("%s/kit.slots", folder);
	struct text out = { 0 };
	struct slots slots;
	bool ok = true;

	/* Slots may have been added to it since. */
	if (access(path, F_OK) != 0) {
		slots_init(&slots, keys);
		ok = slots_add(&slots, keys, SLOT_ENVELOPE, DEMO_LABEL, SLOTS_TIERS_BOTH,
			       DEMO_WORDS, e);
		if (ok) {
			slots_write(&slots, &out);
			ok = newfile_whole(path, text_end(&out), out.len, e);
		}
	}
	text_release(&out);
	free(path);
	return ok;
}

static bool load(struct source *s, const char *folder, struct error *e)
{
	if (!source_load(s, folder, e))
		return false;
	/* The errors of `kit check` that no day changes: what compiles today does so in a
	 * year. Its warnings are for the author's desk. */
	if (!s->findings.faults)
		check_faults(s);
	findings_print(&s->findings, folder, stderr);
	if (!s->findings.faults)
		return true;
	return findings_refuse(&s->findings, folder, e);
}

static bool compile(const struct order *o, struct error *e)
{
	struct source s;
	struct image image = { 0 };
	struct tier_keys keys = { 0 };
	uint32_t mtime;
	bool ok, have = false;

	source_init(&s);
	ok = load(&s, o->source, e) && archive_time(&s, &mtime, e) &&
	     find_keys(&s, o, &keys, &have, e) &&
	     image_make(&image, &s, have ? &keys : NULL, mtime, e) &&
	     (!o->image || newfile_whole(o->image, image.archive.s, image.archive.len, e)) &&
	     (!o->folder || write_folder(o->folder, &image, e)) &&
	     (!o->folder || strcmp(s.conf.demo, "yes") != 0 ||
	      write_demo_slots(o->folder, &keys, e));
	if (ok)
		say_left_out(&image);
	tier_keys_wipe(&keys);
	image_release(&image);
	source_release(&s);
	return ok;
}

int kit_compile(int argc, char **argv)
{
	struct error e = { 0 };
	struct order o = { 0 };
	const struct cli_option options[] = {
		{ "output", CLI_TEXT, &o.folder, "DIR",
		  N_("write DIR/kit.img and DIR/kit/ with what is inside"), 0, 0 },
		{ "o", CLI_TEXT, &o.folder, "DIR", N_("the same"), 0, 0 },
		{ "keys", CLI_TEXT, &o.keys, "KEYFILE",
		  N_("the author's key file: seal the protected tiers with its keys"), 0, 0 },
		{ "passphrase-file", CLI_TEXT, &o.passphrase_file, "FILE",
		  N_("read the key file's passphrase from the first line of FILE"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"kit",
		"compile",
		"SOURCE [IMAGE]",
		N_("Make kit.img from a source folder. People, private numbers and contracts\n"
		   "go in sealed with the keys of --keys; without keys they are left out."),
		options,
		1,
		2,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("kit", &e);
	o.source = argv[0];
	o.image = argc > 1 ? argv[1] : NULL;
	if (!o.folder && !o.image) {
		error_set(&e, ERROR_USAGE,
			  _("where to? Name the image, or a folder with --output"));
		return report("kit", &e);
	}
	if (!compile(&o, &e))
		return report("kit", &e);
	return 0;
}
