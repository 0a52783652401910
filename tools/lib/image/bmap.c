/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of bmap files: the little of XML that they are made of, read and written. */
#include "lib/image/bmap.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"

#define NAME_MAX_BYTES 32u
#define VALUE_MAX_BYTES 80u

/* A cursor over the text. */
struct xml {
	const char *begin, *at, *end;
};

static bool refuse(const struct xml *x, const char *why, struct error *e)
{
	unsigned line = 1;

	for (const char *p = x->begin; p < x->at; p++)
		line += *p == '\n';
	return error_set(e, ERROR_UNTRUSTED, _("line %u of the bmap: %s"), line, why);
}

static bool begins(const struct xml *x, const char *s)
{
	size_t n = strlen(s);

	return (size_t)(x->end - x->at) >= n && memcmp(x->at, s, n) == 0;
}

static bool accept(struct xml *x, const char *s)
{
	if (!begins(x, s))
		return false;
	x->at += strlen(s);
	return true;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(struct xml *x)
{
	while (x->at < x->end && is_space(*x->at))
		x->at++;
}

/* Space and comments. */
static bool skip_between(struct xml *x, struct error *e)
{
	for (;;) {
		skip_space(x);
		if (!accept(x, "<!--"))
			return true;
		const char *end = memmem(x->at, (size_t)(x->end - x->at), "--", 2);
		if (!end || x->end - end < 3 || end[2] != '>')
			return refuse(x, _("a comment that does not end as it should"), e);
		x->at = end + 3;
	}
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '-';
}

/* Letters, digits, '.' and '-', at least one, into a buffer of `size`. */
static bool word(struct xml *x, char *out, size_t size, struct error *e)
{
	size_t n = 0;

	while (x->at < x->end && is_word(*x->at)) {
		if (n + 1 == size)
			return refuse(x, _("a word that is too long"), e);
		out[n++] = *x->at++;
	}
	out[n] = '\0';
	return n > 0 || refuse(x, _("something else than a bmap has at this place"), e);
}

/* ` NAME="WORD"`. */
static bool attribute(struct xml *x, const char *name, char *out, size_t size, struct error *e)
{
	if (!begins(x, " "))
		return refuse(x, _("an attribute is missing"), e);
	skip_space(x);
	if (!accept(x, name) || !accept(x, "=\""))
		return refuse(x, _("an attribute that a bmap does not have"), e);
	if (!word(x, out, size, e))
		return false;
	return accept(x, "\"") || refuse(x, _("an attribute that does not end"), e);
}

/* `>  WORD  </NAME>`, behind the tag's name and attributes. *place is where the word begins. */
static bool content(struct xml *x, const char *name, char *out, size_t size, const char **place,
		    struct error *e)
{
	if (!accept(x, ">"))
		return refuse(x, _("an attribute that a bmap does not have"), e);
	skip_space(x);
	*place = x->at;
	if (!word(x, out, size, e))
		return false;
	skip_space(x);
	if (!accept(x, "</") || !accept(x, name) || !accept(x, ">"))
		return refuse(x, _("an element that does not end as it began"), e);
	return true;
}

static bool number(const char *s, uint64_t *out)
{
	*out = 0;
	if (*s == '\0')
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' || *out > (UINT64_MAX - 9) / 10)
			return false;
		*out = *out * 10 + (uint64_t)(*s - '0');
	}
	return true;
}

static bool is_sum(const char *s)
{
	return strlen(s) == SHA256_HEX - 1 && strspn(s, "0123456789abcdef") == SHA256_HEX - 1;
}

static bool parse_range(struct xml *x, struct bmap *b, struct error *e)
{
	struct bmap_range r = { 0 };
	char blocks[VALUE_MAX_BYTES], *dash;
	const char *place;

	if (begins(x, ">"))
		return error_set(
			e, ERROR_USAGE,
			_("this bmap has no checksums, so nothing could be checked. Make it "
			  "again: bmaptool create -o BMAP IMAGE"));
	if (!attribute(x, "chksum", r.sha256, sizeof(r.sha256), e) ||
	    !content(x, "Range", blocks, sizeof(blocks), &place, e))
		return false;
	dash = strchr(blocks, '-');
	if (dash)
		*dash++ = '\0';
	if (!number(blocks, &r.first) || !number(dash ? dash : blocks, &r.last) || r.last < r.first)
		return refuse(x, _("a range that is none"), e);
	if (b->count > 0 && r.first <= b->ranges[b->count - 1].last)
		return refuse(x, _("ranges overlap or are out of order"), e);
	if (!is_sum(r.sha256))
		return refuse(x, _("a checksum that is no SHA-256"), e);
	mem_grow(&b->ranges, &b->capacity, b->count + 1, sizeof(*b->ranges));
	b->ranges[b->count++] = r;
	return true;
}

