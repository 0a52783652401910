/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_FIELDS_SLACK_H
#define TRIAGE_FIELDS_SLACK_H

#include "lib/ntfs/slack.h"
#include "triage/emit.h"

/* A name out of the slack of a folder's index, as a record of its own: docs/formats/mft.md#names-out-of-indices.
 * The scan is of the same volume. */
__attribute__((warn_unused_result)) bool emit_slack_name(struct emit *o, struct ntfs_scan *s,
							 const struct ntfs_slack_name *n,
							 struct error *e);

#endif
