/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_FIELDS_GUIDS_H
#define TRIAGE_FIELDS_GUIDS_H

#include <stdint.h>

/* The names of GUIDs in Windows' shell, as its documents call them. NULL: not known. */
const char *guid_folder_name(const uint8_t guid[16]);
/* Of a property, "System.ItemNameDisplay". */
const char *guid_property_name(const uint8_t format_id[16], uint32_t id);

#endif
