/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast one core makes JSON lines of an event log: 256 MiB of chunks of the samples, one after another as they are.
 * Prints a row of docs/benchmarks.md. Given a name, it only writes that log, for others to read.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/base/wholefile.h"
#include "triage/format.h"

#define SAMPLES "../shared/data/triage/"
#define MIB (1u << 20)
#define LOG_MIB 256u
#define HEADER_BYTES 4096u
#define CHUNK_BYTES 65536u
#define SAMPLE_MAX (8u << 20)
#define RUNS 5

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* All chunks of the large samples. */
static void add_samples(struct text *chunks)
{
	static const char *const names[] = {
		"log2timeline_plaso/test_data/evtx/System.evtx",
		"omerbenamram_evtx/samples/2-vss_7-System.evtx",
		"omerbenamram_evtx/samples/security_bad_string_cache.evtx",
		"omerbenamram_evtx/samples/post-Security.evtx",
		"omerbenamram_evtx/samples/sample-with-irregular-bool-values.evtx",
		"omerbenamram_evtx/samples/E_Windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx",
		"omerbenamram_evtx/samples/E_Windows_system32_winevt_logs_Microsoft-Windows-Shell-Core%4Operational.evtx",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct text t = { 0 };
		struct error e = { 0 };
		char *path = mem_format(SAMPLES "%s", names[i]);

		if (wholefile_read(AT_FDCWD, path, 0, SAMPLE_MAX, &t, &e))
			for (size_t at = HEADER_BYTES; at + CHUNK_BYTES <= t.len; at += CHUNK_BYTES)
				if (memcmp(t.s + at, "ElfChnk", 8) == 0)
					text_add_n(chunks, t.s + at, CHUNK_BYTES);
		text_release(&t);
		free(path);
	}
}

static bool read_bytes(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	(void)e;
	memcpy(buf, (const char *)ctx + offset, len);
	return true;
}

static bool take(void *ctx, const char *lines, size_t len, struct error *e)
{
	(void)e;
	(void)lines;
	*(size_t *)ctx += len;
	return true;
}

int main(int argc, char **argv)
{
	const struct format *f = format_find("evtx");
	struct text chunks = { 0 }, log = { 0 };
	char header[HEADER_BYTES] = "ElfFile"; /* the rest is advice */
	double most = 0;
	size_t len = 0;
	struct error e = { 0 };

	add_samples(&chunks);
	if (!chunks.len) {
		puts("EVTX to JSONL: not measured, there are no samples in ../shared/data");
		return 0;
	}
	text_add_n(&log, header, sizeof(header));
	for (size_t i = 0; i < LOG_MIB * (MIB / CHUNK_BYTES); i++)
		text_add_n(&log, chunks.s + i * CHUNK_BYTES % chunks.len, CHUNK_BYTES);
	if (argc > 1) {
		FILE *out = fopen(argv[1], "we");

		return !out || fwrite(log.s, 1, log.len, out) != log.len || fclose(out) != 0;
	}
	for (int run = 0; run < RUNS; run++) {
		struct partition_source s = { read_bytes, log.s, log.len, 512 };
		struct format_job job = { .inputs = &s, .count = 1 };
		struct emit *o = emit_new(EMIT_JSONL, f->columns, take, &len);
		double begin = seconds();

		len = 0;
		if (!f->run(&job, o, &e) || !emit_flush(o, &e))
			return report("bench", &e);
		double mb = (double)log.len / 1e6 / (seconds() - begin);
		if (mb > most)
			most = mb;
		emit_free(o);
	}
	printf("| EVTX to JSONL, %u MiB, one core | %.0f MB/s | 300 MB/s | %.0f MB of JSON |\n",
	       LOG_MIB, most, (double)len / 1e6);
	text_release(&chunks);
	text_release(&log);
	return 0;
}
