/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_EVTX_INSIDE_H
#define TRIAGE_PARSE_EVTX_INSIDE_H

/* What the files evtx*.c share; nobody else includes it. */
#include "lib/base/language.h"
#include "lib/base/le.h"
#include "lib/base/zeros.h"
#include "triage/escape.h"
#include "triage/parse/evtx.h"

#define EVTX_CHUNK_BYTES 65536u
#define EVTX_CHUNK_HEAD 512u
#define EVTX_CHUNK_SIGN 44u /* bytes by which one is known where none is due: magic to size */
#define EVTX_RECORD_HEAD 24u
#define EVTX_RECORD_MIN 28u

/* Limits of docs/formats/evtx.md#limits. */
#define EVTX_DEPTH_MAX 64u              /* elements within elements */
#define EVTX_NEST_MAX 16u               /* fragments within values of fragments */
#define EVTX_OUT_MAX (1u << 20)         /* bytes of JSON a record */
#define EVTX_CHUNK_OUT_MAX (4u << 20)   /* a chunk; its fields of System, too */
#define EVTX_COMPILE_MAX (1u << 20)     /* bytes of templates and names read a chunk */
#define EVTX_STEPS_MAX (1u << 20)       /* steps of programs a record */
#define EVTX_CHUNK_STEPS_MAX (4u << 20) /* a chunk */
#define EVTX_STEP_BYTES 16u             /* of a value that are looked at in a step */
#define EVTX_VALUES_MAX 65536u          /* values of all instances within each other */
#define EVTX_PROGRAMS_MAX 512u          /* kept a chunk */
#define EVTX_KEPT_BYTES (4u << 20)      /* of literals and shapes, from chunk to chunk */
#define EVTX_LEARNED_MAX 64u            /* templates of a chunk that recovered records may use */
#define EVTX_FRAGMENT_MIN 16u           /* fewer bytes behind the end of a fragment hold no other */

/* Bytes of the chunk in work; places are offsets from its begin. */
struct evtx_bytes {
	const uint8_t *at;
	uint32_t len;
};

/* Sixteen bytes, and the two halves of them, for what is done to all at once. */
typedef uint8_t octets __attribute__((vector_size(16)));
typedef uint64_t words __attribute__((vector_size(16)));

/* A whole number of 1 to 8 bytes. */
static inline uint64_t evtx_le(const uint8_t *p, size_t bytes)
{
	uint64_t x = 0;

	switch (bytes) {
	case 1:
		return *p;
	case 2:
		return le16(p);
	case 4:
		return le32(p);
	case 8:
		return le64(p);
	default: /* no number of Windows, but said to be one */
		while (bytes--)
			x = x << 8 | p[bytes];
		return x;
	}
}

/* ---- evtx_binxml.c: a fragment as a tree, which is read once and made a program */

enum evtx_node_kind {
	NODE_ELEMENT,
	NODE_ATTRIBUTE,
	NODE_TEXT,     /* at, len: units of UTF-16 */
	NODE_CHAR,     /* at: the unit itself */
	NODE_ENTITY,   /* name */
	NODE_SUB,      /* at: number; type: as declared */
	NODE_INSTANCE, /* at: where its token stands */
	NODE_PI,       /* name; at, len: its data */
	NODE_TAKEN,    /* went elsewhere */
};

#define NODE_NONE UINT32_MAX

struct evtx_node {
	uint8_t kind;
	uint8_t type;     /* of an element: has it attributes? */
	uint32_t name;    /* where its record of a name stands */
	uint32_t name_at; /* where that is said */
	uint32_t at, len;
	uint32_t next;             /* sibling */
	uint32_t first, attribute; /* of an element; `first` also of an attribute */
};

#define EVTX_NODES_MAX 16384u /* in a fragment of 64 KiB each takes at least four bytes */

struct evtx_tree {
	struct evtx_bytes b;
	struct evtx_node *nodes; /* EVTX_NODES_MAX */
	uint32_t count;
	uint32_t first;      /* at the top */
	uint32_t names_left; /* bytes that the names of what is read may have together */
	const char *problem; /* what ended it early; what came before stays */
	bool doubtful;       /* a name does not have the digest that stands before it */
};

/* Read from..end, and take from t->names_left. In templates, and only there, elements have the number of a value they depend on. */
void evtx_tree_read(struct evtx_tree *t, uint32_t from, uint32_t end, bool in_template);

