/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_WMI_H
#define TRIAGE_PARSE_WMI_H

#include "lib/base/reader.h"
#include "triage/parse/parse.h"

/*
 * What makes Windows run something at an event, out of the repository of WMI (OBJECTS.DATA, Windows XP
 * and later), without its index: the instances of four classes, found by the digest of the class's name
 * that each of them begins with: docs/formats/wmi.md.
 */
enum wmi_type { WMI_STRING, WMI_SID, WMI_UINT32, WMI_SINT32, WMI_BOOL };

struct wmi_property {
	const char *key; /* of our output; the properties of WMI in snake_case */
	enum wmi_type type;
};

struct wmi_class {
	const char *name; /* "__EventFilter" */
	const char *record_type;
	const char *sha256, *md5; /* of its name in capitals in UTF-16LE: capital digits */
	const struct wmi_property *properties;
	unsigned count;
};
#define WMI_CLASSES 4
#define WMI_PROPERTIES_MAX 27
extern const struct wmi_class wmi_classes[WMI_CLASSES];

struct wmi_value {
	bool is_set;         /* neither NULL nor the class's default */
	bool is_wide;        /* a string in UTF-16LE, else in Latin-1 */
	uint32_t number;     /* WMI_UINT32, WMI_SINT32, WMI_BOOL */
	struct reader bytes; /* of a string without its end, of a SID */
};

struct wmi_instance {
	uint64_t offset; /* of the digest, in the input */
	const struct wmi_class *class;
	uint64_t times[2]; /* 100 ns since 1601; what they mean is not documented */
	bool is_xp;        /* written by Windows XP or 2003 */
	bool is_listed;    /* the page's table names it; else it is a remain */
	bool is_cut;       /* goes on in a page that only the mapping file knows */
	struct wmi_value values[WMI_PROPERTIES_MAX];
};

/* Every instance in the order of the file. What cannot be read counts as zeros. False with e: there is no
 * page of a repository in it and no instance, or `each` ended it. */
__attribute__((warn_unused_result))
bool wmi_parse(const struct partition_source *s, const struct parse_problems *problems,
	       bool (*each)(void *ctx, const struct wmi_instance *i, struct error *e), void *ctx,
	       struct error *e);

#endif
