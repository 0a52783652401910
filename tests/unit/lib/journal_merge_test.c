/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Merging: the same result in every order, nothing resolved silently, nothing lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>

#include "journal_samples.h"
#include "lib/base/wholefile.h"
#include "lib/journal/merge.h"

static int open_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names and contents of a folder in one digest, to compare two of them. */
static struct digest folder_digest(const char *path, size_t *files)
{
	char *names[64] = { NULL };
	struct text all = { 0 };
	DIR *list = opendir(path);
	struct dirent *entry;
	struct digest d;
	struct error e = { 0 };

	*files = 0;
	while ((entry = readdir(list)) != NULL)
		if (entry->d_name[0] != '.')
			names[(*files)++] = strdup(entry->d_name);
	qsort(names, *files, sizeof(*names), by_name);
	for (size_t i = 0; i < *files; i++) {
		text_addf(&all, "%s\n", names[i]);
		assert_true(wholefile_read(dirfd(list), names[i], 0, 1 << 20, &all, &e));
		free(names[i]);
	}
	d = digest_bytes(text_end(&all), all.len);
	closedir(list);
	text_release(&all);
	return d;
}

static void merge_into(const char *into, const char *from, struct merge_rule *rule,
		       struct merge_result *r)
{
	int to = open_folder(into), source = open_folder(from);
	struct error e = { 0 };

	if (!merge_folder(to, source, rule, r, &e))
		print_message("# %s\n", e.text);
	assert_int_equal(e.kind, ERROR_NONE);
	close(to);
	close(source);
}

static struct merge_result merge_quietly(const char *into, const char *from)
{
	struct merge_rule rule = { 0 };
	struct merge_result r = { 0 };

	merge_into(into, from, &rule, &r);
	return r;
}

