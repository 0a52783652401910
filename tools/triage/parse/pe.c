/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs of Windows and of the firmware: docs/formats/pe.md. */
#include "triage/parse/pe.h"

#include <string.h>

#include "lib/base/language.h"
#include "triage/parse/words.h"

#define CERTIFICATE_HEAD 8u
#define DEBUG_DIRECTORY 6u
#define DEBUG_BYTES 28u /* an entry of it */
#define DEBUG_REPRO 16u /* its type: IMAGE_DEBUG_TYPE_REPRO */
#define PADDING 8u      /* fewer bytes fill a signature up */

static void section(struct reader *r, struct pe_section *s)
{
	const uint8_t *name = reader_take(r, 8);

	*s = (struct pe_section){ 0 };
	if (name)
		memcpy(s->name, name, 8);
	s->virtual_bytes = reader_le32(r);
	s->virtual_at = reader_le32(r);
	s->raw_bytes = reader_le32(r);
	s->raw_at = reader_le32(r);
	reader_skip(r, 12);
	s->flags = reader_le32(r);
}

/* The sum over all words, with that of the checksum as zero, and the length. */
static uint32_t checksum(const uint8_t *p, size_t len, size_t hole)
{
	uint64_t sum = 0;

	for (size_t i = 0; i + 1 < len; i += 2)
		sum += p[i] | (unsigned)p[i + 1] << 8;
	if (len % 2)
		sum += p[len - 1];
	for (size_t i = hole; i < hole + 4; i++)
		sum -= i % 2 ? (unsigned)p[i] << 8 : p[i];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint32_t)(sum + len);
}

/* `len` bytes of the program as it lies in memory, by the first section that has this address. */
static struct reader mapped(const struct pe *p, struct reader file, uint32_t at, uint32_t len)
{
	for (unsigned i = 0; i < p->header.section_count && i < PE_SECTIONS_MAX; i++) {
		const struct pe_section *s = &p->sections[i];

		if (at < s->virtual_at || at - s->virtual_at >= s->raw_bytes)
			continue;
		reader_skip(&file, (size_t)s->raw_at + (at - s->virtual_at));
		return reader_sub(&file, len < file.left ? len : file.left);
	}
	return (struct reader){ 0 };
}

/* Linkers that are to make the same of the same write a digest in place of the time, and say so in an entry for
 * debuggers: so do those of nearly all that is part of Windows 10 and later. `directories`: as many as there are. */
static bool is_reproducible(const struct pe *p, struct reader file, struct reader directories)
{
	reader_skip(&directories, DEBUG_DIRECTORY * 8);
	uint32_t at = reader_le32(&directories), len = reader_le32(&directories);

	if (directories.bad)
		return false;
	for (struct reader r = mapped(p, file, at, len); r.left >= DEBUG_BYTES;
	     reader_skip(&r, DEBUG_BYTES)) {
		struct reader entry = r;

		reader_skip(&entry, 12);
		if (reader_le32(&entry) == DEBUG_REPRO)
			return true;
	}
	return false;
}

/* The digest that Authenticode signs: the headers without checksum and certificates, the sections by
 * their place, and from there on as many bytes as the certificates leave of the file: what was put behind those
 * changes it. */
static bool authenticode(const uint8_t *p, size_t len, struct pe *pe)
{
	const struct pe_header *h = &pe->header;
	struct sha256_state s;
	uint8_t order[PE_SECTIONS_MAX];
	size_t hole = h->checksum_at + 4, done = h->headers_bytes, count = 0;
	const size_t end = !h->table_bytes        ? len
			   : pe->certificates_cut ? h->table_at
						  : len - h->table_bytes;

	if (h->section_count > PE_SECTIONS_MAX || done > end || end > len || done < hole ||
	    (h->security_at && done < h->security_at + 8))
		return false;
	for (unsigned i = 0; i < h->section_count; i++) {
		const struct pe_section *new = &pe->sections[i];
		size_t k = count++;

		if (!new->raw_bytes) {
			count--;
			continue;
		}
		if (new->raw_at > len || new->raw_bytes > len - new->raw_at)
			return false;
		for (; k && pe->sections[order[k - 1]].raw_at > new->raw_at; k--)
			order[k] = order[k - 1];
		order[k] = (uint8_t)i;
	}
	sha256_init(&s);
	sha256_update(&s, p, h->checksum_at);
	if (h->security_at) {
		sha256_update(&s, p + hole, h->security_at - hole);
		hole = h->security_at + 8;
	}
	sha256_update(&s, p + hole, done - hole);
	for (size_t i = 0; i < count; i++) {
		const struct pe_section *one = &pe->sections[order[i]];

		sha256_update(&s, p + one->raw_at, one->raw_bytes);
		done += one->raw_bytes;
	}
	if (done < end)
		sha256_update(&s, p + done, end - done);
	sha256_final(&s, pe->authenticode);
	return true;
}

