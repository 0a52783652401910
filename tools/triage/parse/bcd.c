/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boot configuration: what numbers and GUIDs in a BCD hive mean. */
#include "triage/parse/bcd.h"

#include <string.h>

#include "lib/base/reader.h"

struct named {
	uint32_t number;
	const char *name;
};

/* What the numbers of classes 1 (library), and 2 (application) of each kind mean. Microsoft's enumerations of
 * BCD element types, with the words of bcdedit. */
static const struct named library[] = {
	{ 0x11000001, "device" },
	{ 0x12000002, "path" },
	{ 0x12000004, "description" },
	{ 0x12000005, "locale" },
	{ 0x14000006, "inherit" },
	{ 0x15000007, "truncatememory" },
	{ 0x14000008, "recoverysequence" },
	{ 0x16000009, "recoveryenabled" },
	{ 0x1700000a, "badmemorylist" },
	{ 0x1600000b, "badmemoryaccess" },
	{ 0x1500000c, "firstmegabytepolicy" },
	{ 0x1500000d, "relocatephysical" },
	{ 0x1500000e, "avoidlowmemory" },
	{ 0x1600000f, "traditionalkseg" },
	{ 0x16000010, "bootdebug" },
	{ 0x15000011, "debugtype" },
	{ 0x15000012, "debugaddress" },
	{ 0x15000013, "debugport" },
	{ 0x15000014, "baudrate" },
	{ 0x15000015, "channel" },
	{ 0x12000016, "targetname" },
	{ 0x16000017, "noumex" },
	{ 0x15000018, "debugstart" },
	{ 0x12000019, "busparams" },
	{ 0x1500001a, "hostip" },
	{ 0x1500001b, "port" },
	{ 0x1600001c, "dhcp" },
	{ 0x1200001d, "key" },
	{ 0x16000020, "bootems" },
	{ 0x15000022, "emsport" },
	{ 0x15000023, "emsbaudrate" },
	{ 0x12000030, "loadoptions" },
	{ 0x16000040, "advancedoptions" },
	{ 0x16000041, "optionsedit" },
	{ 0x15000042, "keyringaddress" },
	{ 0x11000043, "bootstatdevice" },
	{ 0x12000044, "bootstatfilepath" },
	{ 0x16000045, "preservebootstat" },
	{ 0x16000046, "graphicsmodedisabled" },
	{ 0x15000047, "configaccesspolicy" },
	{ 0x16000048, "nointegritychecks" },
	{ 0x16000049, "testsigning" },
	{ 0x1200004a, "fontpath" },
	{ 0x1500004b, "integrityservices" },
	{ 0x1500004c, "volumebandid" },
	{ 0x16000050, "extendedinput" },
	{ 0x15000051, "initialconsoleinput" },
	{ 0x15000052, "graphicsresolution" },
	{ 0x16000053, "restartonfailure" },
	{ 0x16000054, "highestmode" },
	{ 0x16000060, "isolatedcontext" },
	{ 0x15000065, "displaymessage" },
	{ 0x15000066, "displaymessageoverride" },
	{ 0x16000068, "nobootuxtext" },
	{ 0x16000069, "nobootuxprogress" },
	{ 0x1600006a, "nobootuxfade" },
	{ 0x16000072, "bootshutdowndisabled" },
	{ 0x17000077, "allowedinmemorysettings" },
	{ 0x16000079, "bootflow" },
	{ 0x1600007b, "forcefipscrypto" },
	{ 0x15000081, "mobilegraphics" },
	{ 0 },
};

