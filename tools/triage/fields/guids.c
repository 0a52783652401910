/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of the shell's folders and properties, from Windows' own headers (ShlGuid.h,
 * KnownFolders.h, propkey.h). */
#include "triage/fields/guids.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define GUID_TEXT 37

static const struct folder {
	const char *guid, *name;
} folders[] = {
	{ "018d5c66-4533-4307-9b53-224de2ed1fe6", "OneDrive" },
	{ "031e4825-7b94-4dc3-b131-e946b44c8dd5", "Libraries" },
	{ "0762d272-c50a-4bb0-a382-697dcd729b80", "UserProfiles" },
	{ "1ac14e77-02e7-4e5d-b744-2eb1ae5198b7", "System" },
	{ "208d2c60-3aea-1069-a2d7-08002b30309d", "My Network Places" },
	{ "20d04fe0-3aea-1069-a2d8-08002b30309d", "My Computer" },
	{ "21ec2020-3aea-1069-a2dd-08002b30309d", "Control Panel" },
	{ "26ee0668-a00a-44d7-9371-beb064c98683", "Control Panel (categories)" },
	{ "33e28130-4e1e-4676-835a-98395c3bc3bb", "Pictures" },
	{ "374de290-123f-4565-9164-39c4925e467b", "Downloads" },
	{ "3eb685db-65f9-4cf6-a03a-e3ef65729f3d", "RoamingAppData" },
	{ "450d8fba-ad25-11d0-98a8-0800361b1103", "My Documents" },
	{ "59031a47-3f72-44a7-89c5-5595fe6b30ee", "Users Files" },
	{ "5e6c858f-0e22-4760-9afe-ea3317b67173", "Profile" },
	{ "625b53c3-ab48-4ec1-ba1f-a1ef4146fc19", "StartMenu" },
	{ "62ab5d82-fdc1-4dc3-a9dd-070d1d495d97", "ProgramData" },
	{ "645ff040-5081-101b-9f08-00aa002f954e", "Recycle Bin" },
	{ "679f85cb-0220-4080-b29b-5540cc05aab6", "Quick Access" },
	{ "6d809377-6af0-444b-8957-a3773f02200e", "ProgramFilesX64" },
	{ "7c5a40ef-a0fb-4bfc-874a-c0f2e0b9fa8e", "ProgramFilesX86" },
	{ "82a74aeb-aeb4-465c-a014-d097ee346d63", "ControlPanelFolder" },
	{ "871c5380-42a0-1069-a2ea-08002b30309d", "Internet Explorer" },
	{ "905e63b6-c1bf-494e-b29c-65b732d3d21a", "ProgramFiles" },
	{ "a305ce99-f527-492b-8b1a-7e76fa98d6e4", "Installed Updates" },
	{ "a77f5d77-2e2b-44c3-a6a2-aba601054a51", "Programs" },
	{ "b4bfcc3a-db2c-424c-b029-7fe99a87c641", "Desktop" },
	{ "b97d20bb-f46a-4c97-ba10-5e3608430854", "Startup" },
	{ "d65231b0-b2f1-4857-a4ce-a8e7c6ea7d27", "SystemX86" },
	{ "dfdf76a2-c82a-4d63-906a-5644ac457385", "Public" },
	{ "f02c1a0d-be21-4350-88b0-7367fc96ef3c", "Network" },
	{ "f1b32785-6fba-4fcf-9d55-7b8e7f157091", "LocalAppData" },
	{ "f38bf404-1d43-42f2-9305-67de0b28fc23", "Windows" },
	{ "fdd39ad0-238f-46af-adb4-6c85480369c7", "Documents" },
};

static const struct property {
	const char *format_id;
	uint32_t id;
	const char *name;
} properties[] = {
	{ "28636aa6-953d-11d2-b5d6-00c04fd918d0", 5, "System.ComputerName" },
	{ "28636aa6-953d-11d2-b5d6-00c04fd918d0", 30, "System.ParsingPath" },
	{ "446d16b1-8dad-4870-a748-402ea43d788c", 104, "System.VolumeId" },
	{ "9f4c2855-9f79-4b39-a8d0-e1d42de1d5f3", 2, "System.AppUserModel.RelaunchCommand" },
	{ "9f4c2855-9f79-4b39-a8d0-e1d42de1d5f3", 3, "System.AppUserModel.RelaunchIconResource" },
	{ "9f4c2855-9f79-4b39-a8d0-e1d42de1d5f3", 4,
	  "System.AppUserModel.RelaunchDisplayNameResource" },
	{ "9f4c2855-9f79-4b39-a8d0-e1d42de1d5f3", 5, "System.AppUserModel.ID" },
	{ "9f4c2855-9f79-4b39-a8d0-e1d42de1d5f3", 6, "System.AppUserModel.IsDestListSeparator" },
	{ "9f4c2855-9f79-4b39-a8d0-e1d42de1d5f3", 8,
	  "System.AppUserModel.ExcludeFromShowInNewInstall" },
	{ "9f4c2855-9f79-4b39-a8d0-e1d42de1d5f3", 9, "System.AppUserModel.PreventPinning" },
	{ "9f4c2855-9f79-4b39-a8d0-e1d42de1d5f3", 26, "System.AppUserModel.ToastActivatorCLSID" },
	{ "b725f130-47ef-101a-a5f1-02608c9eebac", 4, "System.ItemTypeText" },
	{ "b725f130-47ef-101a-a5f1-02608c9eebac", 10, "System.ItemNameDisplay" },
	{ "b725f130-47ef-101a-a5f1-02608c9eebac", 12, "System.Size" },
	{ "b725f130-47ef-101a-a5f1-02608c9eebac", 13, "System.FileAttributes" },
	{ "b725f130-47ef-101a-a5f1-02608c9eebac", 14, "System.DateModified" },
	{ "b725f130-47ef-101a-a5f1-02608c9eebac", 15, "System.DateCreated" },
	{ "b725f130-47ef-101a-a5f1-02608c9eebac", 16, "System.DateAccessed" },
	{ "dabd30ed-0043-4789-a7f8-d013a4736622", 100, "System.ItemFolderPathDisplayNarrow" },
	{ "e3e0584c-b788-4a5a-bb20-7f5a44c9acdd", 6, "System.ItemFolderPathDisplay" },
	{ "e3e0584c-b788-4a5a-bb20-7f5a44c9acdd", 7, "System.ItemPathDisplay" },
	{ "f29f85e0-4ff9-1068-ab91-08002b27b3d9", 2, "System.Title" },
	{ "f29f85e0-4ff9-1068-ab91-08002b27b3d9", 4, "System.Author" },
	{ "f29f85e0-4ff9-1068-ab91-08002b27b3d9", 6, "System.Comment" },
};

static void write_guid(char out[GUID_TEXT], const uint8_t g[16])
{
	snprintf(out, GUID_TEXT,
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", g[3], g[2],
		 g[1], g[0], g[5], g[4], g[7], g[6], g[8], g[9], g[10], g[11], g[12], g[13], g[14],
		 g[15]);
}

const char *guid_folder_name(const uint8_t guid[16])
{
	char text[GUID_TEXT];

	write_guid(text, guid);
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (strcmp(folders[i].guid, text) == 0)
			return folders[i].name;
	return NULL;
}

const char *guid_property_name(const uint8_t format_id[16], uint32_t id)
{
	char text[GUID_TEXT];

	write_guid(text, format_id);
	for (size_t i = 0; i < sizeof(properties) / sizeof(*properties); i++)
		if (properties[i].id == id && strcmp(properties[i].format_id, text) == 0)
			return properties[i].name;
	return NULL;
}
