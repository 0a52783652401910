/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The boot managers that firmware starts, and which CAs it must know for that. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/disk/pesigners.h"
#include "lib/image/judge_inside.h"

#define PROGRAM_MAX (32u << 20)
#define PROGRAMS_MAX 64u /* that are looked into: what makes thousands of them is no firmware's */

struct looking {
	struct filesystem *f;
	struct judgement *j;
	unsigned programs;
};

/* What firmware itself starts; the next program in the chain is that one's to judge. */
static bool is_boot_manager(const char *path)
{
	static const char *const patterns[] = { "efi/boot/boot*.efi",
						"efi/microsoft/boot/bootmgfw.efi",
						"efi/*/shim*.efi" };

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		if (fnmatch(patterns[i], path, FNM_PATHNAME | FNM_CASEFOLD) == 0)
			return true;
	return false;
}

/* The CAs of one signature, as bits, and in words. */
static uint16_t judge_signature(const struct pe_signers *s, unsigned signature, struct text *words)
{
	static const struct {
		const char *name;
		uint16_t bit;
	} known[] = {
		{ "Microsoft Windows Production PCA 2011", KIMG_SIGNER_WINDOWS_2011 },
		{ "Windows UEFI CA 2023", KIMG_SIGNER_WINDOWS_2023 },
		{ "Microsoft Corporation UEFI CA 2011", KIMG_SIGNER_THIRD_2011 },
		{ "Microsoft UEFI CA 2023", KIMG_SIGNER_THIRD_2023 },
	};
	uint16_t bits = 0;

	for (unsigned i = 0; i < s->count; i++)
		for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
			if (s->names[i].signature == signature &&
			    strcmp(s->names[i].name, known[k].name) == 0) {
				bits |= known[k].bit;
				text_addf(words, "%s%s", words->len ? ", " : "", known[k].name);
			}
	if (!bits)
		text_addf(words, "%s%s", words->len ? ", " : "", _("another"));
	return bits ? bits : KIMG_SIGNER_OTHER;
}

static void judge_program(struct judgement *j, const char *path, const void *bytes, size_t len)
{
	struct pe_signers signers;
	struct text words = { 0 };
	struct error why = { 0 };
	char name[200];

	text_mask(name, sizeof(name), path);
	if (!pe_signers_read(bytes, len, &signers, &why))
		text_addf(&j->why, "%s %s\n", name, why.text);
	for (unsigned i = 0; i < signers.signatures; i++)
		j->signers |= judge_signature(&signers, i, &words);
	if (signers.signatures)
		text_addf(&j->why, _("%s is signed by: %s.\n"), name, words.s);
	else if (!why.kind)
		text_addf(&j->why, _("%s is not signed.\n"), name);
	text_release(&words);
}

/* Who signed it is not known, which is not the same as nobody. */
static bool not_seen(struct judgement *j, const char *path)
{
	char name[200];

	j->signers |= KIMG_SIGNER_OTHER;
	text_addf(&j->why, _("%s cannot be read, or is too large: nobody knows who signed it.\n"),
		  text_mask(name, sizeof(name), path));
	return true;
}

static bool look(void *ctx, const struct filesystem_entry *entry, struct error *e)
{
	struct looking *l = ctx;
	struct filesystem *f = l->f;
	struct judgement *j = l->j;
	size_t len = 0;

	if (entry->type != 'f' || !is_boot_manager(entry->path))
		return true;
	j->boot |= KIMG_BOOT_UEFI;
	if (j->role == KIMG_ROLE_OTHER)
		j->role = KIMG_ROLE_ESP;
	if (++l->programs > PROGRAMS_MAX)
		return true;
	if (entry->flags & FILESYSTEM_UNREADABLE || entry->size_bytes > PROGRAM_MAX)
		return not_seen(j, entry->path);
	uint8_t *bytes = mem_alloc((size_t)entry->size_bytes + 1);
	bool ok = f->read(f, entry, 0, bytes, (size_t)entry->size_bytes, &len, e);

	if (ok)
		judge_program(j, entry->path, bytes, len);
	free(bytes);
	return ok;
}

bool judge_efi(struct filesystem *f, struct judgement *j, struct error *e)
{
	struct looking l = { .f = f, .j = j };

	if (!f->walk(f, look, &l, e))
		return false;
	if (l.programs > PROGRAMS_MAX) {
		j->signers |= KIMG_SIGNER_OTHER;
		text_addf(&j->why, _("Of %u boot managers only %u were looked into.\n"), l.programs,
			  PROGRAMS_MAX);
	}
	return true;
}
