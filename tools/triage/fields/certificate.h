/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_FIELDS_CERTIFICATE_H
#define TRIAGE_FIELDS_CERTIFICATE_H

#include "lib/disk/x509.h"
#include "triage/emit.h"

/* Fields of a certificate, into the open object: subject, issuer, serial_number, not_before, not_after,
 * certificate_sha256. */
void certificate_fields(struct emit *o, const struct x509 *c);

#endif
