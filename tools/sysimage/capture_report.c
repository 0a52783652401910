/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was captured, for people and for programs. */
#include <stdio.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/size.h"
#include "lib/base/text.h"
#include "lib/data/json.h"
#include "sysimage/capture.h"
#include "sysimage/show.h"

uint64_t capture_used_bytes(const struct capture_volume *v)
{
	const uint64_t size = v->to->size_bytes;
	uint64_t at = 0, start, end, n = 0;

	while (!v->empty && used_map_next(&v->used, at, size, &start, &end)) {
		uint64_t chunk = start / KIMG_CHUNK_BYTES * KIMG_CHUNK_BYTES;

		at = size - chunk < KIMG_CHUNK_BYTES ? size : chunk + KIMG_CHUNK_BYTES;
		n += at - chunk;
	}
	return n;
}

uint64_t capture_taken_bytes(const struct capture_volume *v)
{
	uint64_t at = 0, start, end, n = 0;

	while (!v->empty && used_map_next(&v->used, at, v->to->size_bytes, &start, &end)) {
		n += end - start;
		at = end;
	}
	return n;
}

static void print_lines(const struct text *lines)
{
	const char *at = lines->s, *end = at ? at + lines->len : at;
	char line[512], masked[1536];

	while (at < end) {
		size_t n = strcspn(at, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)n, at);
		printf("  %s\n", text_mask(masked, sizeof(masked), line));
		at += n + (at[n] == '\n');
	}
}

static void print_partition(const struct capture_volume *v)
{
	const struct kimg_partition *p = v->to;
	char size[32], used[32];

	printf(_("partition %u: %s, %s of %s used, role %s"), p->number,
	       *v->content ? v->content : kimg_content_name(p->content),
	       size_words(used, sizeof(used), capture_used_bytes(v)),
	       size_words(size, sizeof(size), p->size_bytes), kimg_role_name(p->role));
	if (p->flags & KIMG_GROWS)
		fputs(_(", may grow"), stdout);
	putchar('\n');
}

/* Of what is not at rest nobody knows what is used. Is there any such? */
static bool print_not_at_rest(const struct capture *c)
{
	bool any = false;

	for (uint32_t i = 0; i < c->manifest.partition_count; i++)
		if (c->volumes[i].not_at_rest) {
			printf(_("  partition %u was not at rest: every byte of it is taken\n"),
			       c->partitions[i].number);
			any = true;
		}
	return any;
}

/* What was asked to be left out, and whether it was there. */
static void print_left_out(const struct capture *c)
{
	const bool all_looked_at = !print_not_at_rest(c);

	for (unsigned i = 0; kimg_left_out_names[i]; i++)
		if (c->manifest.left_out >> i & 1)
			printf(_("  left out: the content of %s.sys\n"), kimg_left_out_names[i]);
		else if (c->options->leave_out >> i & 1)
			printf(all_looked_at
				       ? _("  no %s.sys was found: nothing of it is left out\n")
				       : _("  nothing of %s.sys is left out\n"),
			       kimg_left_out_names[i]);
}

void capture_print(const struct capture *c, const char *image, const struct writer_report *made)
{
	const struct kimg_manifest *m = &c->manifest;
	char used[32], size[32], name[1536];

	text_mask(name, sizeof(name), image);
	for (uint32_t i = 0; i < m->partition_count; i++)
		print_partition(&c->volumes[i]);
	print_left_out(c);
	print_lines(&c->judgement.why);
	if (c->not_seen)
		puts(_("  Not all partitions could be looked into."));
	if (!made) {
		printf(_("It would be written to %s; nothing was written.\n"), name);
		return;
	}
	for (uint32_t i = 0; i < c->payload_count; i++)
		if (c->payloads[i].to.kind == KIMG_PAYLOAD_GAP)
			printf(_("gap before the first partition: %s\n"),
			       size_words(size, sizeof(size), c->payloads[i].to.size_bytes));
	if (m->has_catalogue)
		printf(ngettext("catalogue: %s, %llu name\n", "catalogue: %s, %llu names\n",
				m->catalogue_lines),
		       size_words(size, sizeof(size), m->catalogue_bytes),
		       m->catalogue_lines + 0ULL);
	printf(_("%s: %s packed into a file of %s\n"), name,
	       size_words(used, sizeof(used), made->used_bytes),
	       size_words(size, sizeof(size), made->file_bytes));
	puts(_("Nobody vouches for it yet. Before a PC is restored from it, those who may must sign "
	       "it: sysimage sign"));
}

static void json_partition(struct json *j, const struct capture_volume *v)
{
	const struct kimg_partition *p = v->to;

	json_object(j, NULL);
	json_number(j, "number", p->number);
	json_string(j, "content", kimg_content_name(p->content));
	json_string(j, "role", kimg_role_name(p->role));
	json_number(j, "first_byte", p->first_byte);
	json_number(j, "size_bytes", p->size_bytes);
	json_number(j, "smallest_bytes", p->smallest_bytes);
	json_number(j, "taken_bytes", capture_taken_bytes(v));
	json_number(j, "used_bytes", capture_used_bytes(v));
	json_bool(j, "used_only", v->used.unit_bytes != 0);
	json_bool(j, "grows", p->flags & KIMG_GROWS);
	json_end(j);
}

void capture_print_json(const struct capture *c, const char *image,
			const struct writer_report *made)
{
	const struct kimg_manifest *m = &c->manifest;
	struct json j = json_to(stdout);
	char hex[DIGEST_HEX];

	json_object(&j, NULL);
	json_string(&j, "source", c->source.name);
	json_string(&j, "image", image);
	json_string(&j, "table", partition_table_name(c->table.kind));
	json_number(&j, "disk_bytes", m->disk_bytes);
	json_number(&j, "sector_bytes", m->sector_bytes);
	json_string(&j, "os", kimg_os_name(m->os));
	if (m->generalised != KIMG_GENERALISED_NONE)
		json_bool(&j, "generalised", m->generalised == KIMG_GENERALISED_YES);
	else
		json_string(&j, "generalised", NULL);
	show_json_set(&j, "boot", m->boot, kimg_boot_names);
	show_json_set(&j, "taken_although", m->taken, kimg_taken_names);
	show_json_set(&j, "left_out", m->left_out, kimg_left_out_names);
	json_bool(&j, "all_seen", !c->not_seen);
	json_array(&j, "partitions");
	for (uint32_t i = 0; i < m->partition_count; i++)
		json_partition(&j, &c->volumes[i]);
	json_end(&j);
	json_bool(&j, "written", made != NULL);
	if (made) {
		json_string(&j, "identity", digest_to_hex(hex, &made->identity));
		json_number(&j, "used_bytes", made->used_bytes);
		json_number(&j, "zero_bytes", made->zero_bytes);
		json_number(&j, "repeated_bytes", made->repeated_bytes);
		json_number(&j, "stored_bytes", made->stored_bytes);
		json_number(&j, "file_bytes", made->file_bytes);
		json_number(&j, "catalogue_entries", m->catalogue_lines);
	}
	json_end(&j);
}
