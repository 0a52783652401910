/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The database of a compiled kit with changed bytes: refused or read, never run. */
#include <stdint.h>

#include "kit/image.h"
#include "lib/data/db.h"
#include "lib/data/kitinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct image kit;
	struct error e = { 0 };
	struct kitinfo k = { 0 };
	struct text t = { 0 };
	struct source s;

	source_init(&s);
	conf_fill(&s);
	if (!kit.count && !image_make(&kit, &s, NULL, 0, &e))
		__builtin_trap();
	text_add_n(&t, kit.files[0].bytes.s, kit.files[0].bytes.len);
	for (size_t i = 0; i + 2 < size; i += 3) /* where, in the first 64 KiB, and what */
		t.s[((size_t)data[i] << 8 | data[i + 1]) % t.len] = (char)data[i + 2];
	struct db *db = db_open_bytes(t.s, t.len, KIT_APPLICATION_ID, KIT_DB_VERSION, &e);
	(void)!(db && kitinfo_read(&k, db, &e) && db_exec(db, "PRAGMA integrity_check", &e));
	kitinfo_release(&k);
	db_close(db);
	text_release(&t);
	return 0;
}
