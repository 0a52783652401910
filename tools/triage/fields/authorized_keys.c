/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys that open an account by SSH: docs/formats/authorized_keys.md. */
#include "triage/parse/authorized_keys.h"

#include "lib/base/language.h"
#include "triage/fields/span.h"
#include "triage/format.h"

struct keys {
	struct emit *out;
	const struct parse_problems *problems;
};

static const char *const columns[] = {
	"key_type", "fingerprint", "comment", "options", "line", "invalid", NULL,
};

static bool record(void *ctx, const struct line *l, struct error *e)
{
	const struct keys *keys = ctx;
	struct emit *o = keys->out;
	struct authorized_key k;
	enum key_kind kind = authorized_key_parse(l, &k);

	if (kind == KEY_NOTHING)
		return true;
	emit_begin(o, "linux:ssh:authorized_key");
	emit_span(o, "key_type", k.type);
	emit_string(o, "fingerprint", *k.fingerprint ? k.fingerprint : NULL);
	emit_span(o, "comment", k.comment);
	emit_span(o, "options", k.options);
	emit_number(o, "line", l->number);
	if (kind == KEY_DAMAGED) {
		parse_problem(keys->problems, l->offset,
			      N_("a line is no key that sshd would take"));
		emit_bool(o, "invalid", true);
	}
	return emit_end(o, e);
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	struct keys keys = { o, &job->problems };

	return lines_each(&job->inputs[0], &job->problems, record, &keys, e);
}

const struct format format_authorized_keys = {
	.name = "authorized_keys",
	.help = N_("keys that open an account by SSH, by their fingerprints"),
	.columns = columns,
	.inputs_max = 1,
	.run = run,
};
