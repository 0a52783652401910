/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An image in words. */
#include "sysimage/show.h"

#include <string.h>
#include <time.h>

#include "lib/base/language.h"
#include "lib/base/size.h"
#include "lib/base/text.h"
#include "lib/crypto/words.h"
#include "lib/disk/utf16.h"

#define SIZE_WORDS 32
#define LINE_MAX_BYTES 4096

/* What a piece takes of its frame's bytes in the file, by its length; all of them are the whole. */
static uint64_t share(const struct kimg_index *x, uint32_t piece)
{
	const struct kimg_frame *f = &x->frames[x->pieces[piece].frame];
	uint64_t before = 0, end;

	for (uint32_t k = f->first_piece; k < piece; k++)
		before += x->pieces[k].plain_bytes;
	end = before + x->pieces[piece].plain_bytes;
	return end * f->stored_bytes / f->plain_bytes - before * f->stored_bytes / f->plain_bytes;
}

void show_payload_count(const struct image *i, uint32_t payload, struct show_payload *out)
{
	const struct kimg_payload *p = &i->manifest.payloads[payload];
	uint32_t next = 0; /* the first piece that no payload before names */

	*out = (struct show_payload){ 0 };
	for (uint32_t c = 0; c < p->first_chunk; c++)
		next += i->index.chunks[c] == next;
	for (uint32_t c = 0; c < p->chunks; c++) {
		uint32_t piece = i->index.chunks[p->first_chunk + c];
		uint32_t bytes = kimg_chunk_bytes(p, c);

		if (piece == KIMG_HOLE) {
			out->hole_bytes += bytes;
		} else if (piece == KIMG_ZEROS) {
			out->zero_bytes += bytes;
		} else if (piece < next) {
			out->repeated_bytes += bytes;
		} else {
			out->packed_bytes += bytes;
			out->stored_bytes += share(&i->index, piece);
			next++;
		}
	}
}

static void masked(FILE *out, const char *fmt, const char *s)
{
	char text[LINE_MAX_BYTES];

	fprintf(out, fmt, text_mask(text, sizeof(text), s));
}

void show_warnings(FILE *out, const struct kimg_manifest *m)
{
	static const char not_windows[] =
		N_("the system was not generalised: all PCs restored from it "
		   "have the same identity");
	static const struct {
		uint16_t taken, left_out;
		const char *words;
	} warnings[] = {
		{ KIMG_DIRTY, 0,
		  N_("a file system of the source was not cleanly closed: files may be damaged") },
		{ KIMG_HIBERNATED, 0,
		  N_("the source was hibernated, not shut down: what was open then is not in it") },
		{ KIMG_LOCKED, 0,
		  N_("a volume is locked (BitLocker, LUKS) and was taken as it is: nobody looked "
		     "into it") },
		{ KIMG_NOT_GENERALISED, 0,
		  N_("Windows was not generalised: all PCs restored from it have the same "
		     "identity") },
		{ 0, KIMG_PAGEFILE, N_("the content of pagefile.sys was left out") },
		{ 0, KIMG_SWAPFILE, N_("the content of swapfile.sys was left out") },
		{ 0, KIMG_HIBERFIL, N_("the content of hiberfil.sys was left out") },
	};

	for (size_t i = 0; i < sizeof(warnings) / sizeof(warnings[0]); i++) {
		const char *words = warnings[i].words;

		if (warnings[i].taken == KIMG_NOT_GENERALISED && m->os != KIMG_OS_WINDOWS)
			words = not_windows;
		if (m->taken & warnings[i].taken || m->left_out & warnings[i].left_out)
			fprintf(out, "%s %s\n", warnings[i].taken ? _("WARNING:") : _("note:"),
				_(words));
	}
}

void show_title(FILE *out, const struct image *i)
{
	const struct kimg_manifest *m = &i->manifest;
	struct text words = { 0 };
	char hex[DIGEST_HEX];

	masked(out, "%s\n", m->label);
	fprintf(out, _("product %s, number %llu\n"), m->product, m->counter + 0ULL);
	fprintf(out, _("identity %s\n"), digest_to_hex(hex, &i->identity));
	words_fingerprint(&words, &i->identity);
	fprintf(out, "    %s\n", text_end(&words));
	text_release(&words);
}

static void show_maker(const struct kimg_manifest *m)
{
	char when[40] = "?", text[256];
	time_t created = (time_t)m->created_s;
	struct tm tm;

	/* Four digits of the year; what is beyond is no date. */
	if (m->created_s < UINT64_C(253402300800) && gmtime_r(&created, &tm))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M UTC", &tm);
	printf(_("made %s by the clock of that PC, with %s\n"), when,
	       text_mask(text, sizeof(text), m->maker));
	if (m->min_root)
		printf(_("needs version %llu of the organisation's root, or a later one\n"),
		       m->min_root + 0ULL);
	if (m->note)
		masked(stdout, _("note: %s\n"), m->note);
}

