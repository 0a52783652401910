/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log of Microsoft Defender: docs/formats/mplog.md. */
#include "triage/parse/mplog.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/data/date.h"

#define PIECE_BYTES 65536u
#define TIME_LEN 24u /* "2022-11-23T09:10:55.472Z" */

/* What a line is, by words in it; the first that fits. */
static const struct {
	const char *words, *record_type;
} kinds[] = {
	{ "DETECTION_ADD", "detection_add" },
	{ "DETECTION_CLEANEVENT", "detection_clean" },
	{ "DETECTIONEVENT", "detection_event" },
	{ "DETECTION_DELETE", "detection_delete" },
	{ "DETECTION ", "detection" },
	{ "[Exclusion]", "exclusion" },
	{ "Exclusion", "exclusion" },
	{ "exclusion", "exclusion" },
	{ "Blocked file", "blocked_file" },
	{ "Unsuccessful scan status", "scan_failed" },
	{ "lowfi:", "low_fidelity" },
	{ "threat:", "threat" },
	{ "Threat Name", "threat" },
	{ "Threat", "threat" },
	{ "ProcessImageName:", "process" },
	{ "original file name", "original_file_name" },
	{ "SDN query", "cloud_query" }, /* with the digests of the file that is asked about */
	{ "EMS scan", "memory_scan" },
	{ "TamperProtection", "tamper_protection" },
	{ "Tamper Protection", "tamper_protection" },
	{ "[RTP]", "rtp_state" },
	{ "RTP ", "rtp_state" },
	{ "real-time protection", "rtp_state" },
	{ "RealtimeProtection", "rtp_state" },
	{ "Engine loaded", "engine_state" },
	{ "engine", "engine_state" },
	{ "Engine", "engine_state" },
	{ "Service started", "service_state" },
	{ "Service stopped", "service_state" },
};

/* Blocks of lines without a time of their own: all of them are of one kind. */
static const struct {
	const char *begin, *end, *record_type;
} blocks[] = {
	{ "Begin Resource Scan", "End Scan", "resource_scan" },
	{ "Beginning threat actions", "Finished threat actions", "threat_action" },
	{ "BEGIN BM telemetry", "END BM telemetry", "behavior_telemetry" },
	{ "**RTP Perf Log**", "**END RTP Perf Log**", "rtp_log" },
};
#define NO_BLOCK (sizeof(blocks) / sizeof(blocks[0]))

struct work {
	bool (*each)(void *ctx, const struct mplog_line *line, struct error *e);
	void *ctx;
	struct error *e;
	struct mplog_line line; /* that is being put together */
	char *text;             /* MPLOG_LINE_MAX */
	size_t len;
	size_t block;
	bool any_time, ended;
};

static bool digits(const char *s, size_t n, unsigned *value)
{
	*value = 0;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		*value = *value * 10 + (unsigned)(s[i] - '0');
	}
	return true;
}

static bool time_of(const char *s, size_t len, struct mplog_line *l)
{
	unsigned y, mo, d, h, mi, sec, ms;

	if (len < TIME_LEN || !digits(s, 4, &y) || s[4] != '-' || !digits(s + 5, 2, &mo) ||
	    s[7] != '-' || !digits(s + 8, 2, &d) || s[10] != 'T' || !digits(s + 11, 2, &h) ||
	    s[13] != ':' || !digits(s + 14, 2, &mi) || s[16] != ':' || !digits(s + 17, 2, &sec) ||
	    s[19] != '.' || !digits(s + 20, 3, &ms) || s[23] != 'Z' || !date_exists(y, mo, d) ||
	    h > 23 || mi > 59 || sec > 59)
		return false;
	l->time = date_day(y, mo, d) * DATE_SECONDS + (int64_t)(h * 3600 + mi * 60 + sec);
	l->milliseconds = ms;
	return true;
}

static bool has(const char *s, size_t len, const char *words)
{
	return memmem(s, len, words, strlen(words)) != NULL;
}

