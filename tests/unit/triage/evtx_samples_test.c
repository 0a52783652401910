/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs that Windows wrote, where the samples are there (../shared/data): how many records are in them, as those who
 * gave them away state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "evtx_read.h"
#include "lib/base/wholefile.h"
#include "triage/check.h"

#define SAMPLES "../shared/data/triage/"
#define EVTX SAMPLES "omerbenamram_evtx/samples/"
#define ATTACK SAMPLES "sbousseaden_EVTX-ATTACK-SAMPLES/"
#define LIMIT (8u << 20)

/* `recovered`: those that another reader (libevtx 20181227) recovers, too. It has more in two logs, all of
 * which are alive as well: the same number and time. */
static const struct {
	const char *path;
	size_t records, recovered;
} logs[] = {
	{ SAMPLES "log2timeline_plaso/test_data/evtx/System.evtx", 5009, 0 },
	{ SAMPLES "WithSecureLabs_chainsaw/tests/evtx/security_sample.evtx", 10, 0 },
	/* 1774 are stated, with two errors: one is a record that ends in an older one. */
	{ EVTX
	  "2-vss_0-Microsoft-Windows-TerminalServices-RemoteConnectionManager%4Operational.evtx",
	  1775, 267 },
	{ EVTX "2-vss_7-System.evtx", 1160, 25 },
	{ EVTX "Application_no_crc32.evtx", 17, 34 },
	{ EVTX "E_Windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx", 340, 0 },
	{ EVTX "E_Windows_system32_winevt_logs_Microsoft-Windows-Shell-Core%4Operational.evtx",
	  1146, 0 },
	{ EVTX "MSExchange_Management_wec.evtx", 1, 9 },
	{ EVTX "Microsoft-Windows-HelloForBusiness%4Operational.evtx", 6, 0 },
	{ EVTX "Security_short_selected.evtx", 7, 8 },
	{ EVTX "issue_201.evtx", 1, 9 },
	/* libevtx has two: both have the same number and time, being damaged alike. */
	{ EVTX "new-user-security.evtx", 4, 1 },
	/* One is hidden at the end of another. */
	{ EVTX "post-Security.evtx", 126, 1 },
	{ EVTX "sample-with-irregular-bool-values.evtx", 3028, 0 },
	{ EVTX "security_bad_string_cache.evtx", 2261, 0 },
	{ ATTACK "AutomatedTestingTools/WinDefender_Events_1117_1116_AtomicRedTeam.evtx", 11, 67 },
	{ ATTACK
	  "Credential Access/sysmon_2x10_lsass_with_different_pid_RtlCreateProcessReflection.evtx",
	  3, 143 },
	{ ATTACK "Defense Evasion/DE_1102_security_log_cleared.evtx", 112, 0 },
	{ ATTACK "Execution/temp_scheduled_task_4698_4699.evtx", 2, 0 },
	{ ATTACK "Lateral Movement/DFIR_RDP_Client_TimeZone_RdpCoreTs_104_example.evtx", 21, 102 },
	{ ATTACK "Persistence/persist_turla_outlook_backdoor_comhijack.evtx", 3, 100 },
	{ ATTACK "Privilege Escalation/System_7045_namedpipe_privesc.evtx", 1, 129 },
};

static struct result read_sample(const char *path, bool recovered)
{
	struct text t = { 0 };
	struct error e = { 0 };

	assert_true(wholefile_read(AT_FDCWD, path, 0, LIMIT, &t, &e));
	struct result r =
		read_log_from((struct memory){ (uint8_t *)t.s, t.len, 0 }, recovered, EMIT_JSONL);
	text_release(&t);
	if (!r.ok)
		fail_msg("%s: %s", path, r.e.text);
	return r;
}

static size_t count_of(const char *s, const char *what)
{
	size_t n = 0;

	for (; (s = strstr(s, what)); s++)
		n++;
	return n;
}

static void all_records(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(logs) / sizeof(*logs); i++) {
		struct result r = read_sample(logs[i].path, true);
		size_t recovered = count_of(r.lines.s, "\"recovered\":true");

		assert_true(check_json_lines(r.lines.s, r.lines.len));
		if (r.records - recovered != logs[i].records || recovered != logs[i].recovered)
			fail_msg("%s: %zu, and %zu recovered", logs[i].path, r.records - recovered,
				 recovered);
		result_release(&r);
		r = read_sample(logs[i].path, false);
		recovered = count_of(r.lines.s, "\"recovered\":true"); /* hidden ones */
		assert_int_equal(r.records - recovered, logs[i].records);
		result_release(&r);
	}
}

static void details(void **state)
{
	static const struct {
		const char *path, *want;
	} cases[] = {
		{ SAMPLES "log2timeline_plaso/test_data/evtx/System.evtx",
		  "{\"record_number\":1,\"event_id\":7036,\"event_id_qualifiers\":16384,\"version\":0,\"level\":4,"
		  "\"task\":0,\"opcode\":0,\"keywords\":\"0x8080000000000000\","
		  "\"time_created\":\"2010-11-21T03:55:59.6264271Z\"," },
		{ SAMPLES "log2timeline_plaso/test_data/evtx/System.evtx",
		  "\"computer\":\"37L4247F27-26\",\"process_id\":492,\"thread_id\":1188,"
		  "\"binary\":\"6500760065006E0074006C006F0067002F0031000000\","
		  "\"event_data\":{\"param1\":\"Windows Event Log\",\"param2\":\"stopped\"}}\n" },
		{ EVTX "MSExchange_Management_wec.evtx",
		  "{\"record_number\":3229,\"log_record_number\":1,\"event_id\":1,\"event_id_qualifiers\":16384," },
		{ EVTX "2-vss_7-System.evtx", ",\"values\":[" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct result r = read_sample(cases[i].path, true);

		if (!strstr(r.lines.s, cases[i].want))
			fail_msg("%s: not found: %s", cases[i].path, cases[i].want);
		result_release(&r);
	}
}

/* Nothing is wrong with a log that is whole, and what is wrong with others is said. */
static void problems(void **state)
{
	static const struct {
		const char *path, *want;
	} cases[] = {
		{ EVTX "Application_no_crc32.evtx", "" },
		{ EVTX "post-Security.evtx", "74288 a record is hidden at the end of another\n" },
		{ EVTX "E_Windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx",
		  "" },
		{ EVTX "2-vss_7-System.evtx", "0 the log was not closed\n" },
		{ EVTX "security_bad_string_cache.evtx",
		  "4096 the checksum of a chunk's head is wrong\n0 the log was not closed\n" },
		{ EVTX
		  "2-vss_0-Microsoft-Windows-TerminalServices-RemoteConnectionManager%4Operational.evtx",
		  "69632 the checksum of a chunk's records is wrong\n102040 the sizes of a record are wrong\n"
		  "102040 the binary XML is damaged\n987136 the checksum of a chunk's records is wrong\n"
		  "0 the log was not closed\n" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct result r = read_sample(cases[i].path, false);

		assert_string_equal(text_end(&r.problems), cases[i].want);
		result_release(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_records),
		cmocka_unit_test(details),
		cmocka_unit_test(problems),
	};

	if (access(SAMPLES, R_OK) != 0) {
		puts("1..0 # SKIP there are no samples in ../shared/data");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
