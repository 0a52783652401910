/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An external medium that a person has named, for files that go elsewhere. */
#include "broker/medium.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "broker/mounting.h"
#include "broker/unlock.h"
#include "lib/base/language.h"

#define MEDIUM_MS 120000
#define READER_UID 1000

/* What may be mounted. FAT and exFAT know no owners: all is the kit's. */
static const struct {
	const char *type, *options;
} types[] = {
	{ "vfat", "uid=1000,gid=1000,umask=077,utf8,flush,errors=remount-ro" },
	{ "exfat", "uid=1000,gid=1000,umask=077,iocharset=utf8,errors=remount-ro" },
	{ "ext4", "errors=remount-ro" },
};

static const char *options_of(const char *type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].type, type) == 0)
			return types[i].options;
	return NULL;
}

const char *medium_type(const struct disk *k, unsigned partition, struct error *e)
{
	char content[16];

	if (!k->removable && strcmp(k->bus, "usb") != 0) {
		error_set(e, ERROR_FAILED,
			  N_("this disk is built in; files go on media that can be pulled out"));
		return NULL;
	}
	if (k->content.stick) {
		error_set(e, ERROR_FAILED, N_("this is a Blackstart stick; use another medium"));
		return NULL;
	}
	if (!disk_content_of(&k->content, partition, content)) {
		error_set(e, ERROR_FAILED, N_("there is no such partition"));
		return NULL;
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].type, content) == 0)
			return types[i].type;
	error_set(e, ERROR_FAILED, N_("only media with FAT, exFAT or ext4 can be used"));
	return NULL;
}

struct order {
	const struct disk *k;
	const struct places *p;
	unsigned partition;
	const char *type, *where;
};

/* On ext4 files have owners, and the folder may be somebody else's. */
static bool is_ours(const char *where, struct error *e)
{
	struct stat st;

	if (stat(where, &st) != 0)
		return error_set(e, ERROR_FAILED, "%s", strerror(errno));
	if (st.st_uid == READER_UID ? st.st_mode & 0200 : st.st_mode & 0002)
		return true;
	return error_set(e, ERROR_FAILED,
			 N_("its folder belongs to another user; use a medium with FAT or exFAT"));
}

static bool bring_up(const struct order *o, struct error *e)
{
	char name[48], node[256];

	unlock_name(name, o->k->name, o->partition);
	snprintf(node, sizeof(node), "%s/%s", o->p->dev, name);
	return unlock_lift(o->k, o->p, o->partition, e) &&
	       mounting_mount(node, o->where, o->type, options_of(o->type), e) &&
	       is_ours(o->where, e);
}

static int run(int output, const void *ctx)
{
	const struct order *o = ctx;
	struct error e = { 0 };

	(void)!bring_up(o, &e);
	return mounting_answer(output, o->where, N_("the medium cannot be used"), &e);
}

struct job *medium_start(struct jobs *j, const struct disk *k, const struct places *p,
			 unsigned partition, const char *where, struct error *e)
{
	const struct order o = { k, p, partition, medium_type(k, partition, e), where };

	return o.type ? jobs_start(j, JOB_OPEN, MEDIUM_MS, run, &o, e) : NULL;
}