/* All orders of these sources, each from an empty folder and then all of them again. */
static void assert_one_result(const char *const sources[3], size_t want_files)
{
	static const int orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
					 { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	struct digest first = { 0 };

	for (size_t i = 0; i < 6; i++) {
		char folder[512];
		size_t files;

		sample_folder(folder);
		for (int k = 0; k < 6; k++) {
			struct merge_result r = merge_quietly(folder, sources[orders[i][k % 3]]);

			if (k >= 3) /* the second time there is nothing new */
				assert_int_equal(r.count, 0);
			merge_release(&r);
		}
		struct digest d = folder_digest(folder, &files);
		assert_int_equal(files, want_files);
		if (i == 0)
			first = d;
		assert_memory_equal(&d, &first, sizeof(d));
	}
}

static void add_steps(struct sample *s, unsigned count)
{
	while (count--)
		SAMPLE_ADD(s, "kind=step", "plan=P01", "nr=1", "state=done");
}

static void test_union(void **state)
{
	char a[512], b[512], c[512];
	struct sample shared, own, other;

	(void)state;
	sample_start(&shared, 1, "k", NULL);
	sample_start(&own, 2, "k", NULL);
	sample_start(&other, 3, "k", NULL);
	add_steps(&shared, 2);
	sample_put(&shared, sample_folder(a));
	add_steps(&shared, 2);
	sample_put(&shared, sample_folder(b));
	sample_put(&own, a);
	add_steps(&own, 1);
	sample_put(&own, sample_folder(c));
	sample_put(&other, c);
	assert_one_result((const char *const[]){ a, b, c }, 3);
	sample_release(&shared);
	sample_release(&own);
	sample_release(&other);
}

static void test_fork(void **state)
{
	char a[512], b[512], c[512], into[512];
	struct merge_result r;
	struct sample one, two, three;
	struct text main_file = { 0 };
	struct error e = { 0 };
	size_t common, files;

	(void)state;
	/* Three histories of one boot: same record 0 and 1, then their own. */
	sample_start(&one, 1, "k", NULL);
	sample_start(&two, 1, "k", NULL);
	sample_start(&three, 1, "k", NULL);
	add_steps(&one, 1);
	add_steps(&two, 1);
	add_steps(&three, 1);
	common = one.bytes.len;
	add_steps(&one, 3);
	SAMPLE_ADD(&two, "kind=step", "plan=P02", "nr=1", "state=done");
	SAMPLE_ADD(&three, "kind=step", "plan=P03", "nr=1", "state=done");
	sample_put(&one, sample_folder(a));
	sample_put(&two, sample_folder(b));
	sample_put(&three, sample_folder(c));
	assert_one_result((const char *const[]){ a, b, a }, 3);
	assert_one_result((const char *const[]){ a, b, c }, 4);
	/* It is said, and what they have in common is what counts. */
	sample_folder(into);
	r = merge_quietly(into, a);
	assert_int_equal(r.forked, 0);
	merge_release(&r);
	r = merge_quietly(into, b);
	assert_int_equal(r.forked, 1);
	assert_non_null(strstr(r.words.s, "two histories"));
	merge_release(&r);
	int folder = open_folder(into);
	assert_true(wholefile_read(folder, "00000000000000000000000000000001.journal", 0, 1 << 20,
				   &main_file, &e));
	assert_int_equal(main_file.len, common);
	close(folder);
	/* One of the histories goes on: its file is replaced, not joined by another. */
	SAMPLE_ADD(&two, "kind=step", "plan=P02", "nr=2", "state=done");
	sample_put(&two, b);
	r = merge_quietly(into, b);
	assert_int_equal(r.count, 1);
	merge_release(&r);
	(void)folder_digest(into, &files);
	assert_int_equal(files, 3);
	text_release(&main_file);
	sample_release(&one);
	sample_release(&two);
	sample_release(&three);
}

static void test_strangers(void **state)
{
	static const struct {
		const char *what, *kit, *more;
		bool taken;
		const char *words;
	} cases[] = {
		{ "the same kit", "k", NULL, true, "" },
		{ "another kit", "other", NULL, false, "another kit" },
		{ "an exercise", "k", "exercise=1", false, "of an exercise, these are real" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char into[512], from[512];
		struct sample ours, theirs;
		struct merge_result r;
		size_t files;

		print_message("# %s\n", cases[i].what);
		sample_start(&ours, 1, "k", NULL);
		sample_start(&theirs, 2, cases[i].kit, cases[i].more);
		sample_put(&ours, sample_folder(into));
		sample_put(&theirs, sample_folder(from));
		r = merge_quietly(into, from);
		assert_int_equal(r.refused, !cases[i].taken);
		assert_non_null(strstr(text_end(&r.words), cases[i].words));
		(void)folder_digest(into, &files);
		assert_int_equal(files, cases[i].taken ? 2 : 1);
		(void)folder_digest(from, &files);
		assert_int_equal(files, 1);
		merge_release(&r);
		sample_release(&ours);
		sample_release(&theirs);
	}
}

/* A damaged file of ours gives way to the whole one; its bytes are kept. */
static void test_repair(void **state)
{
	char into[512], from[512];
	struct merge_result r;
	struct sample s;
	size_t files;

	(void)state;
	sample_start(&s, 1, "k", NULL);
	add_steps(&s, 3);
	sample_put(&s, sample_folder(from));
	s.bytes.s[s.bytes.len / 2] ^= 1;
	sample_put(&s, sample_folder(into));
	r = merge_quietly(into, from);
	assert_int_equal(r.damaged, 1);
	assert_int_equal(r.count, 1);
	merge_release(&r);
	(void)folder_digest(into, &files);
	assert_int_equal(files, 2); /* and one that ends in .damaged */
	/* The other way round nothing changes. */
	r = merge_quietly(from, into);
	assert_int_equal(r.count, 0);
	merge_release(&r);
	sample_release(&s);
}

static void test_only_look(void **state)
{
	struct merge_rule rule = { .only_look = true };
	struct merge_result r = { 0 };
	char into[512], from[512];
	struct sample s;
	size_t files;

	(void)state;
	sample_start(&s, 1, "k", NULL);
	sample_put(&s, sample_folder(from));
	sample_folder(into);
	merge_into(into, from, &rule, &r);
	assert_int_equal(r.added, 1);
	(void)folder_digest(into, &files);
	assert_int_equal(files, 0);
	merge_release(&r);
	/* A chain that is being written is left alone. */
	rule = (struct merge_rule){ .without = s.chain.boot };
	merge_into(into, from, &rule, &r);
	assert_int_equal(r.count, 0);
	merge_release(&r);
	sample_release(&s);
}

/* A file of ours that cannot be read is never written over. */
static void test_unread(void **state)
{
	struct merge_rule rule = { .known = false };
	struct merge_result r = { 0 };
	char ours[512], theirs[512], path[600];
	struct error e = { 0 };
	struct sample s;
	struct stat st;
	int into, from;

	(void)state;
	sample_folder(ours);
	sample_folder(theirs);
	sample_start(&s, 1, "k", NULL);
	sample_put(&s, ours);
	sample_put(&s, theirs);
	snprintf(path, sizeof(path), "%s/%s" CHAIN_SUFFIX, ours, s.chain.boot);
	assert_int_equal(truncate(path, CHAIN_FILE_MAX + 1), 0);
	into = open_folder(ours);
	from = open_folder(theirs);
	assert_false(merge_folder(into, from, &rule, &r, &e));
	assert_non_null(strstr(e.text, "too large"));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, CHAIN_FILE_MAX + 1);
	close(into);
	close(from);
	merge_release(&r);
	sample_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_union),     cmocka_unit_test(test_fork),
		cmocka_unit_test(test_strangers), cmocka_unit_test(test_repair),
		cmocka_unit_test(test_only_look), cmocka_unit_test(test_unread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