/* The kind of a line in a block or out of it, or NULL; the lines that begin and end one belong to it. */
static const char *kind_of(struct work *w, const char *s, size_t len)
{
	for (size_t i = 0; i < NO_BLOCK; i++)
		if (has(s, len, blocks[i].begin)) {
			w->block = i;
			return blocks[i].record_type;
		}
	if (w->block != NO_BLOCK) {
		const char *kind = blocks[w->block].record_type;

		if (has(s, len, blocks[w->block].end))
			w->block = NO_BLOCK;
		return kind;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (has(s, len, kinds[i].words))
			return kinds[i].record_type;
	return NULL;
}

static void line_ends(struct work *w)
{
	struct mplog_line *l = &w->line;
	const char *s = w->text;
	size_t len = w->len;

	while (len && (s[len - 1] == '\r' || s[len - 1] == ' ' || s[len - 1] == '\t'))
		len--;
	while (len && (*s == ' ' || *s == '\t')) {
		s++;
		len--;
	}
	l->has_time = time_of(s, len, l);
	/* What has a time stands in no block. */
	if (l->has_time) {
		w->any_time = true;
		w->block = NO_BLOCK;
		for (s += TIME_LEN, len -= TIME_LEN; len && *s == ' '; len--)
			s++;
	}
	const bool was_in_block = w->block != NO_BLOCK;
	l->record_type = len ? kind_of(w, s, len) : NULL;
	if (!l->record_type)
		return;
	const char *colon = was_in_block ? memchr(s, ':', len) : NULL;
	l->key_len = colon ? (size_t)(colon - s) : 0;
	l->message = s;
	l->len = len;
	w->ended = !w->each(w->ctx, l, w->e);
}

/* One character of the text; the one behind it lies at `next`. */
static void character(struct work *w, const char *c, size_t n, uint64_t next)
{
	if (n == 1 && *c == '\n') {
		line_ends(w);
		w->line = (struct mplog_line){ .number = w->line.number + 1, .offset = next };
		w->len = 0;
	} else if (w->len + n <= MPLOG_LINE_MAX) {
		memcpy(w->text + w->len, c, n);
		w->len += n;
	} else {
		w->line.is_cut = true;
	}
}

/* UTF-16LE to UTF-8; half surrogates become U+FFFD. */
struct halves {
	uint32_t high; /* the first half, whose second one is still to come */
};

static void unit(struct work *w, struct halves *h, uint32_t c, uint64_t offset)
{
	char text[4] = "";

	if (c >= 0xd800 && c < 0xdc00) {
		if (h->high)
			character(w, text, text_put(text, TEXT_BAD), offset);
		h->high = c;
		return;
	}
	if (h->high && c >= 0xdc00 && c < 0xe000)
		c = 0x10000 + ((h->high - 0xd800) << 10) + (c - 0xdc00);
	else if (h->high)
		character(w, text, text_put(text, TEXT_BAD), offset);
	h->high = 0;
	character(w, text, text_put(text, c), offset + 2);
}

static void piece(struct work *w, struct halves *h, bool wide, const uint8_t *p, size_t len,
		  uint64_t offset)
{
	if (wide) {
		for (size_t i = 0; i + 2 <= len && !w->ended; i += 2)
			unit(w, h, p[i] | (uint32_t)p[i + 1] << 8, offset + i);
		return;
	}
	for (size_t i = 0; i < len && !w->ended; i++)
		character(w, (const char *)p + i, 1, offset + i + 1);
}

bool mplog_parse(const struct partition_source *s,
		 bool (*each)(void *ctx, const struct mplog_line *line, struct error *e), void *ctx,
		 struct error *e)
{
	struct work w = { .each = each, .ctx = ctx, .e = e, .block = NO_BLOCK };
	struct halves h = { 0 };
	uint8_t *bytes = mem_alloc(PIECE_BYTES);
	bool ok = true, wide = false;

	w.line.number = 1;
	w.text = mem_alloc(MPLOG_LINE_MAX);
	for (uint64_t at = 0; ok && !w.ended && at < s->size_bytes; at += PIECE_BYTES) {
		uint64_t left = s->size_bytes - at;
		size_t len = left < PIECE_BYTES ? (size_t)left : PIECE_BYTES, skip = 0;

		ok = s->read(s->ctx, at, bytes, len, e);
		if (!ok)
			break;
		if (!at && len >= 2) {
			bool mark = bytes[0] == 0xff && bytes[1] == 0xfe;

			wide = mark || (bytes[0] && !bytes[1]);
			skip = mark ? 2 : len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
			w.line.offset = skip;
		}
		piece(&w, &h, wide, bytes + skip, len - skip, at + skip);
	}
	if (ok && !w.ended && w.len) {
		line_ends(&w);
	}
	free(bytes);
	free(w.text);
	if (ok && !w.ended && !w.any_time)
		return error_set(e, ERROR_UNTRUSTED,
				 _("is no log of Defender: no line has a time"));
	return ok && !w.ended;
}