bool pe_read(const void *bytes, size_t len, struct pe *p, struct error *e)
{
	struct reader file = reader_of(bytes, len), r = file;

	*p = (struct pe){ 0 };
	const struct pe_header *h = &p->header;
	if (!pe_header_read(&r, &p->header))
		return error_set(e, ERROR_UNTRUSTED, _("is no program of Windows or the firmware"));
	struct reader directories = file;
	const size_t table_at = (size_t)(r.at - file.at);
	for (unsigned i = 0; i < h->section_count && i < PE_SECTIONS_MAX; i++)
		section(&r, &p->sections[i]);
	if (r.bad)
		return error_set(e, ERROR_UNTRUSTED, _("is damaged: its headers are cut short"));
	if (h->security_at) {
		const size_t first = h->security_at - (size_t)4 * 8;

		reader_skip(&directories, first - 4);
		uint32_t count = reader_le32(&directories);
		directories.left = table_at - first;
		p->is_reproducible = count > DEBUG_DIRECTORY &&
				     is_reproducible(p, file, directories);
	}
	p->checksum_right = checksum(file.at, len, h->checksum_at);
	if (h->table_bytes) {
		p->certificates_cut = h->table_at > len || h->table_bytes > len - h->table_at;
		if (h->table_at <= len)
			reader_skip(&file, h->table_at);
		p->certificates = reader_sub(&file, p->certificates_cut
							    ? (h->table_at <= len ? file.left : 0)
							    : h->table_bytes);
	}
	p->has_authenticode = authenticode(bytes, len, p);
	return true;
}

/* SpcIndirectDataContent { data, DigestInfo { AlgorithmIdentifier { OID }, OCTET STRING } } */
static void indirect_data(struct reader r, struct pe_signature *s)
{
	struct der all, data, info, algorithm, oid, digest;

	if (der_take(&r, 0x30, &all) && der_take(&all.content, 0x30, &data) &&
	    der_take(&all.content, 0x30, &info) && der_take(&info.content, 0x30, &algorithm) &&
	    der_take(&algorithm.content, 0x06, &oid) && der_take(&info.content, 0x04, &digest)) {
		der_oid(s->digest_oid, oid.content);
		s->digest = digest.content;
	}
}

/* The digest leaves the place of signatures out: who hides something there has a program that is signed still. */
static void look_behind(struct reader content, uint64_t offset,
			const struct parse_problems *problems)
{
	struct der pkcs7;
	const uint8_t *begin = content.at;

	if (der_next(&content, &pkcs7) && content.left >= PADDING && !words_is_zero(content))
		parse_problem(problems, offset + CERTIFICATE_HEAD + (uint64_t)(content.at - begin),
			      N_("behind a signature lies what is no part of it"));
}

bool pe_signature_next(const void *program, struct reader *table,
		       const struct parse_problems *problems, struct pe_signature *s)
{
	while (table->left) {
		const uint64_t offset = (uint64_t)(table->at - (const uint8_t *)program);
		struct pe_certificate c;

		*s = (struct pe_signature){ .offset = offset };
		if (!pe_certificate_next(table, &c)) {
			parse_problem(problems, offset, N_("the signatures are cut short"));
			return false;
		}
		if (c.type == PE_CERTIFICATE_PKCS && pkcs7_read(c.content, &s->pkcs7)) {
			indirect_data(s->pkcs7.content, s);
			look_behind(c.content, offset, problems);
			return true;
		}
		parse_problem(problems, offset,
			      N_("what lies here is no signature that can be read"));
	}
	return false;
}

const char *pe_machine_name(uint16_t machine)
{
	static const struct {
		uint16_t value;
		const char *name;
	} names[] = {
		{ 0x14c, "i386" },     { 0x1c0, "arm" },          { 0x1c2, "thumb" },
		{ 0x1c4, "armnt" },    { 0x200, "ia64" },         { 0x5032, "riscv32" },
		{ 0x5064, "riscv64" }, { 0x6264, "loongarch64" }, { 0x8664, "x86_64" },
		{ 0xaa64, "aarch64" }, { 0xebc, "ebc" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].value == machine)
			return names[i].name;
	return NULL;
}

const char *pe_subsystem_name(uint16_t subsystem)
{
	static const char *const names[] = {
		[1] = "native",
		[2] = "windows_gui",
		[3] = "windows_cui",
		[5] = "os2_cui",
		[7] = "posix_cui",
		[9] = "windows_ce_gui",
		[10] = "efi_application",
		[11] = "efi_boot_service_driver",
		[12] = "efi_runtime_driver",
		[13] = "efi_rom",
		[14] = "xbox",
		[16] = "windows_boot_application",
	};

	return subsystem < sizeof(names) / sizeof(names[0]) ? names[subsystem] : NULL;
}