static const struct named manager[] = {
	{ 0x24000001, "displayorder" },
	{ 0x24000002, "bootsequence" },
	{ 0x23000003, "default" },
	{ 0x25000004, "timeout" },
	{ 0x26000005, "resume" },
	{ 0x23000006, "resumeobject" },
	{ 0x24000007, "startupsequence" },
	{ 0x24000010, "toolsdisplayorder" },
	{ 0x26000020, "displaybootmenu" },
	{ 0x26000021, "noerrordisplay" },
	{ 0x21000022, "bcddevice" },
	{ 0x22000023, "bcdfilepath" },
	{ 0x26000024, "hormenabled" },
	{ 0x26000025, "hiberboot" },
	{ 0x22000026, "passwordoverride" },
	{ 0x22000027, "pinpassphraseoverride" },
	{ 0x26000028, "processcustomactionsfirst" },
	{ 0x27000030, "customactions" },
	{ 0x26000031, "persistbootsequence" },
	{ 0x26000032, "skipstartupsequence" },
	{ 0 },
};

static const struct named loader[] = {
	{ 0x21000001, "osdevice" },
	{ 0x22000002, "systemroot" },
	{ 0x23000003, "resumeobject" },
	{ 0x26000004, "stampdisks" },
	{ 0x26000010, "detecthal" },
	{ 0x22000011, "kernel" },
	{ 0x22000012, "hal" },
	{ 0x22000013, "dbgtransport" },
	{ 0x25000020, "nx" },
	{ 0x25000021, "pae" },
	{ 0x26000022, "winpe" },
	{ 0x26000024, "nocrashautoreboot" },
	{ 0x26000025, "lastknowngood" },
	{ 0x26000026, "oslnointegritychecks" },
	{ 0x26000027, "osltestsigning" },
	{ 0x26000030, "nolowmem" },
	{ 0x25000031, "removememory" },
	{ 0x25000032, "increaseuserva" },
	{ 0x25000033, "perfmem" },
	{ 0x26000040, "vga" },
	{ 0x26000041, "quietboot" },
	{ 0x26000042, "novesa" },
	{ 0x26000043, "novga" },
	{ 0x25000050, "clustermodeaddressing" },
	{ 0x26000051, "usephysicaldestination" },
	{ 0x25000052, "restrictapiccluster" },
	{ 0x22000053, "evstore" },
	{ 0x26000054, "uselegacyapicmode" },
	{ 0x25000055, "x2apicpolicy" },
	{ 0x26000060, "onecpu" },
	{ 0x25000061, "numproc" },
	{ 0x26000062, "maxproc" },
	{ 0x25000063, "configflags" },
	{ 0x26000064, "maxgroup" },
	{ 0x26000065, "groupaware" },
	{ 0x25000066, "groupsize" },
	{ 0x26000070, "usefirmwarepcisettings" },
	{ 0x25000071, "msi" },
	{ 0x25000072, "pciexpress" },
	{ 0x25000080, "safeboot" },
	{ 0x26000081, "safebootalternateshell" },
	{ 0x26000090, "bootlog" },
	{ 0x26000091, "sos" },
	{ 0x260000a0, "debug" },
	{ 0x260000a1, "halbreakpoint" },
	{ 0x260000a2, "useplatformclock" },
	{ 0x260000a3, "forcelegacyplatform" },
	{ 0x260000a4, "useplatformtick" },
	{ 0x260000a5, "disabledynamictick" },
	{ 0x250000a6, "tscsyncpolicy" },
	{ 0x260000b0, "ems" },
	{ 0x250000c0, "forcefailure" },
	{ 0x250000c1, "driverloadfailurepolicy" },
	{ 0x250000c2, "bootmenupolicy" },
	{ 0x260000c3, "onetimeadvancedoptions" },
	{ 0x260000c4, "onetimeoptionsedit" },
	{ 0x250000e0, "bootstatuspolicy" },
	{ 0x260000e1, "disableelamdrivers" },
	{ 0x250000f0, "hypervisorlaunchtype" },
	{ 0x220000f1, "hypervisorpath" },
	{ 0x260000f2, "hypervisordebug" },
	{ 0x250000f3, "hypervisordebugtype" },
	{ 0x250000f4, "hypervisordebugport" },
	{ 0x250000f5, "hypervisorbaudrate" },
	{ 0x250000f6, "hypervisorchannel" },
	{ 0x250000f7, "bootux" },
	{ 0x220000f9, "hypervisorbusparams" },
	{ 0x250000fa, "hypervisornumproc" },
	{ 0x25000100, "tpmbootentropy" },
	{ 0x25000115, "hypervisoriommupolicy" },
	{ 0x25000120, "xsavepolicy" },
	{ 0x25000130, "claimedtpmcounter" },
	{ 0x22000140, "enclavedebug" },
	{ 0x25000142, "vsmlaunchtype" },
	{ 0x25000144, "hypervisorenforcedcodeintegrity" },
	{ 0 },
};

