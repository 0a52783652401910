/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SOURCE: opened outside of the box, put together inside. */
#include "triage/source.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/checked.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/disk/broker.h"
#include "triage/blanked.h"
#include "triage/packed.h"
#include "triage/triage.h"

#define HEAD_BYTES 68u    /* by which an image is known */
#define TABLE_SECTORS 63u /* in front of the first partition, also where GPT is not */

/* In the parent. */

/* Images in hundreds of pieces need more descriptors than a shell allows at first. */
static void raise_limit(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &r);
	}
}

static bool add(struct source *s, int fd, struct error *e)
{
	if (fd < 0)
		return false;
	if (s->count == CELL_INPUTS_MAX) {
		close(fd);
		return error_set(e, ERROR_FAILED, _("'%s' has more than %d pieces"), s->name,
				 CELL_INPUTS_MAX);
	}
	s->inputs[s->count++] = fd;
	return true;
}

static bool exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

/* How the pieces of a raw image are numbered, by the name of the first one. */
struct numbering {
	size_t stem, width; /* what the numbers stand behind; their digits */
	const char *digits;
	unsigned first;
};
#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define PIECES_LOOKED_FOR (CELL_INPUTS_MAX + 2u) /* so that one too many is told */

/* What may be the number of a piece, or NULL. Behind anything but a dot letters may be part of a word, so there only
 * the prefix that split takes by itself will do. */
static const char *number_of(const char *name)
{
	const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
	const char *dot = strrchr(base, '.');
	const char *number = dot ? dot + 1 : base + (*base == 'x');

	return number == base || strlen(number) < 2 ? NULL : number;
}

/* The first of FTK Imager is x.001, of dcfldd x.000, of split(1) x.aa or, with -d, x.00, of as many digits as -a said. */
static bool is_numbered(const char *name, struct numbering *n)
{
	const char *number = number_of(name);
	const size_t width = number ? strlen(number) : 0;

	if (!number)
		return false;
	*n = (struct numbering){ (size_t)(number - name), width, LETTERS, 0 };
	if (strspn(number, "a") == width)
		return true;
	n->digits = "0123456789";
	n->first = number[width - 1] == '1';
	return strspn(number, "0") == width - n->first;
}

/* The name of the n-th piece, or NULL: so far nobody counts. From yz, or 89, split goes on with zaaa, or 9000,
 * unless -a was given (`grown` false). */
static char *piece_name(const struct source *s, const struct numbering *by, unsigned n, bool grown)
{
	const unsigned base = (unsigned)strlen(by->digits);
	char number[32];
	size_t from = 0, end = by->width;

	if (end >= sizeof(number) / 2)
		return NULL;
	while (grown && by->width == 2) {
		unsigned room = base - 1;

		for (size_t i = from + 1; i < end; i++)
			room *= base;
		if (n < room)
			break;
		n -= room;
		number[from++] = by->digits[base - 1];
		end += 2;
	}
	for (size_t i = end; i-- > from; n /= base)
		number[i] = by->digits[n % base];
	return n ? NULL : mem_format("%.*s%.*s", (int)by->stem, s->name, (int)end, number);
}

/* The one of its possible names by which it is there, or NULL. */
static char *piece_there(const struct source *s, const struct numbering *by, unsigned n)
{
	for (int grown = 0; grown < 2; grown++) {
		char *path = piece_name(s, by, n, grown);

		if (path && exists(path))
			return path;
		free(path);
	}
	return NULL;
}

