/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a hive and its log, whose length stands in the last four: no byte comes out twice. */
#include "hive_sums.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t all = len < 4 ? 0 : len - 4, bytes = 0, things = 0;
	size_t log_len = len < 4 || le32(data + all) > all ? 0 : le32(data + all);
	uint8_t *log = log_sealed(data + all - log_len, log_len);
	struct regf_bytes l = { log, log_len }, d;
	struct error e = { 0 };
	struct regf_item item;
	struct regf_value v;
	struct regf r;

	if (regf_open(&r, (struct regf_bytes){ data, all - log_len }, &l, 1, NULL, &e)) {
		struct regf_walk *w = regf_walk_new(&r, true);
		for (; regf_walk_next(w, &item); things++)
			for (; regf_walk_value(w, &v, &d); things++)
				bytes += d.len;
		if (things > r.bins_bytes / 16 || bytes > r.bins_bytes + 4 * things)
			abort();
		regf_walk_free(w);
		regf_close(&r);
	}
	free(log);
	return 0;
}
