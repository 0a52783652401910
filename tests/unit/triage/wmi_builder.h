/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WMI_BUILDER_H
#define WMI_BUILDER_H

/* Instances of WMI classes as MS-WMIO encodes them, in a page of a repository. */
#include <string.h>

#include "triage/parse/wmi.h"

#define WMI_PAGE 8192u
#define WMI_TIME UINT64_C(132000000000000000)

static inline void wmi_put(uint8_t *p, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

/* values[k]: a string, "#number", "!" a SID of LocalSystem, "~wide", NULL: none. The instance is written
 * at p, which has room; returns its bytes. */
static inline size_t wmi_make(uint8_t *p, unsigned class, bool xp, const char *const *values)
{
	const struct wmi_class *c = &wmi_classes[class];
	const char *digest = xp ? c->md5 : c->sha256;
	uint8_t heap[WMI_PAGE * 3] = { 0 }, *at = p;
	size_t heap_len = strlen(c->name) + 2;

	memcpy(heap + 1, c->name, strlen(c->name));
	for (; *digest; digest++, at += 2)
		wmi_put(at, (uint8_t)*digest, 2);
	wmi_put(at, WMI_TIME, 8);
	wmi_put(at + 8, WMI_TIME + 1, 8);
	uint8_t *block = at + 16, *table = block + 9;
	memset(block, 0, 9 + 7);
	at = table + (2 * c->count + 7) / 8;
	for (unsigned k = 0; k < c->count; k++) {
		const char *v = values[k];
		size_t size = c->properties[k].type == WMI_BOOL ? 2 : 4;
		uint64_t raw = v && *v == '#' ? (uint64_t)(v[1] - '0') : heap_len;

		if (!v) {
			table[k / 4] |= (uint8_t)(1 << k % 4 * 2);
			raw = UINT32_MAX;
		} else if (*v == '!') {
			static const uint8_t sid[] = { 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0 };

			wmi_put(heap + heap_len, sizeof(sid), 4);
			memcpy(heap + heap_len + 4, sid, sizeof(sid));
			heap_len += 4 + sizeof(sid);
		} else if (*v == '~') {
			heap[heap_len++] = 1;
			for (v++; *v; v++, heap_len += 2)
				wmi_put(heap + heap_len, (uint8_t)*v, 2);
			heap_len += 2;
		} else if (*v != '#') {
			memcpy(heap + heap_len + 1, v, strlen(v));
			heap_len += strlen(v) + 2;
		}
		wmi_put(at, raw, size);
		at += size;
	}
	wmi_put(at, 4, 4);
	at[4] = 1;
	wmi_put(at + 5, heap_len | UINT32_C(1) << 31, 4);
	memcpy(at + 9, heap, heap_len);
	at += 9 + heap_len;
	wmi_put(block, (uint64_t)(at - block), 4);
	return (size_t)(at - p);
}

/* Names an instance in the table of its page; `slot` from 0. */
static inline void wmi_list(uint8_t *page, unsigned slot, size_t at, size_t len)
{
	wmi_put(page + 16 * slot, 0x1000 + slot, 4);
	wmi_put(page + 16 * slot + 4, at, 4);
	wmi_put(page + 16 * slot + 8, len, 4);
	wmi_put(page + 16 * slot + 12, 0x12345678, 4);
}

#endif
