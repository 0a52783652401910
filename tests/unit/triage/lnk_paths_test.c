/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shell links: where the target lay, and where two kinds of text in one link say two things. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lnk_build.h"
#include "triage/parse/lnk.h"

extern const struct format format_lnk;

#define ANSI_PATHS                                                                                 \
	"\"local_path\":\"C:\\\\Gr\u00fc\u00dfe\\\\a.txt\","                                       \
	"\"network_path\":\"\\\\\\\\srv\\\\freigab\\\\a.txt\","
#define UTF16_PATHS                                                                                \
	"\"local_path\":\"D:\\\\X\\ud800\\\\b.txt\","                                              \
	"\"local_path_ansi\":\"C:\\\\Gr\u00fc\u00dfe\\\\a.txt\","                                  \
	"\"network_path\":\"\\\\\\\\srv\\\\freigab\\\\b.txt\","                                    \
	"\"network_path_ansi\":\"\\\\\\\\srv\\\\freigab\\\\a.txt\","

static void places_and_strings(void **state)
{
	(void)state;

	for (unsigned i = 0; i < 4; i++) {
		const bool unicode = i % 2,
			   ignored = i / 2; /* the place, by who follows the link */
		struct bytes b = { 0 };

		lnk_head(&b, (ignored ? LNK_FORCE_NO_INFO : 0) | LNK_HAS_INFO |
				     LNK_HAS_DESCRIPTION | LNK_HAS_ARGUMENTS |
				     (unicode ? LNK_IS_UNICODE : 0));
		lnk_info(&b, unicode);
		for (unsigned k = 0; k < 2; k++) {
			put_le(&b, 3, 2);
			if (unicode)
				put_16(&b, k ? "/q\"" : "one");
			else
				put_ascii(&b, k ? "/q\"" : "one");
		}
		put_zeros(&b, 4);
		char *want = mem_format(
			"{" LNK_HEAD_JSON "\"data_flags\":\"0x00000%s\",\"icon_index\":-1,"
			"\"show_command\":3,\"hot_key\":1601,\"drive_type\":\"fixed\","
			"\"drive_serial_number\":\"0xcafe0002\",\"volume_label\":\"DATEN\",%s"
			"\"network_device_name\":\"Z:\","
			"\"network_provider_type\":\"0x00020000\",\"description\":\"one\","
			"\"command_line_arguments\":\"/q\\\"\",\"shell_items\":[],\"extra_data\":[]}\n",
			ignored ? (unicode ? "1a6" : "126") : (unicode ? "0a6" : "026"),
			unicode ? UTF16_PATHS : ANSI_PATHS);
		JSON_IS(&format_lnk, &b, "a.lnk", want);
		free(want);
		bytes_release(&b);
	}
}

/* Text of a code page is the same if its letters are other bytes, or a question mark for what it has not. */
static void two_texts(void **state)
{
	static const struct {
		const char *ansi;
		uint16_t utf16[9];
		const char *want;
	} cases[] = {
		{ "C:\\\xb3.exe", u"C:\\\u0142.exe", NULL }, /* Windows-1250 */
		{ "C:\\?.exe", u"C:\\\u4e2d.exe", NULL },
		{ "C:\\??.exe", u"C:\\\U00020000.exe", NULL },
		{ "", u"C:\\a.exe", NULL },
		{ "C:\\a.exe", u"", NULL }, /* what is not there says nothing */
		{ "C:\\a.exe", u"C:\\a.exe", NULL },
		{ "C:\\b.exe", u"C:\\a.exe", "C:\\\\b.exe" },
		{ "C:\\a.exe b", u"C:\\a.exe", "C:\\\\a.exe b" },
		{ "C:\\a", u"C:\\a.exe", "C:\\\\a" },
		{ "C:\\A.exe", u"C:\\a.exe", "C:\\\\A.exe" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t paths[780] = { 0 };
		struct bytes b = { 0 };

		memcpy(paths, cases[i].ansi, strlen(cases[i].ansi));
		for (size_t k = 0; k < 9; k++) {
			paths[260 + 2 * k] = (uint8_t)cases[i].utf16[k];
			paths[261 + 2 * k] = (uint8_t)(cases[i].utf16[k] >> 8);
		}
		lnk_head(&b, 0);
		lnk_block(&b, 0xa0000001, paths, sizeof(paths));
		struct outcome x = outcome_of(&format_lnk, &b, "a.lnk", EMIT_JSONL);
		char *want = cases[i].want ? mem_format(",\"value_ansi\":\"%s\"}", cases[i].want)
					   : mem_format("\"}]}");
		if (!strstr(x.lines.s, want) || (!cases[i].want && strstr(x.lines.s, "value_ansi")))
			fail_msg("%zu: %s", i, x.lines.s);
		free(want);
		outcome_release(&x);
		bytes_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_and_strings),
		cmocka_unit_test(two_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
