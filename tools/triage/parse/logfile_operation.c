/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an operation in the log of NTFS was done to: docs/formats/logfile.md#operations. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/ntfs/record.h"
#include "triage/parse/logfile.h"

#define SECTOR 512u
#define RECORD_BYTES 1024u  /* of the MFT, where a record of the log does not say so */
#define CLUSTER_BYTES 4096u /* and of the volume */
#define TABLE_HEAD_BYTES 24u
#define ENTRY_BYTES 40u
#define OLD_ENTRY_BYTES 44u
#define IN_USE UINT32_MAX

enum operation {
	INITIALIZE_RECORD = 0x02,
	CREATE_ATTRIBUTE = 0x05,
	DELETE_ATTRIBUTE = 0x06,
	ADD_ENTRY_ROOT = 0x0c,
	DELETE_ENTRY_ROOT = 0x0d,
	ADD_ENTRY_ALLOCATION = 0x0e,
	DELETE_ENTRY_ALLOCATION = 0x0f,
	OPEN_ATTRIBUTE = 0x1c,
	TABLE_DUMP = 0x1d,
	NAMES_DUMP = 0x1e,
	OPERATIONS = 0x23,
};

/* Its name, and whether it is on a record of the MFT. */
static const struct {
	const char *name;
	bool on_record;
} operations[OPERATIONS] = {
	[0x00] = { "Noop", false },
	[0x01] = { "CompensationLogRecord", false },
	[0x02] = { "InitializeFileRecordSegment", true },
	[0x03] = { "DeallocateFileRecordSegment", true },
	[0x04] = { "WriteEndOfFileRecordSegment", true },
	[0x05] = { "CreateAttribute", true },
	[0x06] = { "DeleteAttribute", true },
	[0x07] = { "UpdateResidentValue", true },
	[0x08] = { "UpdateNonresidentValue", false },
	[0x09] = { "UpdateMappingPairs", true },
	[0x0a] = { "DeleteDirtyClusters", false },
	[0x0b] = { "SetNewAttributeSizes", true },
	[0x0c] = { "AddIndexEntryRoot", true },
	[0x0d] = { "DeleteIndexEntryRoot", true },
	[0x0e] = { "AddIndexEntryAllocation", false },
	[0x0f] = { "DeleteIndexEntryAllocation", false },
	[0x10] = { "WriteEndOfIndexBuffer", false },
	[0x11] = { "SetIndexEntryVcnRoot", true },
	[0x12] = { "SetIndexEntryVcnAllocation", false },
	[0x13] = { "UpdateFileNameRoot", true },
	[0x14] = { "UpdateFileNameAllocation", false },
	[0x15] = { "SetBitsInNonresidentBitMap", false },
	[0x16] = { "ClearBitsInNonresidentBitMap", false },
	[0x17] = { "HotFix", false },
	[0x18] = { "EndTopLevelAction", false },
	[0x19] = { "PrepareTransaction", false },
	[0x1a] = { "CommitTransaction", false },
	[0x1b] = { "ForgetTransaction", false },
	[0x1c] = { "OpenNonresidentAttribute", false },
	[0x1d] = { "OpenAttributeTableDump", false },
	[0x1e] = { "AttributeNamesDump", false },
	[0x1f] = { "DirtyPageTableDump", false },
	[0x20] = { "TransactionTableDump", false },
	[0x21] = { "UpdateRecordDataRoot", true },
	[0x22] = { "UpdateRecordDataAllocation", false },
};

const char *logfile_operation_name(uint16_t operation)
{
	return operation < OPERATIONS ? operations[operation].name : NULL;
}

static struct reader part(struct reader whole, size_t at, size_t len)
{
	reader_skip(&whole, at);
	return reader_sub(&whole, len);
}