/* As far as there are any. One that is missing in between is an error. */
static bool add_pieces(struct source *s, struct error *e)
{
	struct numbering by;

	if (!is_numbered(s->name, &by))
		return true;
	char *hex = mem_format("%.*s%0*x", (int)by.stem, s->name, (int)by.width, 10);
	if (by.digits[0] == '0' && exists(hex)) /* split -x */
		by.digits = "0123456789abcdef";
	free(hex);
	for (unsigned n = 0; n < PIECES_LOOKED_FOR; n++) {
		char *path = n == by.first ? NULL : piece_there(s, &by, n);
		bool good = !path || (n > by.first && s->count == n - by.first &&
				      add(s, evidence_open(path, e), e));

		if (path && n < by.first)
			error_set(e, ERROR_FAILED, _("'%s' is there: it is the first piece"), path);
		else if (path && s->count < n - by.first)
			error_set(e, ERROR_FAILED,
				  _("'%s' is there, but not the piece number %zu before it"), path,
				  s->count + (by.digits[0] == 'a' ? 1 : by.first));
		free(path);
		if (!good)
			return false;
	}
	return true;
}

/* Is it one behind the first, by its name and by who is there? Who named it may mean the whole. */
static bool is_later_piece(const char *name)
{
	const char *number = number_of(name);
	const size_t width = number ? strlen(number) : 0;
	const bool digits = number && strspn(number, "0123456789") == width;

	if (!number || (!digits && strspn(number, LETTERS) != width))
		return false;
	const char low = digits ? '0' : 'a', high = digits ? '9' : 'z';
	char *before = mem_string(name), *first = mem_string(name);
	char *last = first + strlen(first) - 1, *c = before + (last - first);
	memset(first + (number - name), low, width);
	for (; c > before + (number - name) && *c == low; c--)
		*c = high;
	--*c;
	bool there = exists(before) && strcmp(name, first) != 0;
	bool begins = there && exists(first);
	++*last; /* from 1 on */
	begins = begins || (there && digits && exists(first));
	free(before);
	free(first);
	return begins;
}

/* The ending of segment n (from 1) of an EWF image: E01 to E99, EAA to EZZ, FAA to ZZZ; in the
 * case of the first one. */
static bool segment_ending(char out[4], char first, unsigned n)
{
	bool lower = islower((unsigned char)first);
	const char a = lower ? 'a' : 'A';

	if (n <= 99) {
		snprintf(out, 4, "%c%02u", first, n);
		return true;
	}
	n -= 100;
	unsigned letter = (unsigned)(first - a) + n / (26 * 26);
	if (letter > 25)
		return false;
	snprintf(out, 4, "%c%c%c", a + (int)letter, a + (int)(n / 26 % 26), a + (int)(n % 26));
	return true;
}

static bool add_segments(struct source *s, struct error *e)
{
	const size_t stem = strlen(s->name) - 3;
	char ending[4];

	for (unsigned n = 2; segment_ending(ending, s->name[stem], n); n++) {
		char *path = mem_format("%.*s%s", (int)stem, s->name, ending);
		bool there = exists(path);
		bool good = !there || add(s, evidence_open(path, e), e);

		free(path);
		if (!there)
			return true; /* the last one says that it is */
		if (!good)
			return false;
	}
	return true;
}

static enum source_kind kind_by_name(const char *name)
{
	const char *dot = strrchr(name, '.');

	struct numbering by;

	if (is_numbered(name, &by))
		return SOURCE_SPLIT;
	if (dot && (strcasecmp(dot, ".e01") == 0 || strcasecmp(dot, ".s01") == 0))
		return SOURCE_EWF;
	return SOURCE_RAW;
}

static bool size_up(struct source *s, uint64_t sector_bytes, struct error *e)
{
	struct stat st;
	int sector = 0;

	if (fstat(s->inputs[0], &st) != 0 ||
	    (S_ISBLK(st.st_mode) && ioctl(s->inputs[0], BLKSSZGET, &sector) != 0))
		return error_errno(e, _("cannot tell the size of its sectors"));
	s->sector_bytes = sector ? (uint32_t)sector : (uint32_t)sector_bytes;
	if (s->sector_bytes && s->sector_bytes != 512 && s->sector_bytes != 4096)
		return error_set(e, ERROR_USAGE, _("sectors have 512 or 4096 bytes, not %u"),
				 s->sector_bytes);
	return true;
}

