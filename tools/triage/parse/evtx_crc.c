/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checksum of chunks, as fast as this processor has it. */
#include <libdeflate.h>

#include "triage/parse/evtx_inside.h"

uint32_t evtx_crc32(uint32_t crc, const uint8_t *p, size_t n)
{
	return libdeflate_crc32(crc, p, n);
}