static bool take_name(struct reader value, uint64_t file, struct logfile_record *r)
{
	struct ntfs_name n;

	if (!ntfs_name_parse(value, &n))
		return false;
	r->has_name = true;
	r->name = (struct logfile_name){
		.parent = n.parent, .file = file, .space = n.space, .units = n.units
	};
	return true;
}

static bool name_of_attributes(struct reader attributes, struct logfile_record *r)
{
	struct ntfs_attribute a;
	bool any = false;

	while (ntfs_attribute_next(&attributes, &a) == NTFS_NEXT_ONE)
		if (a.type == NTFS_FILE_NAME && a.resident && (!any || r->name.space == NTFS_DOS))
			any |= take_name(a.value, 0, r);
	return any;
}

/* The name that the data of one side of an operation hold. */
static bool find_name(uint16_t operation, struct reader data, struct logfile_record *r)
{
	struct reader peek = data;

	switch (operation) {
	case INITIALIZE_RECORD: {
		/* A record as it is in memory: without fixups. */
		reader_skip(&peek, 20);
		size_t from = reader_le16(&peek);
		struct reader rest = part(data, from, data.left < from ? 0 : data.left - from);
		return !peek.bad && data.left > from && name_of_attributes(rest, r);
	}
	case CREATE_ATTRIBUTE:
	case DELETE_ATTRIBUTE:
		return name_of_attributes(data, r);
	case ADD_ENTRY_ROOT:
	case DELETE_ENTRY_ROOT:
	case ADD_ENTRY_ALLOCATION:
	case DELETE_ENTRY_ALLOCATION: {
		uint64_t file = reader_le64(&peek);
		reader_skip(&peek, 2);
		size_t key = reader_le16(&peek);
		reader_skip(&peek, 4);
		struct reader value = reader_sub(&peek, key);
		return !value.bad && take_name(value, file, r);
	}
	default:
		return false;
	}
}

/* An entry of the table of open attributes. */
static bool read_entry(struct reader entry, struct logfile_attribute *a)
{
	bool is_old = entry.left == OLD_ENTRY_BYTES; /* of 32 bits, as Windows to 7 writes it */

	*a = (struct logfile_attribute){ 0 };
	reader_skip(&entry, 8);
	if (is_old) {
		a->file = reader_le64(&entry);
		reader_skip(&entry, 12);
		a->type = reader_le32(&entry);
	} else {
		a->type = reader_le32(&entry);
		reader_skip(&entry, 4);
		a->file = reader_le64(&entry);
	}
	return !entry.bad;
}

static struct logfile_attribute *attribute_at(struct logfile_table *t, size_t at)
{
	if (!t->list)
		t->list = mem_array(LOGFILE_ATTRIBUTES, sizeof(*t->list));
	return &t->list[at / 4];
}

/* Give an attribute its name, unless it is longer than any of NTFS (each record that is about the attribute has
 * it again) or there is no room for more of them. */
static void set_name(struct logfile_table *t, struct logfile_attribute *a, struct reader name)
{
	if (name.left > LOGFILE_NAME_BYTES || t->names_len + name.left > LOGFILE_NAMES_BYTES ||
	    (name.left && name.left == a->name_len &&
	     memcmp(t->names + a->name_at, name.at, name.left) == 0))
		return;
	a->name_at = t->names_len;
	a->name_len = name.left;
	mem_grow(&t->names, &t->names_capacity, t->names_len + name.left, 1);
	if (name.left)
		memcpy(t->names + t->names_len, name.at, name.left);
	t->names_len += name.left;
}

/* An attribute is opened: from now on others name it by its place in the table. */
static void open_attribute(struct logfile_table *t, const struct logfile_record *r)
{
	struct logfile_attribute a;

	if (!read_entry(r->redo_data, &a))
		return;
	set_name(t, &a, r->undo_data);
	*attribute_at(t, r->target_attribute) = a;
}