struct evtx_name {
	const uint8_t *units;
	uint32_t count;
};
struct evtx_name evtx_name_at(struct evtx_bytes b, uint32_t at); /* empty if there is none */

static inline bool evtx_name_is(struct evtx_name n, const char *ascii)
{
	if (!n.count || le16(n.units) != (unsigned char)*ascii || n.count != strlen(ascii))
		return false;
	for (size_t i = 1; i < n.count; i++)
		if (le16(n.units + 2 * i) != (unsigned char)ascii[i])
			return false;
	return true;
}

/* An instance of a template: its token at *at. */
struct evtx_instance {
	uint32_t id, definition;       /* where the definition stands */
	uint32_t count, types, values; /* places of the list of types, of the values */
};
/* Values may be cut off by `end`. */
bool evtx_instance_at(struct evtx_bytes b, uint32_t at, uint32_t end, struct evtx_instance *i);

/* ---- evtx_program.c: a tree as a program that prints it */

enum evtx_context {
	CONTEXT_EVENT,  /* Event, or what lies within */
	CONTEXT_DATA,   /* what lies within EventData */
	CONTEXT_MEMBER, /* members of an object */
};

enum evtx_code {
	OP_TEXT,        /* the literal */
	OP_FIELD,       /* the literal, then the value; null if absent */
	OP_OPTIONAL,    /* the same with a comma where one is due, or nothing if absent */
	OP_STRING,      /* the literal, then the value as a part of a text */
	OP_COMMA,       /* where something is before it in this group; then the literal */
	OP_MEMBER,      /* the value as members of this object: "#text", or those of BinXML */
	OP_ITEM,        /* the value as an item of this list, each of an array */
	OP_SYSTEM,      /* the value becomes a field */
	OP_SYSTEM_TEXT, /* the literal is a field as JSON; before it stand the n units of its text */
	OP_SECTION,
	OP_SECTION_END,
	OP_FRAGMENT, /* the value is BinXML of that context */
	OP_INSTANCE, /* of a template within this fragment */
};

struct evtx_op {
	uint8_t code;
	uint8_t what; /* field, section, context */
	uint16_t n;   /* value */
	uint32_t at;  /* literal, or place in the chunk */
	uint32_t len;
};

/* Of what a program was made of: bytes up to a name, and the name, which stands at another place in each chunk. */
struct evtx_piece {
	uint32_t len;
	uint32_t name_len;
	bool element,
		attributes; /* their sizes, which are around the name, count names that stand within */
};

struct evtx_program {
	uint32_t first, count;
	uint32_t cost; /* bytes that were read for it, against EVTX_COMPILE_MAX */
	uint8_t context;
	uint16_t next;                        /* number + 1 of the next one in its bucket */
	uint32_t shape, pieces_first, pieces; /* shape: place of the bytes in `text` */
	bool doubtful;                        /* as of its tree */
	const char *problem;                  /* likewise; NULL if it is whole */
};

#define EVTX_KEYS 65536u /* for EVTX_NODES_MAX, less than half full */

struct evtx_key {
	uint64_t digest;
	uint32_t stamp, count; /* of the fragment that is being compiled */
};

#define EVTX_BUCKETS 1024u

/* The programs of a chunk, and those of chunks before it. */
struct evtx_programs {
	struct evtx_tree tree;
	struct evtx_op *ops;
	size_t op_count, op_room;
	char *text;
	size_t text_len, text_room;
	struct evtx_program list[EVTX_PROGRAMS_MAX * 2];
	uint32_t count;
	struct evtx_piece *pieces;
	size_t piece_count, piece_room;
	uint16_t bucket[EVTX_BUCKETS]; /* number + 1, by GUID */
	struct {
		uint32_t key;          /* definition * 4 + context */
		uint16_t number;       /* + 1; 0: free */
	} slot[EVTX_PROGRAMS_MAX * 2]; /* those that this chunk has */
	uint32_t slots;
	uint32_t left;         /* of EVTX_COMPILE_MAX */
	uint32_t fields;       /* a bit for each that the fragment in work has already */
	struct evtx_key *keys; /* EVTX_KEYS, by digest */
	uint32_t key_mask, stamp;
	uint32_t literal; /* where the literal begins that is being put together */
};

void evtx_programs_init(struct evtx_programs *p);
void evtx_programs_release(struct evtx_programs *p);
void evtx_programs_chunk(struct evtx_programs *p); /* a new one begins */
/* The program of a fragment at from..end. */
struct evtx_program evtx_compile(struct evtx_programs *p, struct evtx_bytes b, uint32_t from,
				 uint32_t end, bool in_template, enum evtx_context context);