static void show_system(const struct kimg_manifest *m)
{
	static const char *const generalised[] = { N_("not generalised, or not known"),
						   N_("generalised"), NULL };
	const char *os = m->os == KIMG_OS_WINDOWS ? "Windows"
			 : m->os == KIMG_OS_LINUX ? "Linux"
						  : _("system not known");

	printf("%s", os);
	if (generalised[m->generalised])
		printf(", %s", _(generalised[m->generalised]));
	if (m->boot)
		printf(_("; starts from %s"), m->boot == KIMG_BOOT_BIOS   ? "BIOS"
					      : m->boot == KIMG_BOOT_UEFI ? "UEFI"
									  : _("BIOS and UEFI"));
	putchar('\n');
	for (unsigned i = 0; kimg_signer_names[i]; i++)
		if (m->signers >> i & 1)
			printf(_("boot manager signed by: %s\n"),
			       1u << i == KIMG_SIGNER_OTHER ? _("another") : kimg_signer_names[i]);
}

static void show_partition(const struct kimg_partition *q)
{
	char size[SIZE_WORDS], smallest[SIZE_WORDS];
	char name[UTF16_TEXT(36)], text[3 * sizeof(name)];

	utf16_text(name, reader_of(q->name, sizeof(q->name)));
	printf(_("  partition %u: %s, %s, %s"), q->number,
	       size_words(size, sizeof(size), q->size_bytes), kimg_role_name(q->role),
	       kimg_content_name(q->content));
	if (name[0])
		printf(", \"%s\"", text_mask(text, sizeof(text), name));
	if (q->flags & KIMG_GROWS)
		printf(_(", may grow, can be cut to %s"),
		       size_words(smallest, sizeof(smallest), q->smallest_bytes));
	if (q->flags & KIMG_HOLES_ARE_ZEROS)
		printf(_(", holes are zeros"));
	putchar('\n');
}

/* One payload; what is used of it. */
static uint64_t show_payload(const struct image *i, uint32_t k)
{
	const struct kimg_payload *p = &i->manifest.payloads[k];
	char a[SIZE_WORDS], b[SIZE_WORDS], c[SIZE_WORDS], d[SIZE_WORDS], f[SIZE_WORDS];
	struct show_payload n;

	show_payload_count(i, k, &n);
	if (p->kind == KIMG_PAYLOAD_PARTITION)
		printf(_("  content of partition %u"), p->partition);
	else
		printf("  %s", p->kind == KIMG_PAYLOAD_GAP ? _("gap before the first partition")
							   : _("catalogue"));
	printf(_(": %s used, %s unused, %s zeros, %s repeated; %s in the file"),
	       size_words(a, sizeof(a), p->size_bytes - n.hole_bytes),
	       size_words(b, sizeof(b), n.hole_bytes), size_words(c, sizeof(c), n.zero_bytes),
	       size_words(d, sizeof(d), n.repeated_bytes),
	       size_words(f, sizeof(f), n.stored_bytes));
	if (n.stored_bytes)
		printf(_(" (packed 1 : %.2f)"), (double)n.packed_bytes / (double)n.stored_bytes);
	putchar('\n');
	return p->size_bytes - n.hole_bytes;
}

void show_manifest(const struct image *i)
{
	const struct kimg_manifest *m = &i->manifest;
	char size[SIZE_WORDS], text[LINE_MAX_BYTES], match[LINE_MAX_BYTES];
	uint64_t used = 0;

	show_maker(m);
	show_system(m);
	printf(_("disk of %s (%llu bytes), sectors of %u bytes, %s\n"),
	       size_words(size, sizeof(size), m->disk_bytes), m->disk_bytes + 0ULL, m->sector_bytes,
	       m->table == KIMG_TABLE_GPT   ? "GPT"
	       : m->table == KIMG_TABLE_MBR ? "MBR"
					    : _("without a partition table"));
	for (uint32_t k = 0; k < m->partition_count; k++)
		show_partition(&m->partitions[k]);
	for (uint32_t k = 0; k < m->payload_count; k++)
		used += show_payload(i, k);
	if (m->has_catalogue)
		printf(ngettext("catalogue: %s, %llu name\n", "catalogue: %s, %llu names\n",
				m->catalogue_lines),
		       size_words(size, sizeof(size), m->catalogue_bytes),
		       m->catalogue_lines + 0ULL);
	else
		puts(_("without a catalogue of its files"));
	for (uint32_t k = 0; k < m->pack_count; k++)
		printf(_("driver pack beside it: %s, %s, for PCs like \"%s\"\n"),
		       text_mask(text, sizeof(text), m->packs[k].name),
		       size_words(size, sizeof(size), m->packs[k].size_bytes),
		       text_mask(match, sizeof(match), m->packs[k].match));
	printf(ngettext("%u frame with %s\n", "%u frames with %s\n", m->frames), m->frames,
	       size_words(size, sizeof(size), m->data_bytes));
	printf(_("%s packed into a file of %s\n"), size_words(text, sizeof(text), used),
	       size_words(size, sizeof(size), m->data_at + m->data_bytes));
}