/* The whole table, as a checkpoint has it. Names come by themselves; one that is known already stays. */
static void open_table(struct logfile_table *t, struct reader table)
{
	struct reader head = table;
	size_t bytes = reader_le16(&head);

	if (bytes != ENTRY_BYTES && bytes != OLD_ENTRY_BYTES)
		return;
	reader_skip(&table, TABLE_HEAD_BYTES);
	for (size_t at = TABLE_HEAD_BYTES; table.left >= bytes && at <= UINT16_MAX; at += bytes) {
		struct reader entry = reader_sub(&table, bytes), peek = entry;
		struct logfile_attribute a, *to = attribute_at(t, at);

		if (reader_le32(&peek) != IN_USE || !read_entry(entry, &a))
			continue;
		if (to->file != a.file || to->type != a.type)
			*to = a;
	}
}

/* Names of those attributes that have one: place in the table, bytes, the name, a zero. */
static void open_names(struct logfile_table *t, struct reader names)
{
	for (;;) {
		size_t at = reader_le16(&names), len = reader_le16(&names);
		struct reader name = reader_sub(&names, len);

		if (name.bad || !at)
			return;
		set_name(t, attribute_at(t, at), name);
		reader_skip(&names, 2);
	}
}

static void find_target(const struct logfile_table *t, struct logfile_record *r)
{
	bool on_record = (r->redo < OPERATIONS && operations[r->redo].on_record) ||
			 (r->undo < OPERATIONS && operations[r->undo].on_record);

	if (on_record) {
		uint64_t record = r->block_sectors ? (uint64_t)r->block_sectors * SECTOR
						   : RECORD_BYTES;
		uint64_t cluster = t->cluster_bytes ? t->cluster_bytes : CLUSTER_BYTES;

		r->has_target_record = r->target_vcn < UINT64_C(1) << 40;
		if (r->has_target_record)
			r->target_record =
				(r->target_vcn * cluster + (uint64_t)r->cluster_block * SECTOR) /
				record;
		return;
	}
	if (!t->list || r->target_attribute % 4)
		return;
	const struct logfile_attribute *a = &t->list[r->target_attribute / 4];
	r->target_file = a->file;
	r->target_type = a->type;
	if (a->name_len)
		r->target_name = reader_of(t->names + a->name_at, a->name_len);
}

void logfile_operation(struct logfile_table *t, struct logfile_record *r)
{
	struct reader in = r->data;

	r->redo = reader_le16(&in);
	r->undo = reader_le16(&in);
	size_t redo_at = reader_le16(&in);
	r->redo_bytes = reader_le16(&in);
	size_t undo_at = reader_le16(&in);
	r->undo_bytes = reader_le16(&in);
	r->target_attribute = reader_le16(&in);
	r->lcn_count = reader_le16(&in);
	r->record_offset = reader_le16(&in);
	r->attribute_offset = reader_le16(&in);
	r->cluster_block = reader_le16(&in);
	r->block_sectors = reader_le16(&in);
	r->target_vcn = reader_le64(&in);
	if (in.bad)
		return;
	r->has_operation = true;
	r->lcn = r->lcn_count ? reader_le64(&in) : 0;
	/* Both may be the same bytes. What is not all there is nothing. */
	r->redo_data = part(r->data, redo_at, r->redo_bytes);
	r->undo_data = part(r->data, undo_at, r->undo_bytes);
	if (!find_name(r->redo, r->redo_data, r))
		(void)find_name(r->undo, r->undo_data, r);
	if (r->redo == OPEN_ATTRIBUTE && !r->redo_data.bad && !r->undo_data.bad)
		open_attribute(t, r);
	else if (r->redo == TABLE_DUMP && !r->redo_data.bad)
		open_table(t, r->redo_data);
	else if (r->redo == NAMES_DUMP && !r->redo_data.bad)
		open_names(t, r->redo_data);
	find_target(t, r);
}

void logfile_table_release(struct logfile_table *t)
{
	free(t->list);
	free(t->names);
	*t = (struct logfile_table){ 0 };
}
