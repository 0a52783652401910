/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The view: when it happened, what the state is, what is locked, what was added since. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "journal_samples.h"
#include "lib/journal/view.h"

/* All rows of a query as "a|b c|d". */
static void assert_rows(const struct view *v, const char *sql, const char *want)
{
	struct error e = { 0 };
	struct db_statement *s = db_prepare(v->db, sql, &e);
	struct text got = { 0 };
	bool row;

	if (!s)
		print_message("# %s\n", e.text);
	assert_non_null(s);
	while (db_step(s, &row, &e) && row) {
		text_add(&got, got.len ? " " : "");
		for (int i = 0; i < db_columns(s); i++)
			text_addf(&got, "%s%s", i ? "|" : "", db_text(s, i));
	}
	assert_string_equal(text_end(&got), want);
	db_finish(s);
	text_release(&got);
}

static void open_view(struct view *v, const char *folder, const struct sealed_pair *key)
{
	struct error e = { 0 };

	assert_true(view_open(v, folder, key, &e));
}

/* Times of docs/formats/journal.md#when-did-it-happen: up 1000, 2000, ... */
static void test_times(void **state)
{
	char folder[512];
	struct sample s;
	struct view v;

	(void)state;
	sample_folder(folder);
	sample_start(&s, 1, "k", NULL);
	SAMPLE_ADD(&s, "kind=step", "plan=P01", "nr=1", "state=done"); /* up 2000 */
	sample_put(&s, folder);
	open_view(&v, folder, NULL);
	assert_rows(&v, "SELECT seq, time, clock FROM event ORDER BY seq",
		    "0|1795695661304|unconfirmed 1|1795695661304|unconfirmed");
	view_close(&v);
	SAMPLE_ADD(&s, "kind=clock", "time=1000000", "source=watch"); /* up 3000 */
	SAMPLE_ADD(&s, "kind=step", "plan=P01", "nr=2", "state=done");
	SAMPLE_ADD(&s, "kind=clock", "time=1400000", "source=radio"); /* up 5000 */
	SAMPLE_ADD(&s, "kind=step", "plan=P01", "nr=3", "state=done");
	sample_put(&s, folder);
	open_view(&v, folder, NULL);
	assert_rows(&v, "SELECT seq, time, clock FROM event ORDER BY seq",
		    "0|998000|corrected 1|999000|corrected 2|1000000|confirmed 3|1001000|confirmed"
		    " 4|1400000|confirmed 5|1401000|confirmed");
	view_close(&v);
	sample_release(&s);
}