static bool parse_ranges(struct xml *x, struct bmap *b, struct error *e)
{
	if (!accept(x, ">"))
		return refuse(x, _("an attribute that a bmap does not have"), e);
	for (;;) {
		if (!skip_between(x, e))
			return false;
		if (accept(x, "</BlockMap>"))
			return true;
		if (!accept(x, "<Range"))
			return refuse(x, _("something else than a bmap has at this place"), e);
		if (!parse_range(x, b, e))
			return false;
	}
}

enum field { IMAGE_SIZE, BLOCK_SIZE, BLOCKS, MAPPED, SUM_TYPE, FILE_SUM, MAP, FIELDS };
static const char *const field_names[FIELDS] = {
	"ImageSize",    "BlockSize",        "BlocksCount", "MappedBlocksCount",
	"ChecksumType", "BmapFileChecksum", "BlockMap",
};

struct found {
	bool seen[FIELDS];
	uint64_t numbers[FIELDS];
	char sum[VALUE_MAX_BYTES];
	const char *sum_at;
};

static bool parse_field(struct xml *x, struct bmap *b, struct found *f, struct error *e)
{
	char name[NAME_MAX_BYTES], value[VALUE_MAX_BYTES];
	const char *place;
	int i = 0;

	if (!word(x, name, sizeof(name), e))
		return false;
	while (i < FIELDS && strcmp(field_names[i], name) != 0)
		i++;
	if (i == FIELDS)
		return refuse(x, _("an element that a bmap does not have"), e);
	if (f->seen[i])
		return refuse(x, _("an element that is there twice"), e);
	f->seen[i] = true;
	if (i == MAP)
		return parse_ranges(x, b, e);
	if (!content(x, name, value, sizeof(value), &place, e))
		return false;
	if (i == FILE_SUM) {
		memcpy(f->sum, value, sizeof(value));
		f->sum_at = place;
		return is_sum(value) || refuse(x, _("a checksum that is no SHA-256"), e);
	}
	if (i == SUM_TYPE)
		return strcmp(value, "sha256") == 0 ||
		       error_set(e, ERROR_USAGE,
				 _("this bmap has checksums of another kind than sha256. Make it "
				   "again: bmaptool create -o BMAP IMAGE"));
	return number(value, &f->numbers[i]) || refuse(x, _("a number that is none"), e);
}

static bool parse_head(struct xml *x, struct error *e)
{
	char version[NAME_MAX_BYTES];

	if (accept(x, "<?xml")) {
		const char *end = memmem(x->at, (size_t)(x->end - x->at), "?>", 2);
		if (!end || memchr(x->at, '<', (size_t)(end - x->at)))
			return refuse(x, _("a declaration that does not end"), e);
		x->at = end + 2;
	}
	if (!skip_between(x, e))
		return false;
	if (!accept(x, "<bmap"))
		return refuse(x, _("this is not a bmap"), e);
	if (!attribute(x, "version", version, sizeof(version), e))
		return false;
	if (!accept(x, ">"))
		return refuse(x, _("an attribute that a bmap does not have"), e);
	if (strcmp(version, "2.0") != 0 && strcmp(version, "1.4") != 0)
		return error_set(
			e, ERROR_USAGE,
			_("this bmap is of version %s; 2.0 is read, and 1.4. Make it again: "
			  "bmaptool create -o BMAP IMAGE"),
			version);
	return true;
}

/* What the elements say together. */
static bool check(struct bmap *b, const struct found *f, struct error *e)
{
	uint64_t mapped = 0;

	b->image_bytes = f->numbers[IMAGE_SIZE];
	b->blocks = f->numbers[BLOCKS];
	b->mapped = f->numbers[MAPPED];
	if (f->numbers[BLOCK_SIZE] == 0 || f->numbers[BLOCK_SIZE] > BMAP_BLOCK_MAX ||
	    f->numbers[BLOCK_SIZE] % 512 != 0)
		return error_set(e, ERROR_UNTRUSTED, _("the bmap says nonsense: %s"), "BlockSize");
	b->block_bytes = (uint32_t)f->numbers[BLOCK_SIZE];
	if (b->image_bytes == 0 || b->image_bytes > BMAP_IMAGE_MAX)
		return error_set(e, ERROR_UNTRUSTED, _("the bmap says nonsense: %s"), "ImageSize");
	if (b->blocks != (b->image_bytes + b->block_bytes - 1) / b->block_bytes)
		return error_set(e, ERROR_UNTRUSTED, _("the bmap says nonsense: %s"),
				 "BlocksCount");
	if (b->count > 0 && b->ranges[b->count - 1].last >= b->blocks)
		return error_set(e, ERROR_UNTRUSTED, _("the bmap says nonsense: %s"), "Range");
	for (size_t i = 0; i < b->count; i++)
		mapped += b->ranges[i].last - b->ranges[i].first + 1;
	if (mapped != b->mapped)
		return error_set(e, ERROR_UNTRUSTED, _("the bmap says nonsense: %s"),
				 "MappedBlocksCount");
	return true;
}