static int open_first(const char *name, bool broker, struct error *e)
{
	struct broker b = BROKER_NONE;
	int fd = -1;

	if (!broker)
		return evidence_open(name, e);
	if (broker_connect(&b, e))
		fd = broker_open_disk(&b, name, e);
	broker_close(&b);
	return fd;
}

bool source_open(struct source *s, const char *name, bool broker, uint64_t sector_bytes,
		 struct error *e)
{
	*s = (struct source){ .name = name };
	s->kind = broker ? SOURCE_RAW : kind_by_name(name);
	s->is_later_piece = !broker && s->kind == SOURCE_RAW && is_later_piece(name);
	raise_limit();
	if (add(s, open_first(name, broker, e), e) && size_up(s, sector_bytes, e) &&
	    (s->kind != SOURCE_SPLIT || add_pieces(s, e)) &&
	    (s->kind != SOURCE_EWF || add_segments(s, e)))
		return true;
	source_close(s);
	return false;
}

bool source_open_encrypted(struct source *s, const char *name, unsigned partition,
			   const char *key_file, struct error *e)
{
	struct broker b = BROKER_NONE;
	int fd = -1;

	*s = (struct source){ .name = name, .kind = SOURCE_RAW };
	if (broker_connect(&b, e))
		fd = broker_encrypted_by(&b, name, partition, key_file, e);
	broker_close(&b);
	if (add(s, fd, e) && size_up(s, 0, e))
		return true;
	source_close(s);
	return false;
}

void source_close(struct source *s)
{
	while (s->count)
		close(s->inputs[--s->count]);
}

/* In the child. */

static bool read_pieces(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct source_bytes *v = ctx;
	uint8_t *to = buf;
	size_t low = 0, high = v->count;

	while (low + 1 < high) { /* the first piece whose end lies behind the offset */
		size_t middle = low + (high - low) / 2;

		if (v->end[middle - 1] <= offset)
			low = middle;
		else
			high = middle;
	}
	for (; len; low++) {
		if (low == v->count)
			return error_set(e, ERROR_UNTRUSTED, _("it ends before byte %llu"),
					 (unsigned long long)offset + len);
		uint64_t begin = low ? v->end[low - 1] : 0, left = v->end[low] - offset;
		size_t n = left < len ? (size_t)left : len;

		if (n && !box_read(v->box, low, offset - begin, to, n, e))
			return false;
		to += n;
		offset += n;
		len -= n;
	}
	return true;
}

bool source_table(const struct source_bytes *v, struct partition_table *t, bool *unreadable,
		  struct error *e)
{
	struct blanked x = { &v->bytes, 0, (uint64_t)TABLE_SECTORS * v->bytes.sector_bytes, false };
	const struct partition_source s = blanked_source(&x);
	const bool good = partition_table_read(&s, t, e);

	*unreadable = x.used;
	return good;
}

/* A GPT tells for which sectors it was made; a file does not. */
static bool find_sector(struct source_bytes *v, struct error *e)
{
	struct partition_table *t = mem_alloc(sizeof(*t));
	bool unreadable, good = source_table(v, t, &unreadable, e);

	if (good && t->kind == TABLE_GPT && (t->flags & TABLE_OTHER_SECTOR))
		v->bytes.sector_bytes = 4096;
	free(t);
	return good;
}

static bool read_segment(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct source_segment *s = ctx;

	return box_read(s->box, s->nr, offset, buf, len, e);
}

static void tell(void *ctx, uint64_t offset, const char *what)
{
	box_problem(ctx, offset, what);
}

static bool compose_image(struct source_bytes *v, const struct source *s, struct error *e)
{
	const struct parse_problems problems = { tell, v->box };

	for (size_t i = 0; i < s->count; i++) {
		v->of[i] = (struct source_segment){ v->box, i };
		v->segments[i] = (struct partition_source){ read_segment, &v->of[i],
							    box_input_bytes(v->box, i), 512 };
	}
	v->image = mem_alloc(sizeof(*v->image));
	if (!e01_open(v->image, v->segments, s->count, &problems, e))
		return false;
	v->bytes = e01_source(v->image);
	return true;
}

