/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_JUDGE_H
#define LIB_IMAGE_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/disk/filesystem.h"
#include "lib/image/kimg.h"

/*
 * What is it that was captured? Told from the files of its volumes: the operating system,
 * whether it was generalised, how it starts and who signed its boot managers
 * (docs/formats/kimg.md#system). Files can lie: nothing here is proof, it is for people and
 * for the question whether an image can start on a PC.
 *
 * { 0 } before the first volume. What was judged of volumes that could not be opened is for
 * the caller: with one that is locked, `generalised` NONE means "not known".
 */
struct judgement {
	uint8_t os;          /* enum kimg_os; of two systems the first */
	uint8_t generalised; /* enum kimg_generalised; YES only if every system found is. NONE once
				a volume was looked at and none of them holds a system */
	uint16_t boot;       /* enum kimg_boot, as bits, as far as files tell: an MBR's boot code
				is the caller's to see */
	uint16_t signers;    /* enum kimg_signer, as bits */
	struct text why;     /* a sentence a line, in the reader's language: what was looked at and
				what it says */

	uint8_t role;     /* enum kimg_role of the volume looked at last, by its files: ESP,
			     SYSTEM, RECOVERY or OTHER */
	unsigned systems; /* how many were found */
	unsigned ready;   /* how many of these are generalised */
};

/* Look into one more volume. False: it could not be read (ERROR_FAILED) or is damaged. */
__attribute__((warn_unused_result)) bool judge_volume(struct filesystem *f, struct judgement *j,
						      struct error *e);
void judgement_release(struct judgement *j); /* { 0 } is empty */

#endif
