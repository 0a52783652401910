/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shell links: header, where the target lay, strings, and the blocks behind them. */
#include "triage/parse/lnk.h"

#include <string.h>

#include "lib/base/language.h"

static const uint8_t class_id[16] = { 0x01, 0x14, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00,
				      0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46 };

#define BLOCK_SIGNATURE 0xa0000000u
#define ANSI_BYTES 260u
#define UNICODE_BYTES 520u
#define INFO_HEAD_UNICODE 0x24u
#define TICKS_1582_TO_1601 UINT64_C(5748192000000000)

struct input {
	struct lnk *l;
	struct reader r;
	bool bad_place; /* an offset in the place of the target leads nowhere */
};

static void problem(const struct input *in, const uint8_t *at, const char *what)
{
	parse_problem_at(&in->l->place, at, what);
}

/* The next of w that all code pages have in common and that stands for nothing else, or -1; *at is set behind it. */
static int next_ascii(struct words w, size_t *at)
{
	const size_t unit = w.is_utf16 ? 2 : 1;

	while (*at < w.bytes) {
		unsigned c = w.at[*at] | (w.is_utf16 ? (unsigned)w.at[*at + 1] << 8 : 0);

		*at += unit;
		if (c < 0x80 && c != '?')
			return (int)c;
	}
	return -1;
}

/* The one of the code page where it says something else, or none. */
static struct words if_other(struct words ansi, struct words utf16)
{
	size_t at = 0, at16 = 0;
	int c;

	if (!ansi.bytes || !utf16.bytes)
		return words_none();
	while ((c = next_ascii(ansi, &at)) == next_ascii(utf16, &at16))
		if (c < 0)
			return words_none();
	return ansi;
}

/* What an offset of a block points to; of two kinds, UTF-16 where there is one, and *other as if_other(). */
static struct words pick(struct input *in, struct reader block, uint32_t ansi, uint32_t unicode,
			 struct words *other)
{
	struct words w16 = unicode ? words_at(block, unicode, true) : words_none();
	struct words w = ansi ? words_at(block, ansi, false) : words_none();

	in->bad_place |= (unicode && !w16.at) || (ansi && !w16.at && !w.at);
	*other = if_other(w, w16);
	return w16.at ? w16 : w;
}

static void read_volume(struct input *in, struct reader info, uint32_t at)
{
	struct lnk *l = in->l;

	reader_skip(&info, at);
	struct reader block = info;
	size_t size = reader_le32(&info);

	if (size < block.left)
		block.left = size;
	l->drive_type = reader_le32(&info);
	l->serial_number = reader_le32(&info);
	uint32_t label = reader_le32(&info);
	uint32_t unicode = label == 20 ? reader_le32(&info) : 0;
	if (info.bad)
		return;
	l->has_volume = true;
	struct words other; /* it is never both */
	l->volume_label = pick(in, block, label, unicode, &other);
}

static void read_share(struct input *in, struct reader info, uint32_t at)
{
	struct lnk *l = in->l;

	reader_skip(&info, at);
	struct reader block = info;
	size_t size = reader_le32(&info);

	if (size < block.left)
		block.left = size;
	l->network_flags = reader_le32(&info);
	uint32_t name = reader_le32(&info), device = reader_le32(&info);
	l->provider_type = reader_le32(&info);
	uint32_t name16 = name > 20 ? reader_le32(&info) : 0;
	uint32_t device16 = name > 20 ? reader_le32(&info) : 0;
	if (info.bad)
		return;
	l->has_network = true;
	struct words drive; /* a letter; what it stands for is told */
	l->share_name = pick(in, block, name, name16, &l->ansi.share_name);
	if (l->network_flags & 1)
		l->device_name = pick(in, block, device, device16, &drive);
}

static void read_info(struct input *in)
{
	struct lnk *l = in->l;
	const uint8_t *begin = in->r.at;
	struct reader peek = in->r;
	size_t size = reader_le32(&peek);
	struct reader info = reader_sub(&in->r, size), whole = info;

	reader_skip(&info, 4);
	uint32_t head = reader_le32(&info), flags = reader_le32(&info);
	uint32_t volume = reader_le32(&info), path = reader_le32(&info);
	uint32_t share = reader_le32(&info), suffix = reader_le32(&info);
	uint32_t path16 = head >= INFO_HEAD_UNICODE ? reader_le32(&info) : 0;
	uint32_t suffix16 = head >= INFO_HEAD_UNICODE ? reader_le32(&info) : 0;
	if (info.bad) {
		problem(in, begin, N_("the place of the target is damaged"));
		return;
	}
	if (flags & 1) {
		read_volume(in, whole, volume);
		l->local_path = pick(in, whole, path, path16, &l->ansi.local_path);
		in->bad_place |= !l->has_volume || !l->local_path.at;
	}
	if (flags & 2) {
		read_share(in, whole, share);
		in->bad_place |= !l->has_network || !l->share_name.at;
	}
	l->path_suffix = pick(in, whole, suffix, suffix16, &l->ansi.path_suffix);
	if (in->bad_place)
		problem(in, begin, N_("the place of the target is damaged"));
}

/* A count of characters, then these. */
static struct words read_string(struct input *in, enum lnk_flag flag)
{
	const uint8_t *begin = in->r.at;
	bool is_utf16 = in->l->flags & LNK_IS_UNICODE;

	if (!(in->l->flags & flag) || in->r.bad)
		return words_none();
	size_t count = reader_le16(&in->r);
	struct reader text = reader_sub(&in->r, is_utf16 ? 2 * count : count);
	if (text.bad)
		problem(in, begin, N_("the link ends within its strings"));
	return words_all(text, is_utf16);
}

