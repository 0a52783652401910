/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images that are opened for the list of their files. */
#include "sysimage/listed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"

bool listed_open(struct listed *l, const char *name, const struct vouch *v, bool must,
		 struct error *e)
{
	const struct image_policy policy = { .root = v->root };
	struct stream *s = stream_open(name, NULL, e);
	char masked[300];

	*l = (struct listed){ 0 };
	bool ok = s && image_open(&l->image, s, &policy, e);

	if (ok && !v->root)
		fprintf(stderr,
			_("NOT VERIFIED: nobody judged the signatures of %s; name the "
			  "organisation's keys with --trust\n"),
			text_mask(masked, sizeof(masked), name));
	if (ok && (must || l->image.manifest.has_catalogue))
		ok = catalogue_load(&l->catalogue, &l->image, s, e);
	stream_close(s);
	if (!ok)
		listed_close(l);
	return ok;
}

void listed_close(struct listed *l)
{
	catalogue_unload(&l->catalogue);
	image_release(&l->image);
}

char *listed_path(const struct catalogue_line *c)
{
	return mem_string_n(c->path, c->path_len);
}

void listed_json(struct json *j, const struct catalogue_line *c)
{
	static const struct {
		unsigned flag;
		const char *name;
	} flags[] = {
		{ FILESYSTEM_COMPRESSED, "compressed" },
		{ FILESYSTEM_ENCRYPTED, "encrypted" },
		{ FILESYSTEM_ONE_OF_SEVERAL, "one_of_several_names" },
		{ FILESYSTEM_SPARSE, "sparse" },
		{ FILESYSTEM_WOF, "wof" },
		{ FILESYSTEM_LEFT_OUT, "left_out" },
		{ FILESYSTEM_UNREADABLE, "unreadable" },
	};
	const struct {
		const char *name;
		const struct filesystem_time *time;
	} times[] = { { "modified", &c->modified },
		      { "created", &c->created },
		      { "changed", &c->changed } };
	char type[2] = { c->type, '\0' }, time[CATALOGUE_TIME];

	json_string(j, "type", type);
	json_number(j, "size_bytes", c->size_bytes);
	json_string(j, "sha256", c->has_hash ? c->sha256 : NULL);
	json_array(j, "flags");
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (c->flags & flags[i].flag)
			json_string(j, NULL, flags[i].name);
	json_end(j);
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		catalogue_time_put(time, times[i].time);
		json_string(j, times[i].name, strcmp(time, "-") ? time : NULL);
	}
}