/* ---- evtx_shape.c: templates that an earlier chunk had, too */

/* The program of the definition whose GUID this is and that stands at from..end, or NULL. */
const struct evtx_program *evtx_shape_find(const struct evtx_programs *p, struct evtx_bytes b,
					   const uint8_t guid[16], uint32_t from, uint32_t end,
					   enum evtx_context context);
/* Note what the tree in work was made of, in *made; the tree is as it was read. */
void evtx_shape_note(struct evtx_programs *p, struct evtx_program *made, uint32_t from,
		     uint32_t end);
/* Let the last one of `list` be found. */
void evtx_shape_keep(struct evtx_programs *p, const uint8_t guid[16]);

/* ---- evtx_value.c: JSON */

/* Units of UTF-16, escaped for within quotes; at most 6 bytes a unit, and EVTX_COPY_MORE more are scratched. */
static inline char *evtx_escape(char *to, const uint8_t *units, size_t count)
{
	const uint8_t *end = units + count * 2;

	return escape16(ESCAPE_JSON, to, units, end, end);
}
/* The n-th element of an array whose begin is *at; false at its end. */
bool evtx_array_next(const struct evtx_value *array, uint32_t *at, struct evtx_value *element);

/* ---- evtx_run.c: records */

struct evtx_run {
	struct evtx_bytes b;
	struct evtx_programs programs;
	struct evtx_record record;
	struct evtx_value *values; /* EVTX_VALUES_MAX */
	uint32_t value_count;
	char *out, *at, *limit;
	size_t chunk_out;            /* bytes of this chunk, against EVTX_CHUNK_OUT_MAX */
	uint32_t steps, chunk_steps; /* that this record, and this chunk, may still take */
	unsigned nest;
	bool in_section, full;
	unsigned seen[EVTX_SECTION_KINDS];
	const char *problem;                /* the first of this record, or NULL */
	uint32_t behind;                    /* where its binary XML ended; 0: that is not known */
	uint32_t learned[EVTX_LEARNED_MAX]; /* places of definitions */
	size_t learned_count;
};

void evtx_run_init(struct evtx_run *x);
void evtx_run_release(struct evtx_run *x);
void evtx_run_chunk(struct evtx_run *x, struct evtx_bytes b);
/* Note the template of a record, for recovered ones whose own was written over. */
void evtx_run_learn(struct evtx_run *x, uint32_t from, uint32_t end);
/* Read the record at from..end, head and all, into x->record. x->problem: what was wrong. */
void evtx_run_record(struct evtx_run *x, uint32_t from, uint32_t end, uint64_t offset,
		     bool recovered);

/* ---- evtx_crc.c */

/* CRC-32 of IEEE 802.3, continued; begins with 0. */
uint32_t evtx_crc32(uint32_t crc, const uint8_t *p, size_t n);

/* ---- evtx_chunk.c */

struct evtx_chunk {
	struct evtx_bytes b;
	uint32_t live;       /* up to here the chunk says that there are records */
	bool damaged;        /* one of its checksums, or its head */
	const char *problem; /* the worst of them */
};

struct evtx_extent {
	uint32_t from, end;
	const char *problem; /* of what stands before it, or of itself */
};

/* Where the next head of a chunk stands in n bytes, from `at` on; n: nowhere. */
size_t evtx_find_chunk(const uint8_t *p, size_t at, size_t n);
/* What the head of a chunk says; b begins with it, and is cut where another begins if it is damaged. */
struct evtx_chunk evtx_chunk_of(struct evtx_bytes b);

struct evtx_walk {
	uint32_t at;
	uint32_t old;  /* where the first one stood that was passed over; 0: none */
	uint64_t last; /* number of the record before */
	bool chained;  /* a record, or the head, ends right here */
	bool any;
};
/* Records in their order, and those behind the end that go on from the last one. `w` begins as { 0 }. */
bool evtx_next_live(const struct evtx_chunk *c, struct evtx_walk *w, struct evtx_extent *x);
/* What is left of records between the end of the binary XML of one, *at, and the end of that record. */
bool evtx_next_hidden(struct evtx_bytes b, uint32_t *at, uint32_t end, struct evtx_extent *x);
/* What has the shape of a record, from *at on. */
bool evtx_next_carved(struct evtx_bytes b, uint32_t *at, struct evtx_extent *x);

#endif
