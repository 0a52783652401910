/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of a certificate, wherever it lies. */
#include "triage/fields/certificate.h"

#include "lib/crypto/sha256.h"

static void time_field(struct emit *o, const char *key, bool is_there, int64_t s)
{
	if (is_there)
		emit_unix(o, key, s, 0, 0, MOMENT_NONE);
	else
		emit_null(o, key);
}

void certificate_fields(struct emit *o, const struct x509 *c)
{
	char sum[SHA256_HEX];

	emit_string(o, "subject", c->subject);
	emit_string(o, "issuer", c->issuer);
	emit_hex(o, "serial_number", c->serial.at, c->serial.left);
	time_field(o, "not_before", c->has_before, c->not_before);
	time_field(o, "not_after", c->has_after, c->not_after);
	emit_string(o, "certificate_sha256", sha256_hex(sum, c->whole.at, c->whole.left));
}
