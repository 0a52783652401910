/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program of Windows or of the firmware: docs/formats/pe.md. */
#include "triage/parse/pe.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/hex.h"
#include "lib/base/language.h"
#include "triage/fields/certificate.h"
#include "triage/format.h"

#define PE_BYTES_MAX ((size_t)256 << 20)
#define SIGNATURES_MAX 64
#define CERTIFICATES_MAX 64
#define OID_SHA256 "2.16.840.1.101.3.4.2.1"

static const char *const columns[] = {
	"machine",
	"subsystem",
	"is_64_bit",
	"characteristics",
	"dll_characteristics",
	"time_stamp",
	"time_stamp_hex",
	"is_reproducible",
	"checksum",
	"checksum_is_right",
	"section_count",
	"sections",
	"file_size",
	"sha256",
	"authenticode_sha256",
	"is_signed",
	"signatures",
	NULL,
};

static void named(struct emit *o, const char *key, const char *name, uint16_t value)
{
	if (name)
		emit_string(o, key, name);
	else
		emit_flags(o, key, value);
}

static void sections(struct emit *o, const struct pe *p)
{
	emit_number(o, "section_count", p->header.section_count);
	emit_array(o, "sections");
	for (unsigned i = 0; i < p->header.section_count && i < PE_SECTIONS_MAX; i++) {
		const struct pe_section *s = &p->sections[i];

		emit_object(o, NULL);
		emit_string(o, "name", s->name);
		emit_number(o, "virtual_size", s->virtual_bytes);
		emit_number(o, "raw_size", s->raw_bytes);
		emit_number(o, "raw_offset", s->raw_at);
		emit_flags(o, "characteristics", s->flags);
		emit_close(o);
	}
	emit_close(o);
}

static void more(const struct format_job *job, uint64_t offset)
{
	parse_problem(&job->problems, offset,
		      N_("there are more signatures or certificates than are shown"));
}

static void signature(struct emit *o, const struct format_job *job, const struct pe *p,
		      struct pe_signature *s)
{
	const bool is_sha256 = strcmp(s->digest_oid, OID_SHA256) == 0;
	struct x509 c;

	emit_object(o, NULL);
	emit_number(o, "offset", s->offset);
	if (s->digest_oid[0]) {
		emit_string(o, "digest_algorithm", is_sha256 ? "sha256" : s->digest_oid);
		emit_hex(o, "digest", s->digest.at, s->digest.left);
	}
	if (is_sha256 && p->has_authenticode) {
		uint8_t right[32];

		emit_bool(o, "digest_is_right",
			  hex_decode(right, sizeof(right), p->authenticode) &&
				  s->digest.left == sizeof(right) &&
				  memcmp(s->digest.at, right, sizeof(right)) == 0);
	}
	emit_array(o, "certificates");
	for (unsigned i = 0; pkcs7_certificate(&s->pkcs7, &c); i++) {
		if (i == CERTIFICATES_MAX) {
			more(job, s->offset);
			break;
		}
		emit_object(o, NULL);
		emit_bool(o, "is_signer", pkcs7_signed_by(&s->pkcs7, &c));
		certificate_fields(o, &c);
		emit_close(o);
	}
	if (s->pkcs7.damaged)
		parse_problem(&job->problems, s->offset,
			      N_("a signature, or a certificate in it, is damaged"));
	emit_close(o);
	emit_close(o);
}

static void fields(struct emit *o, const struct format_job *job, const uint8_t *bytes, size_t len,
		   const struct pe *p)
{
	char sum[SHA256_HEX];
	struct reader table = p->certificates;
	struct pe_signature s;

	emit_begin(o, "pe:file");
	emit_says(o, job->names[0], strlen(job->names[0]));
	named(o, "machine", pe_machine_name(p->header.machine), p->header.machine);
	named(o, "subsystem", pe_subsystem_name(p->header.subsystem), p->header.subsystem);
	emit_bool(o, "is_64_bit", p->header.is_64);
	emit_flags(o, "characteristics", p->header.characteristics);
	emit_flags(o, "dll_characteristics", p->header.dll_characteristics);
	emit_unix(o, "time_stamp", p->header.time_stamp, 0, 0,
		  p->header.time_stamp && !p->is_reproducible ? MOMENT_CREATED : MOMENT_NONE);
	emit_flags(o, "time_stamp_hex", p->header.time_stamp);
	emit_bool(o, "is_reproducible", p->is_reproducible);
	emit_flags(o, "checksum", p->header.checksum);
	emit_bool(o, "checksum_is_right", p->header.checksum == p->checksum_right);
	sections(o, p);
	emit_number(o, "file_size", len);
	emit_string(o, "sha256", sha256_hex(sum, bytes, len));
	emit_string(o, "authenticode_sha256", p->has_authenticode ? p->authenticode : NULL);
	emit_bool(o, "is_signed", p->certificates.left > 0);
	emit_array(o, "signatures");
	for (unsigned i = 0; pe_signature_next(bytes, &table, &job->problems, &s); i++) {
		if (i == SIGNATURES_MAX) {
			more(job, s.offset);
			break;
		}
		signature(o, job, p, &s);
	}
	emit_close(o);
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	size_t len = 0;
	uint8_t *bytes = format_whole(&job->inputs[0], PE_BYTES_MAX, &len, e);
	struct pe p;
	bool ok = bytes && pe_read(bytes, len, &p, e);

	if (ok) {
		if (!p.has_authenticode)
			parse_problem(&job->problems, 0,
				      N_("its sections do not lie within the file"));
		if (p.header.is_cut)
			parse_problem(
				&job->problems, 0,
				N_("its headers end before the place of its signatures: whether it "
				   "has some is not known"));
		if (p.certificates_cut)
			parse_problem(&job->problems, len, N_("the signatures are cut short"));
		fields(o, job, bytes, len, &p);
		ok = emit_end(o, e);
	}
	free(bytes);
	return ok;
}

const struct format format_pe = {
	.name = "pe",
	.help = N_("a program of Windows or the firmware: what it is, its digests, who signed it"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = 1,
	.run = run,
};
