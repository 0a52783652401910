/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_VOLUMES_H
#define TRIAGE_VOLUMES_H

#include "lib/disk/ext.h"
#include "lib/disk/filesystem.h"
#include "triage/blanked.h"
#include "triage/copies.h"
#include "triage/source.h"
#include "triage/triage.h"

/*
 * The volumes of a source, for the verbs that look into them. All of this runs in the box.
 */
#define VOLUME_ALL UINT64_MAX

/* What the verbs have in common. */
struct volume_options {
	uint64_t partition; /* VOLUME_ALL, or its number */
	bool broker;
	uint64_t sector_bytes;
	const char *key_file; /* of the encrypted partition; NULL: none */
};
/* Which partition of the source the child looks into: what an encrypted one holds is all of it. */
static inline uint64_t volume_wanted(const struct volume_options *o)
{
	return o->key_file ? VOLUME_ALL : o->partition;
}
#define SOURCE_OPTIONS(o)                                                                          \
	{ .name = "broker",                                                                        \
	  .kind = CLI_FLAG,                                                                        \
	  .into = &(o)->broker,                                                                    \
	  .help = N_("the broker opens the disk SOURCE: sda, as it calls it") },                   \
	{                                                                                          \
		.name = "sector-size", .kind = CLI_NUMBER, .into = &(o)->sector_bytes,             \
		.argument = "BYTES", .help = N_("512 or 4096, where a file does not tell"),        \
		.min = 512, .max = 4096                                                            \
	}
#define VOLUME_OPTIONS(o)                                                                          \
	{ .name = "partition",                                                                     \
	  .kind = CLI_NUMBER,                                                                      \
	  .into = &(o)->partition,                                                                 \
	  .argument = "NUMBER",                                                                    \
	  .help = N_("only this one, as triage list numbers them"),                                \
	  .max = 1000 },                                                                           \
		{ .name = "key-file",                                                              \
		  .kind = CLI_TEXT,                                                                \
		  .into = &(o)->key_file,                                                          \
		  .argument = "FILE",                                                              \
		  .help = N_("with --broker and --partition: open this BitLocker or LUKS "         \
			     "partition by what the file holds; - is typed") },                    \
		SOURCE_OPTIONS(o)

/* Why nobody looks into a volume of that content: a message id. NULL: we do, or there are no files in it. */
const char *volume_refusal(const char *content);
/* The same for a partition of which nothing is known that content_probe() looks at, and whose type does not say that it
 * has no files: a volume may have been there. NULL for all others. */
const char *volume_unknown(const struct partition *p);
/* Is it one of those that are encrypted? */
bool volume_is_encrypted(const char *content);

/* What volumes_open() reports where there is TABLE_SEARCHED: a message id. */
extern const char volumes_searched[];

struct volumes {
	struct box *box;
	struct source_bytes source;
	struct partition_table table;
	uint64_t wanted;     /* number of a partition, or VOLUME_ALL */
	size_t count, files; /* that were looked for, and file systems that were opened */
	size_t problems;     /* that were reported */

	/* The source as volumes_open_volume() gave it last, in which the volume has `opened_bytes`. */
	const struct partition_source *opened;
	uint64_t opened_bytes;
	struct partition_source cut; /* the source, and zeros behind its end: its own */
	/* Of a volume whose first sectors are gone, with their copy in their place. */
	bool by_copy[PARTITIONS_MAX]; /* which those are, as in table.list */
	struct copy copy;
	struct copied copied;
	struct blanked rest; /* what stands around the copy, if it cannot be read */
	struct partition_source around;
	struct partition_source whole;
};

/* NULL with e if the source cannot be read. */
struct volumes *volumes_open(struct box *b, const struct source *s, uint64_t wanted,
			     struct error *e);
void volumes_free(struct volumes *v);

/* Report what is wrong with something that begins there. */
void volumes_problem(struct volumes *v, uint64_t offset, const char *what);
/* Who takes the files of a file system. */
struct volume_visitor {
	bool (*file)(void *ctx, const struct filesystem_entry *entry, struct error *e);
	/* Also what was deleted; NULL: not. FAT has its names, so there it comes to `file`; ext its inodes alone. */
	bool (*deleted)(void *ctx, const struct ext_deleted *d, struct error *e);
	void *ctx;
};
/* Walk through one of its file systems. Damage is reported; it ends this volume, not the others. */
void volumes_walk(struct volumes *v, const struct partition *p, struct filesystem *f,
		  const struct volume_visitor *to);
/* How another walk through it ended, and what it met. */
void volumes_walked(struct volumes *v, const struct partition *p, const struct filesystem *f,
		    bool good, const struct error *why);
/* The same, for who reads a format. */
struct parse_problems volumes_problems(struct volumes *v);

/* As volume_open(), also of an image that ends before the file system does: what is missing reads as zeros,
 * and it is reported. One at a time. */
struct filesystem *volumes_open_volume(struct volumes *v, const struct partition *p,
				       struct error *e);

/* Open what partition p holds. NULL: nothing that has files, or it was reported to the box why not. */
struct filesystem *volumes_file_system(struct volumes *v, const struct partition *p);

/* Call `each` for every file system among the wanted partitions; false from it ends it. What cannot be read is reported to the
 * box, with the place where it begins. False with e also if the table is damaged, the wanted partition is not
 * there, or there is no file system and nothing was reported that says why. */
__attribute__((warn_unused_result))
bool volumes_each(struct volumes *v,
		  bool (*each)(void *ctx, struct volumes *v, const struct partition *p,
			       struct filesystem *f, struct error *e),
		  void *ctx, struct error *e);

/* Run a job of a verb on a source, which is opened and closed here, and print what it hands out. Returns the
 * exit status. `job` has run, ctx, json and bytes; `source` is what ctx refers to. */
int volumes_run(const char *verb, const char *name, const struct volume_options *o,
		struct source *source, const struct box_job *job);

#endif