/* As far as each says how long it is. */
static void read_blocks(struct input *in)
{
	struct reader r = in->r;
	size_t before = r.left;

	in->l->blocks = r;
	while (r.left) {
		struct reader peek = r;
		size_t size = reader_le32(&peek);

		if (size < 4 && !peek.bad) { /* the end */
			in->l->blocks.left = before - r.left;
			reader_skip(&r, 4);
			in->r = r;
			return;
		}
		if (peek.bad || size < 8 || size > r.left) {
			problem(in, r.at, N_("a block reaches past the end of the link"));
			in->l->blocks.left = before - r.left;
			in->r = r;
			return;
		}
		reader_skip(&r, size);
	}
	/* Some writers leave out the end. */
	in->r = r;
}

static bool read_head(struct input *in, struct error *e)
{
	struct lnk *l = in->l;
	struct reader *r = &in->r;
	uint32_t size = reader_le32(r);
	const uint8_t *id = reader_take(r, sizeof(class_id));

	l->flags = reader_le32(r);
	l->attributes = reader_le32(r);
	l->created = reader_le64(r);
	l->accessed = reader_le64(r);
	l->modified = reader_le64(r);
	l->file_size_bytes = reader_le32(r);
	l->icon_index = (int32_t)reader_le32(r);
	l->show_command = reader_le32(r);
	l->hot_key = reader_le16(r);
	reader_skip(r, 10);
	if (r->bad || size != LNK_HEAD_BYTES || memcmp(id, class_id, sizeof(class_id)) != 0)
		return error_set(e, ERROR_UNTRUSTED, _("this is no shell link"));
	return true;
}

bool lnk_parse(const uint8_t *bytes, size_t len, struct lnk *l, uint64_t base,
	       const struct parse_problems *problems, struct error *e)
{
	*l = (struct lnk){ .place = { bytes, base, problems } };
	struct input in = { .l = l, .r = reader_of(bytes, len) };

	if (!read_head(&in, e))
		return false;
	if (l->flags & LNK_HAS_ITEMS) {
		const uint8_t *begin = in.r.at;
		size_t size = reader_le16(&in.r), left = in.r.left;

		l->items = reader_sub(&in.r, size < left ? size : left);
		if (size > left || l->items.bad)
			problem(&in, begin, N_("the list of the target is cut off"));
		if (l->items.bad)
			l->items = (struct reader){ 0 };
	}
	/* [MS-SHLLINK] 2.1.1: with ForceNoLinkInfo it is ignored by who follows the link; it is there all the same. */
	if (l->flags & LNK_HAS_INFO)
		read_info(&in);
	l->description = read_string(&in, LNK_HAS_DESCRIPTION);
	l->relative_path = read_string(&in, LNK_HAS_RELATIVE_PATH);
	l->working_directory = read_string(&in, LNK_HAS_WORKING_DIRECTORY);
	l->arguments = read_string(&in, LNK_HAS_ARGUMENTS);
	l->icon_location = read_string(&in, LNK_HAS_ICON_LOCATION);
	if (in.r.bad) {
		l->bytes = len;
		return true;
	}
	read_blocks(&in);
	l->bytes = len - in.r.left;
	return true;
}

static void look(struct lnk_block *b)
{
	struct reader r = b->data;

	switch (b->type) {
	case LNK_ENVIRONMENT:
	case LNK_DARWIN:
	case LNK_ICON_ENVIRONMENT: {
		struct reader ansi = reader_sub(&r, ANSI_BYTES),
			      unicode = reader_sub(&r, UNICODE_BYTES);

		struct words w = words_ended(&ansi, false);

		b->text = words_ended(&unicode, true);
		b->ansi = if_other(w, b->text);
		if (!b->text.bytes)
			b->text = w;
		break;
	}
	case LNK_TRACKER: {
		reader_skip(&r, 8);
		struct reader machine = reader_sub(&r, 16);
		b->text = words_ended(&machine, false);
		b->droids = reader_take(&r, 64);
		break;
	}
	case LNK_CONSOLE_CODE_PAGE:
	case LNK_SPECIAL_FOLDER:
		b->number = reader_le32(&r);
		break;
	case LNK_SHIM:
		b->text = words_ended(&r, true);
		break;
	case LNK_KNOWN_FOLDER:
		b->guid = reader_take(&r, 16);
		break;
	case LNK_PROPERTY_STORE:
	case LNK_ITEMS:
		break;
	default:
		b->type = 0;
	}
	if (r.bad)
		b->type = 0;
}

bool lnk_block_next(struct reader *blocks, struct lnk_block *b)
{
	struct reader peek = *blocks;
	size_t size = reader_le32(&peek);

	if (peek.bad || size < 8)
		return false;
	struct reader r = reader_sub(blocks, size);
	reader_skip(&r, 4);
	*b = (struct lnk_block){ .signature = reader_le32(&r) };
	if (r.bad)
		return false;
	b->data = r;
	b->type = (b->signature & 0xfffffff0u) == BLOCK_SIGNATURE ? b->signature & 15 : 0;
	look(b);
	return true;
}

bool droid_time(const uint8_t droid[16], uint64_t *filetime, const uint8_t **node)
{
	struct reader r = reader_of(droid, 16);
	uint64_t ticks = reader_le32(&r);

	ticks |= (uint64_t)reader_le16(&r) << 32;
	uint64_t high = reader_le16(&r);
	ticks |= (high & 0x0fff) << 48;
	if (high >> 12 != 1 || ticks <= TICKS_1582_TO_1601)
		return false;
	*filetime = ticks - TICKS_1582_TO_1601;
	*node = droid + 10;
	return true;
}
