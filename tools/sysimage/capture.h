/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SYSIMAGE_CAPTURE_H
#define SYSIMAGE_CAPTURE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/base/cli.h"
#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/disk/filesystem.h"
#include "lib/disk/partition.h"
#include "lib/disk/used.h"
#include "lib/image/catalogue.h"
#include "lib/image/judge.h"
#include "lib/image/kimg.h"
#include "lib/image/writer.h"

/*
 * From a disk to an image, in this order:
 *
 *     capture_source.c  the disk or file is opened, to be read only
 *     capture_disk.c    its table becomes partitions with roles
 *     capture_volume.c  what is in them: file systems, at rest or not, whose, what is used
 *     capture_packs.c   driver packs that lie beside the image
 *     lib/image/writer  the file
 */
#define CAPTURE_GROW_DEFAULT (-1)
#define CAPTURE_GROW_NONE 0

struct capture_options {
	const char *product, *label, *note, *packs;
	uint64_t counter, min_root, level, jobs, sector_bytes;
	int grow;           /* number of a partition, or CAPTURE_GROW_... */
	unsigned accept;    /* enum kimg_taken */
	unsigned leave_out; /* enum kimg_left_out */
	bool raw, no_catalogue, json, dry;
};

struct capture_source {
	const char *name;
	int fd; /* O_RDONLY; of a disk also O_EXCL; -1: what is imported has it */
	bool disk;
	struct partition_source bytes;
	const struct used_map *used; /* of an import: what of it there is; the rest reads as
					zeros. NULL: the holes of the file tell */
	/* What was asked of the file last: a hole from hole_byte to data_byte, data to data_end.
	 * Some file systems go through all of a file to tell where its data ends. */
	pthread_mutex_t lock;
	uint64_t hole_byte, data_byte, data_end;
};
#define CAPTURE_SOURCE_NONE { .fd = -1 }

/* Where the image is written. */
struct capture_room {
	bool known, fat;
	uint64_t free_bytes;
};

/* sector_bytes: 0 to find it out. False also for a disk that is in use. */
__attribute__((warn_unused_result)) bool capture_source_open(struct capture_source *s,
							     const char *name,
							     uint64_t sector_bytes,
							     struct error *e);
/* The same by the broker, which alone opens disks on the stick: NAME is "sda". */
__attribute__((warn_unused_result))
bool capture_source_broker(struct capture_source *s, const char *name, struct error *e);
/* Another one with the descriptor of `from`, which it takes. */
void capture_source_take(struct capture_source *s, struct capture_source *from);
void capture_source_close(struct capture_source *s);

/* As a partition_source reads: exactly these bytes of s->fd. */
__attribute__((warn_unused_result))
bool capture_source_read(void *s, uint64_t offset, void *buf, size_t len, struct error *e);

/* The last step of opening: `bytes` can be read and has its size; which sectors has it? */
__attribute__((warn_unused_result)) bool
capture_source_sectors(struct capture_source *s, uint64_t sector_bytes, struct error *e);

/* The first run within [from, to) that is no hole in the source's file. */
bool capture_source_data(struct capture_source *s, uint64_t from, uint64_t to, uint64_t *start,
			 uint64_t *end);

/* What is to be known of a partition besides what the manifest says. */
struct capture_volume {
	struct capture_source *source;
	struct partition_source bytes; /* of the source, with this volume as ctx */
	struct kimg_partition *to;     /* in the manifest */
	const char *content;           /* content_probe() */
	struct filesystem *f;          /* NULL: none that can be read */
	struct used_map used;          /* { 0 }: all */
	struct used_map kept;          /* of these, without what is left out; { 0 }: all */
	unsigned left_out;             /* enum kimg_left_out */
	bool empty;                    /* nothing of it is taken */
	bool not_at_rest;              /* dirty or hibernated: every byte of it is taken */
	bool unreadable;               /* the disk itself could not be read there */
};

struct capture {
	const struct capture_options *options;
	struct capture_source source;
	struct capture_room room;
	struct arena memory;
	struct kimg_manifest manifest;
	struct partition_table table;
	struct kimg_partition partitions[KIMG_PARTITIONS_MAX]; /* ascending by number */
	struct capture_volume volumes[KIMG_PARTITIONS_MAX];    /* likewise */
	struct judgement judgement;
	bool not_seen; /* there is content that could not be looked into */
	struct catalogue_writer catalogue;
	struct partition_source catalogue_bytes;
	struct partition_source gap_bytes; /* of the source, with `source` as ctx */
	struct writer_payload payloads[KIMG_PAYLOADS_MAX];
	uint32_t payload_count;
};

/* Options that capture and import have in common. */
#define CAPTURE_ROWS 16
struct capture_words {
	const char *accept, *leave_out, *grow;
};

void capture_rows(struct cli_option rows[CAPTURE_ROWS], struct capture_options *o,
		  struct capture_words *w);
__attribute__((warn_unused_result)) bool
capture_settle(struct capture_options *o, const struct capture_words *w, struct error *e);

/* All of it, in a process of its own (sysimage/apart.h). `open` opens the source, which is closed
 * here; confined, that process can open nothing: then it has only to look at what the caller
 * opened. */
typedef bool capture_open(struct capture_source *s, void *ctx, struct error *e);
struct capture_way {
	capture_open *open;
	void *ctx;
	const char *name;
	bool confined;
};
__attribute__((warn_unused_result)) bool capture_run(const struct capture_way *way,
						     const char *image,
						     const struct capture_options *o,
						     struct error *e);

/* The table: disk, sectors, boot code and partitions of the manifest. */
__attribute__((warn_unused_result)) bool capture_table(struct capture *c, struct error *e);

/* After capture_volumes(): which one may grow, what it starts from. */
__attribute__((warn_unused_result)) bool capture_layout(struct capture *c, struct error *e);

/* What is in the partitions, and whether it may be taken. */
__attribute__((warn_unused_result)) bool capture_volumes(struct capture *c, struct error *e);

/* Reads every file once. */
__attribute__((warn_unused_result)) bool capture_catalogue(struct capture *c, struct error *e);

/* In the order of docs/formats/kimg.md#payload; the catalogue, if there is one, is the last. */
void capture_payloads(struct capture *c);
void capture_volumes_release(struct capture *c);

/* A list of lines FILE;MATCH. FILE lies beside the image. */
__attribute__((warn_unused_result)) bool capture_packs(struct capture *c, const char *image,
						       struct error *e);

/* What the image will hold of it: chunks in which anything is used, as info counts them. What
 * is printed for people is this; the blocks that are read of them are fewer. */
uint64_t capture_used_bytes(const struct capture_volume *v);
uint64_t capture_taken_bytes(const struct capture_volume *v); /* of those blocks */

/* Say on stderr what may not fit. */
void capture_room_look(struct capture_room *r, int fd);
void capture_room_warn(const struct capture *c);
/* A write failed with this errno: in *e is what to do, where it is known. False. */
bool capture_room_explain(const struct capture_room *r, int write_errno, struct error *e);

/* What was captured; made NULL: what would be. */
void capture_print(const struct capture *c, const char *image, const struct writer_report *made);
void capture_print_json(const struct capture *c, const char *image,
			const struct writer_report *made);

#endif
