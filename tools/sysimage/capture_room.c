/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does the image fit where it is to be written? */
#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "lib/base/language.h"
#include "lib/base/size.h"
#include "sysimage/capture.h"

#define FAT_FILE_MAX ((UINT64_C(4) << 30) - 1)

void capture_room_look(struct capture_room *r, int fd)
{
	struct statfs st;

	*r = (struct capture_room){ .known = fstatfs(fd, &st) == 0 };
	if (!r->known)
		return;
	r->fat = st.f_type == MSDOS_SUPER_MAGIC;
	r->free_bytes = (uint64_t)st.f_bavail * (uint64_t)st.f_bsize;
}

/* How small it becomes nobody knows before: so this warns and does not refuse. */
void capture_room_warn(const struct capture *c)
{
	const struct capture_room *r = &c->room;
	char used[32], room[32];
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < c->manifest.partition_count; i++)
		bytes += capture_used_bytes(&c->volumes[i]);
	size_words(used, sizeof(used), bytes);
	size_words(room, sizeof(room), r->free_bytes);
	if (r->known && bytes > r->free_bytes)
		fprintf(stderr,
			_("%s are to be captured and %s are free: packed it may fit, or not\n"),
			used, room);
	if (r->fat && bytes > FAT_FILE_MAX)
		fprintf(stderr,
			_("%s are to be captured, and this medium is FAT, where a file ends at "
			  "4 GiB: packed it may fit, or not. exFAT and ext4 have no such end\n"),
			used);
}

bool capture_room_explain(const struct capture_room *r, int write_errno, struct error *e)
{
	if (write_errno == EFBIG && r->fat) {
		*e = (struct error){ 0 };
		return error_set(
			e, ERROR_FAILED,
			_("this medium is formatted as FAT, where a file ends at 4 GiB, and "
			  "the image becomes larger. Take a medium with exFAT or ext4, or "
			  "format this one as exFAT; nothing was left on it"));
	}
	if (write_errno == ENOSPC || write_errno == EDQUOT) {
		*e = (struct error){ 0 };
		return error_set(e, ERROR_FAILED,
				 _("there is no room left for the image. Take a larger medium, or "
				   "delete something from it; nothing was left on it"));
	}
	return false;
}
