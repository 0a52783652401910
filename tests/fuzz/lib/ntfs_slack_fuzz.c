/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A volume of any bytes: names are found in the indices of its folders without a read outside of it, each
 * where it says that it lies. */
#include "lib/ntfs/slack.h"
#include "ntfs_pieces.h"

static bool note(void *ctx, const struct ntfs_scan_record *r, struct error *e)
{
	(void)e;
	ntfs_slack_note(ctx, r);
	return true;
}

static bool look(void *ctx, const struct ntfs_slack_name *n, struct error *e)
{
	(void)e;
	if (n->offset > VOLUME_BYTES - n->name.len ||
	    !ntfs_scan_path(ctx, n->name.parent, n->name.units).len)
		abort();
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct filesystem *f = open_pieces(data, size);
	struct error e = { 0 };

	if (!f)
		return 0;
	struct ntfs_scan *s = ntfs_scan_volume(f);
	struct ntfs_slack *l = ntfs_slack_new(f, s);
	if (!ntfs_scan_folders(s, NULL, &e) || !ntfs_scan_each(s, NULL, note, l, &e) ||
	    !ntfs_slack_each(l, NULL, look, s, &e))
		abort();
	ntfs_slack_free(l);
	ntfs_scan_free(s);
	f->close(f);
	return 0;
}