/* Of E01, L01, Ex01 and Lx01. A disk may begin so, too, if somebody wants it to be taken for one. */
static bool is_ewf(const char head[8])
{
	return memcmp(head, "EVF\x09\r\n\xff", 8) == 0 || memcmp(head, "LVF\x09\r\n\xff", 8) == 0 ||
	       memcmp(head, "EVF2\r\n\x81", 8) == 0 || memcmp(head, "LEF2\r\n\x81", 8) == 0;
}

/* Of VMware, also of ESX, of Hyper-V, QEMU and VirtualBox, unless all blocks stand there in their order. */
static bool is_virtual_disk(const char head[HEAD_BYTES])
{
	static const struct {
		size_t at, len;
		const char *bytes;
	} begins[] = {
		{ 0, 4, "KDMV" },
		{ 0, 4, "COWD" },
		{ 0, 8, "\xbe\xba\xfe\xca\0\0\0\0" },
		{ 0, 21, "# Disk DescriptorFile" },
		{ 0, 8, "vhdxfile" },
		{ 0, 8, "conectix" },
		{ 0, 4, "QFI\xfb" },
		{ 64, 4, "\x7f\x10\xda\xbe" },
	};

	for (size_t i = 0; i < sizeof(begins) / sizeof(*begins); i++)
		if (memcmp(head + begins[i].at, begins[i].bytes, begins[i].len) == 0)
			return true;
	return false;
}

/* What it begins with, and for which sectors it was made. */
static bool look(struct source_bytes *v, const struct source *s, struct error *e)
{
	struct error unreadable = { 0 };
	char head[HEAD_BYTES];

	if (v->bytes.size_bytes < 512)
		return error_set(e, ERROR_UNTRUSTED, _("it has only %llu bytes: that is no disk"),
				 (unsigned long long)v->bytes.size_bytes);
	if (!v->bytes.read(v->bytes.ctx, 0, head, sizeof(head), &unreadable))
		memset(head, 0, sizeof(head)); /* source_table() tells of it */
	if (s->is_later_piece)
		box_problem(v->box, 0,
			    N_("by its name it is a later piece of an image, and it is read alone: "
			       "for the image name the first piece"));
	if (s->kind != SOURCE_EWF && is_ewf(head))
		box_problem(
			v->box, 0,
			N_("it begins as an E01 image does, and is read as a raw one, since its name "
			   "does not end in .E01 or .s01, as that of the first segment must"));
	if (is_virtual_disk(head))
		box_problem(
			v->box, 0,
			N_("it begins as the file of a virtual disk does (VMware, Hyper-V, QEMU, "
			   "VirtualBox), and is read as a raw image: convert it before, with "
			   "qemu-img convert -O raw"));
	if (is_packed(head))
		box_problem(v->box, 0, PACKED_WORDS);
	v->is_mft = memcmp(head, "FILE", 4) == 0 || memcmp(head, "BAAD", 4) == 0;
	return s->sector_bytes || find_sector(v, e);
}

bool source_compose(struct source_bytes *v, struct box *b, const struct source *s, struct error *e)
{
	uint64_t all = 0;

	*v = (struct source_bytes){ .box = b, .count = s->count };
	if (s->kind == SOURCE_EWF)
		return compose_image(v, s, e) && look(v, s, e);
	for (size_t i = 0; i < s->count; i++) {
		if (!u64_add(all, box_input_bytes(b, i), &all))
			return error_set(e, ERROR_UNTRUSTED, _("it is larger than can be"));
		v->end[i] = all;
	}
	v->bytes = (struct partition_source){ .read = read_pieces,
					      .ctx = v,
					      .size_bytes = all,
					      .sector_bytes = s->sector_bytes ? s->sector_bytes
									      : 512 };
	return look(v, s, e);
}

void source_decompose(struct source_bytes *v)
{
	if (v->image)
		e01_release(v->image);
	free(v->image);
	v->image = NULL;
}