/* The sum of the file, with zeros where it stands itself. */
static bool check_sum(const struct xml *x, const struct found *f, struct error *e)
{
	static const char zeros[] =
		"0000000000000000000000000000000000000000000000000000000000000000";
	const char *behind = f->sum_at + SHA256_HEX - 1;
	struct sha256_state s;
	char sum[SHA256_HEX];

	sha256_init(&s);
	sha256_update(&s, x->begin, (size_t)(f->sum_at - x->begin));
	sha256_update(&s, zeros, SHA256_HEX - 1);
	sha256_update(&s, behind, (size_t)(x->end - behind));
	return strcmp(sha256_final(&s, sum), f->sum) == 0 ||
	       error_set(e, ERROR_UNTRUSTED,
			 _("the bmap was altered or damaged: its own checksum is another"));
}

static bool parse(struct xml *x, struct bmap *b, struct error *e)
{
	struct found f = { 0 };

	if (x->end - x->begin > BMAP_FILE_MAX)
		return error_set(e, ERROR_UNTRUSTED, _("the bmap is larger than %u MiB"),
				 BMAP_FILE_MAX >> 20);
	if (!parse_head(x, e))
		return false;
	for (;;) {
		if (!skip_between(x, e))
			return false;
		if (accept(x, "</bmap>"))
			break;
		if (!accept(x, "<"))
			return refuse(x, _("something else than a bmap has at this place"), e);
		if (!parse_field(x, b, &f, e))
			return false;
	}
	if (!skip_between(x, e))
		return false;
	if (x->at < x->end)
		return refuse(x, _("something behind the end"), e);
	for (int i = 0; i < FIELDS; i++)
		if (!f.seen[i])
			return error_set(e, ERROR_UNTRUSTED, _("the bmap has no %s"),
					 field_names[i]);
	return check_sum(x, &f, e) && check(b, &f, e);
}

bool bmap_parse(const char *bytes, size_t len, struct bmap *b, struct error *e)
{
	struct xml x = { bytes, bytes, bytes + len };

	*b = (struct bmap){ 0 };
	if (parse(&x, b, e))
		return true;
	bmap_release(b);
	return false;
}

void bmap_release(struct bmap *b)
{
	free(b->ranges);
	*b = (struct bmap){ 0 };
}

void bmap_write(const struct bmap *b, struct text *out)
{
	size_t begin = out->len, sum_at;
	uint64_t mapped = 0;
	char sum[SHA256_HEX];

	for (size_t i = 0; i < b->count; i++)
		mapped += b->ranges[i].last - b->ranges[i].first + 1;
	text_add(out, "<?xml version=\"1.0\" ?>\n"
		      "<!-- Which blocks of an image hold something, for bmaptool copy. -->\n"
		      "<bmap version=\"2.0\">\n");
	text_addf(out, "    <ImageSize> %llu </ImageSize>\n", b->image_bytes + 0ULL);
	text_addf(out, "    <BlockSize> %u </BlockSize>\n", b->block_bytes);
	text_addf(out, "    <BlocksCount> %llu </BlocksCount>\n", b->blocks + 0ULL);
	text_addf(out, "    <MappedBlocksCount> %llu </MappedBlocksCount>\n", mapped + 0ULL);
	text_add(out, "    <ChecksumType> sha256 </ChecksumType>\n    <BmapFileChecksum> ");
	sum_at = out->len;
	for (int i = 0; i < SHA256_HEX - 1; i++)
		text_add_char(out, '0');
	text_add(out, " </BmapFileChecksum>\n    <BlockMap>\n");
	for (size_t i = 0; i < b->count; i++) {
		const struct bmap_range *r = &b->ranges[i];

		text_addf(out, "        <Range chksum=\"%s\"> %llu", r->sha256, r->first + 0ULL);
		if (r->last > r->first)
			text_addf(out, "-%llu", r->last + 0ULL);
		text_add(out, " </Range>\n");
	}
	text_add(out, "    </BlockMap>\n</bmap>\n");
	sha256_hex(sum, out->s + begin, out->len - begin);
	memcpy(out->s + sum_at, sum, SHA256_HEX - 1);
}