static const struct named resume[] = {
	{ 0x21000001, "filedevice" },
	{ 0x22000002, "filepath" },
	{ 0x26000003, "customsettings" },
	{ 0x26000004, "pae" },
	{ 0x21000005, "associatedosdevice" },
	{ 0x26000006, "debugoptionenabled" },
	{ 0x25000007, "bootux" },
	{ 0x25000008, "bootmenupolicy" },
	{ 0x26000024, "hormenabled" },
	{ 0 },
};

static const struct named memory_test[] = {
	{ 0x25000001, "passcount" },    { 0x25000002, "testmix" },
	{ 0x25000003, "failurecount" }, { 0x26000003, "cacheenable" },
	{ 0x25000004, "testtofail" },   { 0x26000004, "failuresenabled" },
	{ 0x26000005, "cacheenable" },  { 0 },
};

static const struct named device_options[] = {
	{ 0x35000001, "ramdiskimageoffset" },
	{ 0x35000002, "ramdisktftpclientport" },
	{ 0x31000003, "ramdisksdidevice" },
	{ 0x32000004, "ramdisksdipath" },
	{ 0x35000005, "ramdiskimagelength" },
	{ 0x36000006, "exportascd" },
	{ 0x35000007, "ramdisktftpblocksize" },
	{ 0x35000008, "ramdisktftpwindowsize" },
	{ 0x36000009, "ramdiskmulticastenabled" },
	{ 0x3600000a, "ramdiskmctftpfallback" },
	{ 0x3600000b, "ramdisktftpvarwindow" },
	{ 0x45000001, "devicetype" },
	{ 0x42000002, "applicationrelativepath" },
	{ 0x42000003, "ramdiskdevicerelativepath" },
	{ 0x46000004, "omitosloaderelements" },
	{ 0x47000006, "elementstomigrate" },
	{ 0x46000010, "recoveryos" },
	{ 0 },
};

static const struct named types[] = {
	{ 0x10100001, "Firmware Boot Manager" }, { 0x10100002, "Windows Boot Manager" },
	{ 0x10200003, "Windows Boot Loader" },   { 0x10200004, "Resume from Hibernate" },
	{ 0x10200005, "Windows Memory Tester" }, { 0x10300006, "Windows Legacy OS Loader" },
	{ 0x10300007, "Windows Setup Loader" },  { 0x10300008, "Boot Sector" },
	{ 0x10400009, "Startup Module" },        { 0x1020000a, "Boot Application" },
	{ 0x101fffff, "Firmware Application" },  { 0x20100000, "Inherited Settings" },
	{ 0x20200003, "OS Loader Settings" },    { 0x20200004, "Resume Loader Settings" },
	{ 0x30000000, "Device options" },        { 0 },
};

static const char *find(const struct named *list, uint32_t number)
{
	for (; list->name; list++)
		if (list->number == number)
			return list->name;
	return NULL;
}

