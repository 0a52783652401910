/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of files in a bodyfile: what one keeps of the line before shows in no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emit_sink.h"

#define MODE "r/rrwxrwxrwx"

/* Lines of one file, which differ in what stands behind its name. */
static void suffixes(void **state)
{
	struct sink s;
	struct emit *o = open_sink(EMIT_BODYFILE, &s);
	struct emit_body b = { .name = "/a|%7c\xf0\x9f\x98\x80",
			       .name_len = 10,
			       .inode = 7,
			       .type = 48,
			       .id = 2,
			       .mode = MODE,
			       .accessed = 1,
			       .created = 4 };

	(void)state;
	emit_begin(o, "t");
	b.mark = " ($FILE_NAME)";
	b.mark_len = 13;
	emit_body(o, &b);
	b.same_name = true;
	b.name = "not looked at";
	b.suffix = ":s|\n";
	b.suffix_len = 4;
	b.mark = " (deleted)";
	b.mark_len = 10;
	b.type = 128;
	b.id = 3;
	b.modified = 2;
	emit_body(o, &b);
	b.suffix_len = b.mark_len = 0;
	emit_body(o, &b);
	end(o);
	emit_begin(o, "t");
	b.same_name = false;
	b.name = "/next";
	b.name_len = 5;
	b.modified = 0;
	emit_body(o, &b);
	end(o);
	done(o, &s,
	     "0|/a%7C%257c\xf0\x9f\x98\x80 ($FILE_NAME)|7-48-2|" MODE "|0|0|0|1|0|0|4\n"
	     "0|/a%7C%257c\xf0\x9f\x98\x80:s%7C\\x0a (deleted)|7-128-3|" MODE "|0|0|0|1|2|0|4\n"
	     "0|/a%7C%257c\xf0\x9f\x98\x80|7-128-3|" MODE "|0|0|0|1|2|0|4\n"
	     "0|/next|7-128-3|" MODE "|0|0|0|1|0|0|4\n");
}

/* Files of one folder, whose path is escaped for the first of them only. */
static void folders(void **state)
{
	struct sink s;
	struct emit *o = open_sink(EMIT_BODYFILE, &s);
	struct emit_body b = { .folder = "/a|b%/",
			       .folder_len = 6,
			       .name = "7c",
			       .name_len = 2,
			       .inode = 7,
			       .mode = MODE,
			       .created = 1 };

	(void)state;
	emit_begin(o, "t");
	emit_body(o, &b);
	end(o);
	b.same_folder = true;
	b.folder = "not looked at";
	b.name = "%7c|";
	b.name_len = 4;
	b.created = 0; /* no line, but a name */
	emit_begin(o, "t");
	emit_body(o, &b);
	b.created = 1;
	b.same_name = true;
	b.suffix = ":x";
	b.suffix_len = 2;
	emit_body(o, &b);
	end(o);
	b.same_name = false;
	b.name_len = b.suffix_len = 0;
	emit_begin(o, "t");
	emit_body(o, &b);
	end(o);
	b.same_folder = false;
	b.folder_len = 0;
	b.name = "/none";
	b.name_len = 5;
	emit_begin(o, "t");
	emit_body(o, &b);
	end(o);
	done(o, &s,
	     "0|/a%7Cb%/7c|7|" MODE "|0|0|0|0|0|0|1\n"
	     "0|/a%7Cb%/%257c%7C:x|7|" MODE "|0|0|0|0|0|0|1\n"
	     "0|/a%7Cb%/|7|" MODE "|0|0|0|0|0|0|1\n"
	     "0|/none|7|" MODE "|0|0|0|0|0|0|1\n");
}

