/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_BCD_H
#define TRIAGE_PARSE_BCD_H

#include "triage/parse/regf.h"

/* Boot configuration: objects and their elements, by the names that bcdedit has: docs/formats/bcd.md. */
enum bcd_form { /* of an element: bits 24 to 27 of its number */
		BCD_DEVICE = 1,
		BCD_STRING,
		BCD_OBJECT,
		BCD_OBJECTS,
		BCD_INTEGER,
		BCD_BOOLEAN,
		BCD_INTEGERS,
};

/* "{bootmgr}" for its GUID, as it stands in the hive; NULL: none that everybody knows. */
const char *bcd_object_name(struct regf_text guid);
/* "Windows Boot Loader"; NULL: unknown. */
const char *bcd_type_name(uint32_t type);
/* "displayorder". What elements 0x20000000 to 0x2fffffff mean depends on their object's type. NULL: unknown. */
const char *bcd_element_name(uint32_t object_type, uint32_t element);
enum bcd_form bcd_form(uint32_t element);
/* The number of an element in the name of its key, eight digits. False: it is none. */
bool bcd_element_number(struct regf_text name, uint32_t *element);

struct bcd_device {
	uint32_t type; /* 5 boot, 6 partition, ... */
	const char *type_name;
	bool has_partition, gpt;
	const uint8_t *partition_guid, *disk_guid; /* gpt */
	uint64_t partition_offset;                 /* else */
	uint32_t disk_signature;
};
__attribute__((warn_unused_result)) bool bcd_device_parse(struct regf_bytes b,
							  struct bcd_device *d);

#endif