/* A mistyped time is corrected by the next one, and so on; one that is only minutes off is not. */
static void test_contradiction(void **state)
{
	static const struct {
		const char *second, *third, *want; /* of records 1 to 6 */
	} tests[] = {
		/* As far apart as may be. */
		{ "time=1600000", "time=1604000",
		  "1000000|confirmed 1001000|confirmed 1600000|confirmed 1601000|confirmed"
		  " 1604000|confirmed 1605000|confirmed" },
		{ "time=1603000", "time=1605000",
		  "1601000|corrected 1602000|corrected 1603000|confirmed 1604000|confirmed"
		  " 1605000|confirmed 1606000|confirmed" },
		/* The first contradicts the third only, and then the second stays. */
		{ "time=1402000", "time=1804000",
		  "1800000|corrected 1801000|corrected 1402000|confirmed 1403000|confirmed"
		  " 1804000|confirmed 1805000|confirmed" },
		/* What the third says is what the first said: doubt there was all the same. */
		{ "time=9000000", "time=1004000",
		  "1000000|corrected 1001000|corrected 1002000|corrected 1003000|corrected"
		  " 1004000|confirmed 1005000|confirmed" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		char folder[512];
		struct sample s;
		struct view v;

		sample_folder(folder);
		sample_start(&s, 1, "k", NULL);
		SAMPLE_ADD(&s, "kind=clock", "time=1000000", "source=watch");
		SAMPLE_ADD(&s, "kind=step", "plan=P01", "nr=1", "state=done");
		SAMPLE_ADD(&s, "kind=clock", tests[i].second, "source=watch");
		SAMPLE_ADD(&s, "kind=step", "plan=P01", "nr=1", "state=open");
		SAMPLE_ADD(&s, "kind=clock", tests[i].third, "source=watch");
		SAMPLE_ADD(&s, "kind=step", "plan=P01", "nr=2", "state=done");
		sample_put(&s, folder);
		open_view(&v, folder, NULL);
		assert_rows(&v, "SELECT time, clock FROM event WHERE seq > 0 ORDER BY seq",
			    tests[i].want);
		/* Whatever the times are: in one chain the last word counts. */
		assert_rows(&v, "SELECT plan, nr, state FROM step ORDER BY nr",
			    "P01|1|open P01|2|done");
		assert_rows(&v, "SELECT seq FROM event ORDER BY rank, boot, seq", "0 1 2 3 4 5 6");
		view_close(&v);
		sample_release(&s);
	}
}

/* The PC's clock is set back: in one chain the later entry comes after the earlier one all the
 * same; those of another chain stand where their time says. */
static void test_set_back(void **state)
{
	char folder[512];
	struct sample a, b;
	struct view v;

	(void)state;
	sample_folder(folder);
	sample_start(&a, 1, "k", NULL);
	a.at = "1795695665000";
	SAMPLE_ADD(&a, "kind=system", "system=mail", "state=failed");
	a.at = "1795695663000";
	SAMPLE_ADD(&a, "kind=system", "system=mail", "state=works");
	SAMPLE_ADD(&a, "kind=system", "system=voip", "state=failed");
	sample_start(&b, 2, "k", NULL);
	b.at = "1795695664000";
	SAMPLE_ADD(&b, "kind=system", "system=voip", "state=works");
	sample_put(&a, folder);
	sample_put(&b, folder);
	open_view(&v, folder, NULL);
	assert_rows(&v, "SELECT system, state FROM system ORDER BY system",
		    "mail|works voip|failed");
	view_close(&v);
	/* Only one that is later still ends what stood before it. */
	a.at = "1795695662000";
	SAMPLE_ADD(&a, "kind=incident", "state=closed");
	sample_put(&a, folder);
	b.at = "9000000000000";
	SAMPLE_ADD(&b, "kind=system", "system=voip", "state=failed");
	sample_put(&b, folder);
	open_view(&v, folder, NULL);
	assert_rows(&v, "SELECT system, state FROM system", "voip|failed");
	view_close(&v);
	sample_release(&a);
	sample_release(&b);
}

/* A chain that somebody made up, with numbers that no clock has: only its own times suffer. */
static void test_nonsense_times(void **state)
{
	char folder[512];
	struct sample s;
	struct view v;

	(void)state;
	sample_folder(folder);
	sample_start(&s, 1, "k", NULL);
	s.up_ms = INT64_MAX;
	SAMPLE_ADD(&s, "kind=step", "plan=P01", "nr=1", "state=done");
	s.up_ms = 0;
	SAMPLE_ADD(&s, "kind=clock", "time=9223372036854775807", "source=watch");
	sample_put(&s, folder);
	open_view(&v, folder, NULL);
	assert_rows(&v, "SELECT seq, time, clock FROM event WHERE seq > 0 ORDER BY seq",
		    "1|9223372036854775807|corrected 2|9223372036854775807|confirmed");
	view_close(&v);
	sample_release(&s);
}

static void test_state(void **state)
{
	char folder[512];
	struct sample a, b;
	struct view v;

	(void)state;
	sample_folder(folder);
	/* b's clock is an hour ahead of a's, and it is right. */
	sample_start(&a, 1, "k", NULL);
	SAMPLE_ADD(&a, "kind=clock", "time=5000000", "source=watch");
	SAMPLE_ADD(&a, "kind=step", "plan=P01", "nr=1", "state=done");
	SAMPLE_ADD(&a, "kind=step", "plan=P01", "nr=2", "state=done");
	SAMPLE_ADD(&a, "kind=system", "system=mail", "state=failed");
	SAMPLE_ADD(&a, "kind=counter", "name=kit_version", "value=9");
	sample_start(&b, 2, "k", NULL);
	SAMPLE_ADD(&b, "kind=clock", "time=8600000", "source=watch");
	SAMPLE_ADD(&b, "kind=step", "plan=P01", "nr=1", "state=open");
	SAMPLE_ADD(&b, "kind=deadline", "deadline=F1", "state=running", "start=7000", "due=8000");
	SAMPLE_ADD(&b, "kind=call", "chain=A1", "nr=1", "attempt=1", "result=busy");
	SAMPLE_ADD(&b, "kind=call", "chain=A1", "nr=1", "attempt=2", "result=reached",
		   "wait_ms=900000");
	SAMPLE_ADD(&b, "kind=counter", "name=kit_version", "value=42");
	SAMPLE_ADD(&b, "kind=counter", "name=kit_version", "value=7");
	SAMPLE_ADD(&b, "kind=device", "device=pc-1", "state=imaged");
	sample_put(&a, folder);
	sample_put(&b, folder);
	open_view(&v, folder, NULL);
	assert_rows(&v, "SELECT plan, nr, state FROM step ORDER BY nr", "P01|1|open P01|2|done");
	assert_rows(&v, "SELECT system, state FROM system", "mail|failed");
	assert_rows(&v, "SELECT deadline, state, start, due FROM deadline", "F1|running|7000|8000");
	assert_rows(&v, "SELECT chain, nr, attempt, result, wait_ms FROM call",
		    "A1|1|1|busy| A1|1|2|reached|900000");
	assert_rows(&v, "SELECT name, value FROM counter", "kit_version|42");
	assert_rows(&v, "SELECT device, state FROM device", "pc-1|imaged");
	assert_int_equal(view_counter(&v, "kit_version"), 42);
	assert_int_equal(view_counter(&v, "root_version"), 0);
	view_close(&v);
	/* A closed incident ends them, but no counter. */
	SAMPLE_ADD(&b, "kind=incident", "state=closed");
	SAMPLE_ADD(&b, "kind=step", "plan=P02", "nr=1", "state=done");
	sample_put(&b, folder);
	open_view(&v, folder, NULL);
	assert_rows(&v, "SELECT plan, nr, state FROM step", "P02|1|done");
	assert_rows(&v, "SELECT count(*) FROM call", "0");
	assert_rows(&v, "SELECT count(*) FROM deadline", "0");
	assert_rows(&v, "SELECT name, value FROM counter", "kit_version|42");
	assert_rows(&v, "SELECT count(*) FROM event WHERE live", "1");
	view_close(&v);
	sample_release(&a);
	sample_release(&b);
}

static void test_locked(void **state)
{
	char folder[512], seal[80] = "seal=";
	struct sealed_pair pair, other;
	struct sample s;
	struct view v;

	(void)state;
	sample_folder(folder);
	sealed_pair_random(&pair);
	sealed_pair_random(&other);
	hex_encode(seal + 5, pair.public.key, 32);
	sample_start(&s, 1, "k", seal);
	SAMPLE_ADD(&s, "kind=step", "plan=P01", "nr=1", "state=done", "author=Adler");
	SAMPLE_ADD(&s, "kind=entry", "type=note", "text=hallo");
	sample_put(&s, folder);
	open_view(&v, folder, NULL);
	assert_int_equal(v.locked, 2);
	/* The entry's own time is sealed: it stands at that of the record before. */
	assert_rows(&v, "SELECT seq, kind, up, locked FROM event ORDER BY seq",
		    "0|boot|1000|0 1|step|2000|1 2|entry|2000|1");
	assert_rows(&v, "SELECT state FROM step", "done");
	assert_rows(&v, "SELECT count(*) FROM field WHERE key IN ('text', 'author')", "0");
	view_close(&v);
	open_view(&v, folder, &other);
	assert_int_equal(v.locked, 2);
	assert_int_equal(v.faults, 0);
	view_close(&v);
	open_view(&v, folder, &pair);
	assert_int_equal(v.locked, 0);
	assert_rows(&v, "SELECT seq, kind, up, locked FROM event ORDER BY seq",
		    "0|boot|1000|0 1|step|2000|0 2|entry|3000|0");
	assert_rows(&v, "SELECT key, value FROM field WHERE event > 1 ORDER BY event, key",
		    "author|Adler nr|1 plan|P01 state|done text|hallo type|note");
	view_close(&v);
	sample_release(&s);
}

static void test_refresh(void **state)
{
	char folder[512];
	struct sample s, other;
	struct error e = { 0 };
	bool changed;
	struct view v;

	(void)state;
	sample_folder(folder);
	open_view(&v, folder, NULL); /* empty */
	assert_int_equal(v.events, 0);
	sample_start(&s, 1, "k", NULL);
	sample_put(&s, folder);
	assert_true(view_refresh(&v, &changed, &e) && changed);
	assert_int_equal(v.events, 1);
	assert_true(view_refresh(&v, &changed, &e) && !changed);
	for (unsigned i = 1; i < 2000; i++) /* more than one buffer of the reader */
		SAMPLE_ADD(&s, "kind=step", "plan=P01", "nr=1",
			   i % 2 ? "state=done" : "state=open");
	sample_put(&s, folder);
	sample_start(&other, 2, "k", NULL);
	sample_put(&other, folder);
	assert_true(view_refresh(&v, &changed, &e) && changed);
	assert_int_equal(v.events, 2001);
	assert_rows(&v, "SELECT count(*), max(seq) FROM event", "2001|1999");
	view_close(&v);
	/* A folder that is not there is an empty journal. */
	open_view(&v, "/nonexistent/journal", NULL);
	assert_int_equal(v.events, 0);
	view_close(&v);
	sample_release(&s);
	sample_release(&other);
}

/* Damage is named, what stands before it counts; when the file is whole again, all is. */
static void test_damaged(void **state)
{
	char folder[512];
	struct error e = { 0 };
	struct sample s;
	struct view v;
	size_t before;
	bool changed;

	(void)state;
	sample_folder(folder);
	sample_start(&s, 1, "k", NULL);
	SAMPLE_ADD(&s, "kind=step", "plan=P01", "nr=1", "state=done");
	before = s.bytes.len;
	SAMPLE_ADD(&s, "kind=step", "plan=P01", "nr=1", "state=open");
	s.bytes.s[before + 80] ^= 1;
	sample_put(&s, folder);
	open_view(&v, folder, NULL);
	assert_int_equal(v.events, 2);
	assert_int_equal(v.faults, 1);
	assert_rows(&v, "SELECT state FROM step", "done");
	assert_rows(&v, "SELECT file, text LIKE '%: record 2, byte %' FROM fault",
		    "00000000000000000000000000000001.journal|1");
	s.bytes.s[before + 80] ^= 1;
	sample_put(&s, folder);
	assert_true(view_refresh(&v, &changed, &e) && changed);
	assert_int_equal(v.faults, 0);
	assert_rows(&v, "SELECT state FROM step", "open");
	s.bytes.len -= 3;
	view_close(&v);
	sample_put(&s, folder);
	open_view(&v, folder, NULL);
	assert_rows(&v, "SELECT state FROM step", "done");
	assert_rows(&v, "SELECT text LIKE '%cut short%' FROM fault", "1");
	view_close(&v);
	sample_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),         cmocka_unit_test(test_nonsense_times),
		cmocka_unit_test(test_contradiction), cmocka_unit_test(test_set_back),
		cmocka_unit_test(test_state),         cmocka_unit_test(test_locked),
		cmocka_unit_test(test_refresh),       cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
