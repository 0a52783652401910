/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LDIF: what is read, and what is refused with which line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "lib/data/ldif.h"

static const struct {
	const char *name, *input;
	const char *want; /* "dn[changetype]{name;options=value|}"; NULL: refused */
	size_t line;
} cases[] = {
	{ "nothing", "", "", 0 },
	{ "only a version", "version: 1\n\n", "", 0 },
	{ "plain", "version: 1\ndn: cn=a\nSN: b\n", "cn=a[]{sn;=b|}", 0 },
	{ "no version, no space, crlf", "dn:cn=a\r\nsn:b\r\n\r\ndn: cn=c\r\n",
	  "cn=a[]{sn;=b|}cn=c[]{}", 0 },
	{ "comments", "# x\n y\ndn: cn=a\n# z\nsn: b", "cn=a[]{sn;=b|}", 0 },
	{ "continuation", "dn: cn=\n a\nsn: b\n  c\n \n d\n", "cn=a[]{sn;=b cd|}", 0 },
	{ "base64", "dn:: Y249w4Q=\nsn:: QQ==\ncn:: \n", "cn=\xc3\x84[]{sn;=A|cn;=|}", 0 },
	{ "options", "dn: a\nsn;lang-de;x: b\n", "a[]{sn;lang-de;x=b|}", 0 },
	{ "address", "dn: a\nphoto:< file:///x\n", "a[]{photo;<file:///x|}", 0 },
	{ "change", "dn: a\nchangetype: modify\nadd: sn\nsn: b\n-\n", "a[modify]{add;=sn|sn;=b|}",
	  0 },
	{ "what ldapsearch says", "dn: a\n\nsearch: 2\nresult: 0 Success\n",
	  "a[]{}[]{search;=2|result;=0 Success|}", 0 },
	{ "not base64", "dn: a\nsn:: A\n", NULL, 2 },
	{ "base64 with a stranger", "dn: a\nsn: b\n c\ncn:: AA!=\n", NULL, 4 },
	{ "no dn", "sn: b\n", NULL, 1 },
	{ "no colon", "dn: a\n\n\ndn: b\nbroken\n", NULL, 5 },
	{ "only an option", "dn: a\n;x: b\n", NULL, 2 },
	{ "lost space", "dn: a\n\n b\n", NULL, 3 },
	{ "another version", "version: 2\n", NULL, 1 },
};

static void test_ldif(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text bytes = { 0 }, got = { 0 };
		struct ldif_entry entry = { 0 };
		struct error e = { 0 };
		bool more, ok;

		print_message("# %s\n", cases[i].name);
		text_addf(&bytes, "%sx", cases[i].input);
		struct ldif_reader r = ldif_read(bytes.s, bytes.len - 1);
		while ((ok = ldif_next(&r, &entry, &more, &e)) && more) {
			text_addf(&got, "%s[%s]{", entry.dn, entry.changetype);
			for (size_t a = 0; a < entry.count; a++)
				text_addf(&got, "%s;%s%c%s|", entry.attributes[a].name,
					  entry.attributes[a].options,
					  entry.attributes[a].url ? '<' : '=',
					  entry.attributes[a].value);
			text_add(&got, "}");
		}
		assert_int_equal(ok, cases[i].want != NULL);
		if (ok) {
			assert_string_equal(text_end(&got), cases[i].want);
		} else {
			assert_int_equal(e.kind, ERROR_UNTRUSTED);
			assert_int_equal(r.line, cases[i].line);
		}
		ldif_release(&entry);
		text_release(&got);
		text_release(&bytes);
	}
}

/* Bytes with NUL in them keep their length. */
static void test_binary(void **state)
{
	char bytes[] = "dn: a\nx:: AAEA\n";
	struct ldif_entry entry = { 0 };
	struct error e = { 0 };
	struct ldif_reader r = ldif_read(bytes, sizeof(bytes) - 1);
	bool more;

	(void)state;
	assert_true(ldif_next(&r, &entry, &more, &e));
	assert_true(more);
	assert_int_equal(entry.attributes[0].len, 3);
	assert_memory_equal(entry.attributes[0].value, "\0\1\0", 4);
	ldif_release(&entry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ldif),
		cmocka_unit_test(test_binary),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ldif", tests, NULL, NULL);
}
