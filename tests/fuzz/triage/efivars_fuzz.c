/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a dump, as a list of signatures, as a boot entry: nothing lies outside, text is bounded. */
#include <assert.h>

#include "triage/parse/efivar.h"

static bool take(void *ctx, const struct efivar *v, struct error *e)
{
	assert(v->name.left + v->data.left <= *(const size_t *)ctx);
	return !e->kind;
}
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error e = { 0 };
	struct text path = { 0 };
	struct efi_siglist l;
	struct efi_load_option o;
	struct reader r = reader_of(data, size), one;
	const uint8_t *owner;
	size_t stores;

	assert(efivar_dump(data, size, NULL, take, &size, &stores, &e));
	while (efi_siglist_next(&r, &l))
		while (efi_signature_next(&l, &owner, &one))
			assert(owner >= data && one.left < size);
	if (efi_load_option(reader_of(data, size), &o))
		assert(efi_path_text(o.path, &path) || path.len < 20 * size);
	text_release(&path);
	return 0;
}
