/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DISK_PEHEADER_H
#define LIB_DISK_PEHEADER_H

#include "lib/base/reader.h"

/* The headers of a program of Windows or of the firmware, and its certificates: Microsoft, PE Format. */
struct pe_header {
	bool is_64;
	uint16_t machine, section_count, characteristics, subsystem, dll_characteristics;
	uint32_t time_stamp; /* seconds since 1970, or a digest of what was built */
	uint32_t checksum, headers_bytes;
	size_t checksum_at;             /* in the file */
	size_t security_at;             /* likewise the place of the next two; 0: there is none */
	uint32_t table_at, table_bytes; /* the certificates, in the file */
	bool is_cut;                    /* there is less of the directories than it says */
};

/* *file is the whole program; on true, *file is what follows the headers, that is the table of sections. */
__attribute__((warn_unused_result)) bool pe_header_read(struct reader *file, struct pe_header *h);

#define PE_CERTIFICATE_PKCS 2u /* PKCS#7 SignedData, of Authenticode */

struct pe_certificate {
	uint16_t type;
	struct reader content;
};

/* The next one of *table. False: it is cut short, and *table is bad. */
__attribute__((warn_unused_result)) bool pe_certificate_next(struct reader *table,
							     struct pe_certificate *c);

#endif