/* Times that have digits in common with those of the line before, in any column, and such as have none. */
static void times_in_common(void **state)
{
	static const int64_t times[] = {
		1555526402, 1555526403, 1555529999, 1555530000,   9999,   10000,    10001,
		19999,      20000,      1,          -1,           -10001, 99999999, 100000000,
		INT64_MAX,  INT64_MIN,  1555520000, 155552000000, 0
	};
	const size_t count = sizeof(times) / sizeof(*times);
	struct text want = { 0 };
	struct sink s;
	struct emit *o = open_sink(EMIT_BODYFILE, &s);

	(void)state;
	for (size_t i = 0; i < count * count; i++) {
		struct emit_body b = { .name = "n",
				       .name_len = 1,
				       .mode = MODE,
				       .accessed = times[i % count],
				       .modified = times[i / count],
				       .changed = times[(i + 7) % count],
				       .created = 2 };
		emit_begin(o, "t");
		emit_body(o, &b);
		end(o);
		text_addf(&want, "0|n|0|" MODE "|0|0|0|%lld|%lld|%lld|2\n", (long long)b.accessed,
			  (long long)b.modified, (long long)b.changed);
	}
	done(o, &s, text_end(&want));
	text_release(&want);
}

/* Whatever lies before and behind it: a character at each place of a long text is escaped as alone. */
static void escapes_at_each_place(void **state)
{
	static const struct {
		char c;
		const char *want;
	} tests[] = { { '|', "%7C" },      { '\0', "\\x00" },
		      { '\n', "\\x0a" },   { '\x1f', "\\x1f" },
		      { ' ', " " },        { '~', "~" },
		      { '"', "\"" },       { '\\', "\\" },
		      { '\x7f', "\\x7f" }, { '\xff', "\xef\xbf\xbd" } };
	const size_t len = 50;

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		for (size_t at = 0; at < len; at++) {
			struct emit_body b = {
				.name_len = len, .inode = 1, .mode = MODE, .created = 1
			};
			char *name = malloc(len); /* what is read beyond it, ASan sees */
			struct text want = { 0 };
			struct sink s;
			struct emit *o = open_sink(EMIT_BODYFILE, &s);

			memset(name, 'x', len);
			name[at] = tests[i].c;
			text_add(&want, "0|");
			text_add_n(&want, name, at);
			text_add(&want, tests[i].want);
			for (size_t k = at + 1; k < len; k++)
				text_add(&want, "x");
			text_add(&want, "|1|" MODE "|0|0|0|0|0|0|1\n");
			b.name = name;
			emit_begin(o, "t");
			emit_body(o, &b);
			end(o);
			done(o, &s, text_end(&want));
			text_release(&want);
			free(name);
		}
	}
}

/* 8 MiB are a line: what would be more has none, and spoils none of those behind it. */
static void too_long(void **state)
{
	static const size_t most = 8u << 20;
	char *long_text = malloc(most + 1);
	struct sink s;
	struct emit *o = open_sink(EMIT_BODYFILE, &s);
	struct emit_body b = { .folder = "/a/",
			       .folder_len = 3,
			       .name = long_text,
			       .name_len = most - 2,
			       .suffix = long_text,
			       .inode = 7,
			       .mode = MODE,
			       .created = 1 };

	(void)state;
	memset(long_text, 'x', most + 1);
	emit_begin(o, "t");
	emit_body(o, &b);
	b.same_name = true;
	emit_body(o, &b);
	b.same_name = false;
	b.same_folder = true;
	b.name = "b";
	b.name_len = 1;
	b.suffix_len = most - 3;
	emit_body(o, &b);
	b.suffix_len = 0;
	emit_body(o, &b);
	b.same_folder = false;
	b.folder = long_text;
	b.folder_len = most + 1;
	emit_body(o, &b);
	b.same_folder = true;
	emit_body(o, &b);
	b.same_folder = false;
	b.folder_len = 1;
	emit_body(o, &b);
	end(o);
	done(o, &s,
	     "0|/a/b|7|" MODE "|0|0|0|0|0|0|1\n"
	     "0|xb|7|" MODE "|0|0|0|0|0|0|1\n");
	free(long_text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(suffixes),        cmocka_unit_test(folders),
		cmocka_unit_test(times_in_common), cmocka_unit_test(escapes_at_each_place),
		cmocka_unit_test(too_long),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("emit_body", tests, NULL, NULL);
}
