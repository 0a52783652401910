/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON that is valid and harmless whatever goes in; archives that read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/data/cpio.h"
#include "lib/data/json.h"

static void test_json(void **state)
{
	char *got = NULL;
	size_t len;
	FILE *out = open_memstream(&got, &len);
	struct json j = json_to(out);

	(void)state;
	json_object(&j, NULL);
	json_string(&j, "quote", "a\"b\\c\nd");
	json_string(&j, "escape", "\x1b[2J\xff");
	json_string(&j, "bidi",
		    "a\xe2\x80\xae"
		    "b");
	json_string(&j, "none", NULL);
	json_array(&j, "list");
	json_number(&j, NULL, UINT64_MAX);
	json_bool(&j, NULL, false);
	json_object(&j, NULL);
	json_end(&j);
	json_end(&j);
	json_string(&j, "last", "ä");
	json_end(&j);
	fclose(out);
	assert_string_equal(got,
			    "{\"quote\":\"a\\\"b\\\\c\\nd\",\"escape\":\"\\u001b[2J\xef\xbf\xbd\","
			    "\"bidi\":\"a\\u202eb\",\"none\":null,"
			    "\"list\":[18446744073709551615,false,{}],\"last\":\"ä\"}\n");
	free(got);
}

static struct text archive(void)
{
	struct cpio_writer w = { .mtime = 1000 };

	cpio_add_folder(&w, "kit", 0755);
	cpio_add_file(&w, "kit/a", 0644, "hello", 5);
	cpio_add_file(&w, "kit/empty", 0600, NULL, 0);
	cpio_finish(&w);
	return w.out;
}

static void test_cpio(void **state)
{
	struct text t = archive();
	struct reader r = reader_of(t.s, t.len);
	struct cpio_entry entry;
	struct error e = { 0 };
	bool more;

	(void)state;
	assert_int_equal(t.len % 512, 0);
	assert_true(cpio_next(&r, &entry, &more, &e) && more);
	assert_string_equal(entry.path, "kit");
	assert_int_equal(entry.mode, 040755);
	assert_true(cpio_next(&r, &entry, &more, &e) && more);
	assert_string_equal(entry.path, "kit/a");
	assert_int_equal(entry.len, 5);
	assert_memory_equal(entry.bytes, "hello", 5);
	assert_true(cpio_next(&r, &entry, &more, &e) && more);
	assert_int_equal(entry.len, 0);
	assert_true(cpio_next(&r, &entry, &more, &e) && !more);
	text_release(&t);
}

static bool walks(const char *bytes, size_t len)
{
	struct reader r = reader_of(bytes, len);
	struct cpio_entry entry;
	struct error e = { 0 };
	bool more = true;

	while (more)
		if (!cpio_next(&r, &entry, &more, &e))
			return false;
	return true;
}

/* Cut anywhere before the padding, it is refused and nothing is read beyond. */
static void test_cpio_cut(void **state)
{
	struct text t = archive();
	size_t trailer = t.len;

	(void)state;
	assert_true(walks(t.s, t.len));
	while (t.s[trailer - 1] == '\0')
		trailer--;
	for (size_t n = 0; n <= trailer; n++) {
		char *cut = malloc(n ? n : 1);

		memcpy(cut, t.s, n);
		assert_false(walks(cut, n));
		free(cut);
	}
	t.s[t.len - 1] = 'x';
	assert_false(walks(t.s, t.len)); /* something after the end */
	text_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_cpio),
		cmocka_unit_test(test_cpio_cut),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