const char *bcd_object_name(struct regf_text guid)
{
	static const char *const names[][2] = {
		{ "{9dea862c-5cdd-4e70-acc1-f32b344d4795}", "{bootmgr}" },
		{ "{a5a30fa2-3d06-4e9f-b5f4-a01df9d1fcba}", "{fwbootmgr}" },
		{ "{b2721d73-1db4-4c62-bf78-c548a880142d}", "{memdiag}" },
		{ "{466f5a88-0af2-4f76-9038-095b170dc21c}", "{ntldr}" },
		{ "{fa926493-6f1c-4193-a414-58f0b2456d1e}", "{current}" },
		{ "{1cae1eb7-a0df-4d4d-9851-4860e34ef535}", "{default}" },
		{ "{5189b25c-5558-4bf2-bca4-289b11bd29e2}", "{badmemory}" },
		{ "{6efb52bf-1766-41db-a6b3-0ee5eff72bd7}", "{bootloadersettings}" },
		{ "{4636856e-540f-4170-a130-a84776f4c654}", "{dbgsettings}" },
		{ "{0ce4991b-e6b3-4b16-b23c-5e0d9250e5d9}", "{emssettings}" },
		{ "{7ea2e1ac-2e61-4728-aaa3-896d9d0a9f0e}", "{globalsettings}" },
		{ "{7ff607e0-4395-11db-b0de-0800200c9a66}", "{hypervisorsettings}" },
		{ "{1afa9c49-16ab-4a5c-901b-212802da9460}", "{resumeloadersettings}" },
		{ "{ae5534e0-a924-466c-b836-758539a3ee3a}", "{ramdiskoptions}" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (regf_text_is(guid, names[i][0]))
			return names[i][1];
	return NULL;
}

const char *bcd_type_name(uint32_t type)
{
	/* Settings and device options carry more in their low bits. */
	return type >> 28 == 3 ? find(types, 0x30000000) : find(types, type);
}

const char *bcd_element_name(uint32_t object_type, uint32_t element)
{
	uint32_t class = element >> 28, application = object_type & 0xfffff;

	if (class == 1)
		return find(library, element);
	if (class == 3 || class == 4)
		return find(device_options, element);
	if (class != 2)
		return NULL;
	switch (application) {
	case 1: /* of the firmware: the same words */
	case 2:
		return find(manager, element);
	case 3:
		return find(loader, element);
	case 4:
		return find(resume, element);
	case 5:
		return find(memory_test, element);
	default:
		/* Settings for everything: mostly of hypervisor and debugger. */
		return object_type >> 28 == 2 ? find(loader, element) : NULL;
	}
}

enum bcd_form bcd_form(uint32_t element)
{
	return element >> 24 & 15;
}

bool bcd_element_number(struct regf_text name, uint32_t *element)
{
	size_t step = name.narrow ? 1 : 2;

	*element = 0;
	if (name.len != 8 * step)
		return false;
	for (size_t i = 0; i < name.len; i += step) {
		unsigned c = name.bytes[i];
		const unsigned letter = (c | 32) - 'a'; /* of what lies below: very many */
		unsigned digit = c >= '0' && c <= '9' ? c - '0' : letter < 6 ? letter + 10 : 16;

		if (digit > 15 || (!name.narrow && name.bytes[i + 1]))
			return false;
		*element = *element << 4 | digit;
	}
	return true;
}

bool bcd_device_parse(struct regf_bytes b, struct bcd_device *d)
{
	static const struct named names[] = {
		{ 0, "block_io" }, { 2, "partition" }, { 3, "serial" },
		{ 4, "udp" },      { 5, "boot" },      { 6, "qualified_partition" },
		{ 7, "vmbus" },    { 8, "locate" },    { 0 },
	};
	struct reader r = reader_of(b.bytes, b.len);

	*d = (struct bcd_device){ 0 };
	reader_skip(&r, 16); /* further options: the GUID of an object */
	d->type = reader_le32(&r);
	reader_skip(&r, 12); /* flags, bytes, nothing */
	if (r.bad)
		return false;
	d->type_name = d->type ? find(names + 1, d->type) : names[0].name;
	if (d->type != 6)
		return true;
	const uint8_t *partition = reader_take(&r, 16);
	reader_skip(&r, 4);
	uint32_t style = reader_le32(&r);
	const uint8_t *disk = reader_take(&r, 16);
	if (r.bad)
		return true; /* its type is known all the same */
	struct reader offset = reader_of(partition, 8), signature = reader_of(disk, 4);
	d->has_partition = true;
	d->gpt = style == 0;
	d->partition_guid = partition;
	d->disk_guid = disk;
	d->partition_offset = reader_le64(&offset);
	d->disk_signature = reader_le32(&signature);
	return true;
}
