// SPDX-License-Identifier: GPL-3.0-or-later
// The map of what a file system uses: bits, and runs of bytes made from them.
#include "lib/disk/used.h"

#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"

bool used_map_init(struct used_map *m, uint64_t unit_bytes, uint64_t first_byte, uint64_t units,
		   struct error *e)
{
	uint64_t bytes = units / 8 + (units % 8 != 0);

	*m = (struct used_map){ 0 };
	if (unit_bytes == 0 || bytes > USED_BITMAP_MAX ||
	    units > (UINT64_MAX - first_byte) / unit_bytes)
		return error_set(e, ERROR_UNTRUSTED,
				 _("the file system says it has %llu blocks of %llu bytes, which "
				   "cannot be"),
				 units + 0ULL, unit_bytes + 0ULL);
	*m = (struct used_map){
		.unit_bytes = unit_bytes,
		.first_byte = first_byte,
		.units = units,
		.bits = mem_alloc(bytes > 0 ? bytes : 1),
	};
	return true;
}

void used_map_release(struct used_map *m)
{
	free(m->bits);
	*m = (struct used_map){ 0 };
}

/* The part of a run that the map has units for. */
static uint64_t end_of_run(const struct used_map *m, uint64_t unit, uint64_t count)
{
	if (unit >= m->units)
		return unit;
	return count < m->units - unit ? unit + count : m->units;
}

static void put(struct used_map *m, uint64_t unit, uint64_t end, bool used)
{
	while (unit < end) {
		unsigned bit = unit % 8;

		if (bit == 0 && end - unit >= 8) {
			uint64_t bytes = (end - unit) / 8;

			memset(m->bits + unit / 8, used ? 0xff : 0, bytes);
			unit += 8 * bytes;
			continue;
		}
		uint8_t mask = (uint8_t)(1u << bit);

		if (used)
			m->bits[unit / 8] |= mask;
		else
			m->bits[unit / 8] &= (uint8_t)~mask;
		unit++;
	}
}

void used_map_set(struct used_map *m, uint64_t unit, uint64_t count)
{
	put(m, unit, end_of_run(m, unit, count), true);
}

void used_map_clear(struct used_map *m, uint64_t unit, uint64_t count)
{
	put(m, unit, end_of_run(m, unit, count), false);
}

bool used_map_get(const struct used_map *m, uint64_t unit)
{
	return unit >= m->units || (m->bits[unit / 8] >> unit % 8 & 1);
}

/* Of a whole byte, without the bits behind the last unit. */
static unsigned byte_of(const struct used_map *m, uint64_t i)
{
	uint64_t left = m->units - 8 * i;

	return m->bits[i] & (left < 8 ? (1u << left) - 1 : 0xff);
}

uint64_t used_map_count(const struct used_map *m)
{
	uint64_t n = 0;

	for (uint64_t i = 0; 8 * i < m->units; i++)
		n += (unsigned)__builtin_popcount(byte_of(m, i));
	return n;
}

/* The first unit from `unit` on, below `end`, that is used or is not; `end` if none is.
 * Bytes that cannot hold one are passed whole: a map of a large volume is mostly those. */
static uint64_t find(const struct used_map *m, uint64_t unit, uint64_t end, bool used)
{
	const uint8_t pass = used ? 0 : 0xff;

	while (unit < end) {
		if (unit % 8 == 0 && m->bits[unit / 8] == pass) {
			unit += 8;
			continue;
		}
		if (used_map_get(m, unit) == used)
			return unit;
		unit++;
	}
	return end;
}

static uint64_t byte_at(const struct used_map *m, uint64_t unit)
{
	return m->first_byte + unit * m->unit_bytes;
}

bool used_map_next(const struct used_map *m, uint64_t from, uint64_t to, uint64_t *start,
		   uint64_t *end)
{
	uint64_t behind = m->unit_bytes == 0 ? 0 : byte_at(m, m->units); /* all is used again */

	if (from >= to)
		return false;
	*start = from;
	*end = to;
	if (from >= behind)
		return true;
	uint64_t unit = from < m->first_byte ? 0 : (from - m->first_byte) / m->unit_bytes;
	/* Units that begin before `to`; what lies behind them does not matter. */
	uint64_t limit = to >= behind          ? m->units
			 : to <= m->first_byte ? 0
					       : (to - m->first_byte - 1) / m->unit_bytes + 1;

	if (from >= m->first_byte) {
		unit = find(m, unit, limit, true);
		if (unit == limit && to <= behind)
			return false;
		if (byte_at(m, unit) > from)
			*start = byte_at(m, unit);
	}
	unit = find(m, unit, limit, false);
	if (unit < limit)
		*end = byte_at(m, unit);
	return true;
}
