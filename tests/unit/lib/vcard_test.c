/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vCards of three versions: what is read, what is refused with which line, what is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/data/vcard.h"

#define CARD(body) "BEGIN:VCARD\n" body "END:VCARD\n"

static const struct {
	const char *name, *input;
	const char *want; /* "group.NAME types=value|" for each; NULL: refused */
	size_t line;
} cases[] = {
	{ "nothing", "", "", 0 },
	{ "empty lines", "\n \n", "", 0 },
	{ "plain", CARD("VERSION:3.0\nFN:A\n"), ".FN =A|", 0 },
	{ "crlf and bom",
	  "\xef\xbb\xbf"
	  "BEGIN:VCARD\r\nFN:A\r\nEND:VCARD\r\n",
	  ".FN =A|", 0 },
	{ "lone cr", "BEGIN:VCARD\rFN:A\rEND:VCARD\r", ".FN =A|", 0 },
	{ "no last line end", "begin:vcard\nfn:A\nend:vcard", ".FN =A|", 0 },
	{ "folded, 3.0", CARD("VERSION:3.0\nNOTE:a \n b\n\tc\n"), ".NOTE =a bc|", 0 },
	{ "folded, 2.1 keeps the space", CARD("VERSION:2.1\nNOTE:a\n b\n"), ".NOTE =a b|", 0 },
	{ "quoted-printable", CARD("NOTE;QUOTED-PRINTABLE:=C3=84=3D=\nb=zz\n"),
	  ".NOTE =\xc3\x84=b=zz|", 0 },
	{ "soft break before a space", CARD("NOTE;ENCODING=QUOTED-PRINTABLE:a=\n b\n"),
	  ".NOTE =a b|", 0 },
	{ "no soft break elsewhere", CARD("NOTE:a=\nFN:b\n"), ".NOTE =a=|.FN =b|", 0 },
	{ "bare types", CARD("TEL;WORK;VOICE:1\n"), ".TEL work,voice=1|", 0 },
	{ "type lists", CARD("TEL;TYPE=\"Work,voice\";type=pref:1\n"), ".TEL work,voice,pref=1|",
	  0 },
	{ "pref of 4.0", CARD("TEL;PREF=1;VALUE=uri:tel:+1\n"), ".TEL pref=tel:+1|", 0 },
	{ "group", CARD("item1.TEL:1\nitem1.X-ABLabel:x\n"), "item1.TEL =1|item1.X-ABLABEL =x|",
	  0 },
	{ "colon in a quoted parameter", CARD("TEL;X=\"a:b;c\";HOME:1\n"), ".TEL home=1|", 0 },
	{ "photo without indent", CARD("PHOTO;ENCODING=b;TYPE=JPEG:AAAA\nBBBB=\n\nFN:A\n"),
	  ".PHOTO jpeg=AAAABBBB=|.FN =A|", 0 },
	{ "card inside a card", CARD("AGENT:\nBEGIN:VCARD\nFN:B\nEND:VCARD\nFN:A\n"),
	  ".AGENT =|.BEGIN =VCARD|.FN =A|", 0 },
	{ "two cards", CARD("FN:A\n") "\n" CARD("FN:B\n"), ".FN =A|.FN =B|", 0 },
	{ "outside", CARD("FN:A\n") "FN:B\n", NULL, 4 },
	{ "no colon", "BEGIN:VCARD\n\nFN A\n", NULL, 3 },
	{ "no end", "\nBEGIN:VCARD\nFN:A\n", NULL, 2 },
	{ "line after folded ones", CARD("NOTE:a\n b\n c\nbad\n"), NULL, 5 },
};

static void test_read(void **state)
{
	static struct vcard card;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text bytes = { 0 }, got = { 0 };
		struct error e = { 0 };
		bool more, ok;

		print_message("# %s\n", cases[i].name);
		text_add(&bytes, cases[i].input);
		text_end(&bytes);
		text_add(&bytes, "x"); /* so that there is a buffer */
		struct vcard_reader r = vcard_read(bytes.s, bytes.len - 1);
		while ((ok = vcard_next(&r, &card, &more, &e)) && more)
			for (size_t p = 0; p < card.count; p++)
				text_addf(&got, "%s.%s %s=%s|", card.properties[p].group,
					  card.properties[p].name, card.properties[p].types,
					  card.properties[p].value);
		assert_int_equal(ok, cases[i].want != NULL);
		if (ok) {
			assert_string_equal(text_end(&got), cases[i].want);
		} else {
			assert_int_equal(e.kind, ERROR_UNTRUSTED);
			assert_int_equal(r.line, cases[i].line);
		}
		text_release(&got);
		text_release(&bytes);
	}
}

static const struct {
	const char *value;
	bool old;
	char separator;
	size_t n;
	const char *want; /* NULL: there is none */
} parts[] = {
	{ "a;b", false, ';', 0, "a" },
	{ "a;b", false, ';', 1, "b" },
	{ "a;b", false, ';', 2, NULL },
	{ "a\\;b;c\\,d\\\\", false, ';', 0, "a;b" },
	{ "a\\;b;c\\,d\\\\", false, ';', 1, "c,d\\" },
	{ "a\\nb\\Nc", false, 0, 0, "a\nb\nc" },
	{ "C:\\new\\;x", true, 0, 0, "C:\\new;x" },
	{ "", false, ';', 0, "" },
	{ "end\\", false, 0, 0, "end\\" },
};

static void test_parts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct vcard_property p = { .value = parts[i].value,
					    .len = strlen(parts[i].value),
					    .old = parts[i].old };
		struct text out = { 0 };

		assert_int_equal(vcard_part(&p, parts[i].separator, parts[i].n, &out),
				 parts[i].want != NULL);
		if (parts[i].want)
			assert_string_equal(text_end(&out), parts[i].want);
		text_release(&out);
	}
}

/* Escaped, folded at 75 bytes and never inside a character, and read back the same. */
static void test_write(void **state)
{
	static struct vcard card;
	struct text name = { 0 }, out = { 0 }, part = { 0 };
	struct error e = { 0 };
	bool more;

	(void)state;
	for (int i = 0; i < 60; i++)
		text_add(&name, i % 7 ? "ü" : "a;,\\\n");
	vcard_write(&out, "BEGIN", (const char *const[]){ "VCARD", NULL });
	vcard_write(&out, "N", (const char *const[]){ text_end(&name), "b", NULL });
	vcard_write(&out, "END", (const char *const[]){ "VCARD", NULL });
	assert_ptr_equal(strstr(out.s, "BEGIN:VCARD\r\nN:a\\;\\,\\\\\\n"), out.s);
	for (const char *s = out.s; *s; s = strstr(s, "\r\n") + 2) {
		assert_in_range(strcspn(s, "\r"), 1, 75);
		assert_true(text_is_utf8(s, strcspn(s, "\r")));
	}
	struct vcard_reader r = vcard_read(out.s, out.len);
	assert_true(vcard_next(&r, &card, &more, &e));
	assert_true(more && vcard_part(&card.properties[0], ';', 0, &part));
	assert_string_equal(text_end(&part), text_end(&name));
	assert_true(vcard_part(&card.properties[0], ';', 1, &part));
	assert_string_equal(text_end(&part), "b");
	text_release(&name);
	text_release(&out);
	text_release(&part);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_write),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("vcard", tests, NULL, NULL);
}
