/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `broker probe`: the partitions of an image file, by the same sandboxed child. */
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/broker.h"
#include "broker/probe.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/data/json.h"

static bool probe_file(const char *path, uint32_t sector_bytes, struct disk_content *c,
		       struct error *e)
{
	struct probe_request r = { .sector_bytes = sector_bytes };
	struct jobs jobs = { 0 };
	struct job done, *job = NULL;

	r.fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t size = r.fd < 0 ? -1 : lseek(r.fd, 0, SEEK_END);
	if (size < 0) {
		error_errno(e, _("cannot open %s"), path);
	} else {
		r.size_bytes = (uint64_t)size;
		job = probe_start(&jobs, &r, e);
	}
	if (r.fd >= 0)
		close(r.fd);
	if (!job)
		return false;
	while (jobs_look(&jobs), !jobs_next_finished(&jobs, &done)) {
		struct pollfd f = { .fd = job->output, .events = POLLIN };

		if (poll(&f, 1, 20) > 0)
			jobs_read(&jobs, job->output);
	}
	probe_take(&done, c);
	job_release(&done);
	jobs_release(&jobs);
	return true;
}

static bool next_partition(const struct disk_content *c, size_t *at, struct message *m)
{
	struct error e = { 0 };

	if (*at + 2 > c->messages.len)
		return false;
	const unsigned char *p = (const unsigned char *)c->messages.s + *at;
	size_t n = (size_t)(p[0] | p[1] << 8);
	*at += n + 2;
	return message_parse(m, "type", p + 2, n, &e);
}

static uint64_t number(const struct message *m, const char *key)
{
	uint64_t n = 0;

	return message_number(m, key, UINT64_MAX, &n) ? n : 0;
}

static void print_json(const struct disk_content *c)
{
	struct json j = json_to(stdout);
	struct message m;

	json_object(&j, NULL);
	json_string(&j, "table", c->table);
	json_bool(&j, "stick", c->stick);
	json_array(&j, "notes");
	for (unsigned i = 0; i < 32; i++)
		if (c->notes & 1u << i && disk_note_text((enum disk_note)(1u << i)))
			json_string(&j, NULL, _(disk_note_text((enum disk_note)(1u << i))));
	json_end(&j);
	json_array(&j, "partitions");
	for (size_t at = 0; next_partition(c, &at, &m);) {
		json_object(&j, NULL);
		json_number(&j, "number", number(&m, "number"));
		json_number(&j, "first_byte", number(&m, "first"));
		json_number(&j, "size_bytes", number(&m, "size"));
		json_string(&j, "type", message_text(&m, "kind"));
		json_string(&j, "type_id", message_text(&m, "kind_id"));
		json_string(&j, "id", message_text(&m, "id"));
		json_string(&j, "label", message_text(&m, "label"));
		json_string(&j, "content", message_text(&m, "content"));
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
}

static void print_text(const struct disk_content *c)
{
	struct message m;
	char size[32];

	printf(_("Partition table: %s\n"), c->table);
	for (size_t at = 0; next_partition(c, &at, &m);)
		printf("%4" PRIu64 "  %14" PRIu64 "  %10s  %-10s  %-22s  %s\n",
		       number(&m, "number"), number(&m, "first"),
		       broker_size(size, number(&m, "size")), message_text(&m, "content"),
		       message_text(&m, "kind"), message_text(&m, "label"));
	for (unsigned i = 0; i < 32; i++)
		if (c->notes & 1u << i && disk_note_text((enum disk_note)(1u << i)))
			printf("%s\n", _(disk_note_text((enum disk_note)(1u << i))));
}

int broker_probe(int argc, char **argv)
{
	struct disk_content c = { 0 };
	uint64_t sector_bytes = 512;
	struct error e = { 0 };
	bool as_json = false;
	const struct cli_option options[] = {
		{ "sector-size", CLI_NUMBER, &sector_bytes, "N",
		  N_("bytes in a logical sector: 512 or 4096 (512)"), 512, 4096 },
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"broker", "probe",
		"FILE",   N_("Show partition table and contents of an image file or a disk."),
		options,  1,
		1,
	};

	if (cli_parse(&usage, &argc, &argv, &e) && sector_bytes != 512 && sector_bytes != 4096)
		error_set(&e, ERROR_USAGE, _("a sector has 512 or 4096 bytes"));
	if (e.kind || !probe_file(argv[0], (uint32_t)sector_bytes, &c, &e))
		return report("broker", &e);
	if (as_json)
		print_json(&c);
	else
		print_text(&c);
	unsigned bad = c.notes & ((unsigned)NOTE_CRASHED | NOTE_TIMED_OUT | NOTE_UNREADABLE |
				  NOTE_TABLE_DAMAGED);
	disk_content_clear(&c);
	return bad ? ERROR_UNTRUSTED : 0;
}
