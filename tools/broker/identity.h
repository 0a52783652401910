/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_IDENTITY_H
#define BROKER_IDENTITY_H

#include <stddef.h>
#include <stdint.h>

#include "broker/disks.h"

/* Model, serial and bus of a disk as sysfs tells them. */
void identity_read(struct disk *k, const struct places *p);

/* What only the disk itself tells, fetched with rights and parsed without. */
struct identity_raw {
	uint8_t ata[512];   /* IDENTIFY DEVICE, as the kernel keeps it */
	size_t ata_len;     /* 0 or 512 */
	uint8_t vpd80[256]; /* SCSI unit serial number page */
	size_t vpd80_len;
	bool opal_locked;
};

/* Fetch. Nothing is looked at; what is not there stays empty. */
void identity_fetch(struct identity_raw *raw, int fd);

struct identity {
	char model[41], serial[65]; /* unmasked, trimmed by whoever shows them; "" */
	char bus[8];                /* "sata", "ide" or "" */
	bool ata_locked, opal_locked;
};

/* Parse: for the sandbox. */
void identity_parse(struct identity *out, const struct identity_raw *raw);

#endif
