/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All frames of an image, checked and thrown away. */
#include "lib/base/language.h"
#include "lib/image/catalogue_read.h"
#include "lib/image/pump.h"

bool image_check(const struct image *i, struct stream *s, bool deep, unsigned jobs,
		 const struct image_progress *p, struct error *e)
{
	struct pump pump = { .image = i, .stream = s, .jobs = jobs, .deep = deep };
	bool end;

	if (p)
		pump.progress = *p;
	bool ok = deep && i->manifest.has_catalogue ? catalogue_check(i, &pump, e)
						    : pump_run(&pump, e);
	if (!ok || !s->at_end(s, &end, e))
		return false;
	return end || error_set(e, ERROR_UNTRUSTED,
				_("%s: bytes follow behind its end, which nobody signed"), s->name);
}
