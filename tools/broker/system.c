/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `broker clock` and `broker network`: what the running system is given. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "broker/broker.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/data/date.h"
#include "lib/data/json.h"

#define NETWORK_SECONDS 120

/* "2026-11-24 04:30" or with seconds, in UTC. */
static bool parse_time(const char *s, int64_t *utc_ms, struct error *e)
{
	char day[11];
	unsigned hour, minute, second = 0;
	int64_t days;
	int end = 0;

	snprintf(day, sizeof(day), "%.10s", s);
	bool ok = strlen(s) > 10 && date_parse(day, &days) &&
		  (sscanf(s + 10, " %2u:%2u%n", &hour, &minute, &end) == 2) && end > 0;
	if (ok && s[10 + end] == ':') {
		int more = 0;

		ok = sscanf(s + 10 + end, ":%2u%n", &second, &more) == 1;
		end += more;
	}
	if (!ok || s[10 + end] != '\0' || hour > 23 || minute > 59 || second > 59)
		return error_set(e, ERROR_USAGE,
				 _("'%s' is not a time like '2026-11-24 04:30' in UTC"), s);
	*utc_ms = (days * 86400 + hour * 3600 + minute * 60 + second) * 1000;
	return true;
}

int broker_set_clock(int argc, char **argv)
{
	struct broker b = BROKER_NONE;
	struct error e = { 0 };
	bool only_say = false, ok;
	int64_t utc_ms = 0;
	const struct cli_option options[] = {
		{ "n", CLI_FLAG, &only_say, NULL, N_("only check the time"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"broker",
		"clock",
		"TIME",
		N_("Set the clock of the running system, in UTC: '2026-11-24 04:30'. The PC's own clock stays as it is."),
		options,
		1,
		1,
	};

	ok = cli_parse(&usage, &argc, &argv, &e) && parse_time(argv[0], &utc_ms, &e);
	if (ok && only_say)
		printf("%" PRId64 "\n", utc_ms);
	else
		ok = ok && broker_connect(&b, &e) && broker_clock(&b, utc_ms, &e);
	broker_close(&b);
	return ok ? 0 : report("broker", &e);
}

static void print_network(const struct broker_network *n, bool as_json)
{
	if (as_json) {
		struct json j = json_to(stdout);

		json_object(&j, NULL);
		json_string(&j, "state", n->state);
		json_string(&j, "interface", n->interface);
		json_string(&j, "address", n->address);
		json_string(&j, "how", n->how);
		json_string(&j, "note", n->note);
		json_end(&j);
	} else {
		printf("%s %s (%s)\n", n->interface, n->address, n->how);
	}
}

int broker_bring_network(int argc, char **argv)
{
	struct broker b = BROKER_NONE;
	struct broker_network n = { 0 };
	struct error e = { 0 };
	bool as_json = false, ok;
	const struct cli_option options[] = {
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"broker",
		"network",
		"",
		N_("Bring the wired network up and print the address. Before this, nothing is sent."),
		options,
		0,
		0,
	};

	ok = cli_parse(&usage, &argc, &argv, &e) && broker_connect(&b, &e) &&
	     broker_network(&b, &n, &e);
	for (int i = 0; ok && strcmp(n.state, "starting") == 0 && i < NETWORK_SECONDS * 5; i++) {
		usleep(200000);
		ok = broker_network(&b, &n, &e);
	}
	broker_close(&b);
	if (ok && strcmp(n.state, "up") == 0)
		print_network(&n, as_json);
	else if (ok && as_json)
		print_network(&n, true);
	if (ok && strcmp(n.state, "up") != 0)
		error_set(&e, ERROR_FAILED, "%s",
			  *n.note ? n.note : _("the network is not up yet: ask again"));
	return e.kind ? report("broker", &e) : 0;
}
