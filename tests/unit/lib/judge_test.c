/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a captured system is, from small trees of files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/wholefile.h"
#include "lib/image/judge.h"
#include "../pe_samples.h"

struct file {
	const char *path, *content;
	size_t len; /* 0: up to the zero */
};

/* A file system of a few files; letters in any case, as NTFS and FAT have it. */
struct tree {
	struct filesystem fs;
	const struct file *files;
	bool broken; /* nothing can be read */
};

static size_t size_of(const struct file *f)
{
	return f->len ? f->len : strlen(f->content);
}

static bool tree_load(struct filesystem *f, const char *path, void *buf, size_t max, size_t *got,
		      bool *there, struct error *e)
{
	const struct tree *t = (struct tree *)(void *)f;

	*there = false;
	*got = 0;
	if (t->broken)
		return error_set(e, ERROR_FAILED, "broken");
	for (const struct file *file = t->files; file->path; file++)
		if (strcasecmp(file->path, path) == 0) {
			*there = true;
			*got = size_of(file) < max ? size_of(file) : max;
			memcpy(buf, file->content, *got);
		}
	return true;
}

static bool tree_read(struct filesystem *f, const struct filesystem_entry *entry, uint64_t offset,
		      void *buf, size_t len, size_t *got, struct error *e)
{
	const struct file *file = entry->internal;

	(void)f, (void)e;
	*got = size_of(file) - offset < len ? size_of(file) - offset : len;
	memcpy(buf, file->content + offset, *got);
	return true;
}

static bool tree_walk(struct filesystem *f,
		      bool (*each)(void *ctx, const struct filesystem_entry *entry,
				   struct error *e),
		      void *ctx, struct error *e)
{
	const struct tree *t = (struct tree *)(void *)f;

	for (const struct file *file = t->files; file->path; file++) {
		struct filesystem_entry entry = { .path = file->path,
						  .type = 'f',
						  .size_bytes = size_of(file),
						  .internal = file };

		if (!each(ctx, &entry, e))
			return false;
	}
	return true;
}

static void judge(struct judgement *j, enum filesystem_kind kind, const struct file *files)
{
	struct tree t = { .files = files };
	struct error e = { 0 };

	t.fs = (struct filesystem){
		.kind = kind, .load = tree_load, .read = tree_read, .walk = tree_walk
	};
	assert_true(judge_volume(&t.fs, j, &e));
}

#define SYSTEM { "Windows/System32/config/SYSTEM", "regf", 0 }
#define STATE(text)                                                                                \
	{                                                                                          \
		"windows/setup/state/state.ini", text, sizeof(text) - 1                            \
	}
#define WIDE                                                                                       \
	"\xff\xfe[\0S\0]\0\r\0\n\0I\0m\0a\0g\0e\0S\0t\0a\0t\0e\0=\0"                               \
	"I\0M\0A\0G\0E\0_\0S\0T\0A\0T\0E\0_\0G\0E\0N\0E\0R\0A\0L\0I\0Z\0E\0_\0"                    \
	"R\0E\0S\0E\0A\0L\0_\0T\0O\0_\0O\0O\0B\0E\0\r\0\n\0"
#define OS { "etc/os-release", "NAME=Debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n", 0 }

static const struct {
	const char *name;
	enum filesystem_kind kind;
	struct file files[5];
	uint8_t os, generalised, role;
	uint16_t boot;
	const char *words;
} system_tests[] = {
	{ "nothing",
	  FILESYSTEM_NTFS,
	  { { "a", "b", 0 } },
	  KIMG_OS_UNKNOWN,
	  KIMG_GENERALISED_NONE,
	  KIMG_ROLE_OTHER,
	  0,
	  "" },
	{ "OOBE",
	  FILESYSTEM_NTFS,
	  { SYSTEM, STATE("[State]\r\nImageState=IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE\r\n") },
	  KIMG_OS_WINDOWS,
	  KIMG_GENERALISED_YES,
	  KIMG_ROLE_SYSTEM,
	  0,
	  "Generalised, says" },
	{ "in UTF-16",
	  FILESYSTEM_NTFS,
	  { SYSTEM, STATE(WIDE) },
	  KIMG_OS_WINDOWS,
	  KIMG_GENERALISED_YES,
	  KIMG_ROLE_SYSTEM,
	  0,
	  "Generalised, says" },
	{ "in UTF-8 with a mark",
	  FILESYSTEM_NTFS,
	  { SYSTEM, STATE("\xef\xbb\xbf"
			  "imagestate = IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE ") },
	  KIMG_OS_WINDOWS,
	  KIMG_GENERALISED_YES,
	  KIMG_ROLE_SYSTEM,
	  0,
	  "Generalised, says" },
	{ "audit",
	  FILESYSTEM_NTFS,
	  { SYSTEM, STATE("ImageState=IMAGE_STATE_GENERALIZE_RESEAL_TO_AUDIT") },
	  KIMG_OS_WINDOWS,
	  KIMG_GENERALISED_YES,
	  KIMG_ROLE_SYSTEM,
	  0,
	  "audit mode" },
	{ "in use",
	  FILESYSTEM_NTFS,
	  { SYSTEM, STATE("ImageState=IMAGE_STATE_COMPLETE\r\n") },
	  KIMG_OS_WINDOWS,
	  KIMG_GENERALISED_NO,
	  KIMG_ROLE_SYSTEM,
	  0,
	  "State.ini says IMAGE_STATE_COMPLETE" },
	{ "only specialised",
	  FILESYSTEM_NTFS,
	  { SYSTEM, STATE("ImageState=IMAGE_STATE_SPECIALIZE_RESEAL_TO_OOBE\r\n") },
	  KIMG_OS_WINDOWS,
	  KIMG_GENERALISED_NO,
	  KIMG_ROLE_SYSTEM,
	  0,
	  "Not generalised" },
	{ "more behind it",
	  FILESYSTEM_NTFS,
	  { SYSTEM, STATE("ImageState=IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE_NOT") },
	  KIMG_OS_WINDOWS,
	  KIMG_GENERALISED_NO,
	  KIMG_ROLE_SYSTEM,
	  0,
	  "Not generalised" },
	{ "another key",
	  FILESYSTEM_NTFS,
	  { SYSTEM, STATE("ImageStateOld=IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE") },
	  KIMG_OS_WINDOWS,
	  KIMG_GENERALISED_NO,
	  KIMG_ROLE_SYSTEM,
	  0,
	  "does not say so" },
	{ "no state",
	  FILESYSTEM_NTFS,
	  { { "WINDOWS/system32/NTOSKRNL.EXE", "MZ", 0 } },
	  KIMG_OS_WINDOWS,
	  KIMG_GENERALISED_NO,
	  KIMG_ROLE_SYSTEM,
	  0,
	  "does not say so" },
	{ "Linux",
	  FILESYSTEM_EXT,
	  { OS },
	  KIMG_OS_LINUX,
	  KIMG_GENERALISED_YES,
	  KIMG_ROLE_SYSTEM,
	  0,
	  "Debian GNU/Linux 12 (bookworm)" },
	{ "its empty number",
	  FILESYSTEM_EXT,
	  { OS, { "etc/machine-id", "\n", 0 } },
	  KIMG_OS_LINUX,
	  KIMG_GENERALISED_YES,
	  KIMG_ROLE_SYSTEM,
	  0,
	  "Generalised" },
	{ "no number yet",
	  FILESYSTEM_EXT,
	  { OS, { "etc/machine-id", "uninitialized\n", 0 } },
	  KIMG_OS_LINUX,
	  KIMG_GENERALISED_YES,
	  KIMG_ROLE_SYSTEM,
	  0,
	  "Generalised" },
	{ "the beginning of that word",
	  FILESYSTEM_EXT,
	  { OS, { "etc/machine-id", "uninit\n", 0 } },
	  KIMG_OS_LINUX,
	  KIMG_GENERALISED_NO,
	  KIMG_ROLE_SYSTEM,
	  0,
	  "there are /etc/machine-id." },
	{ "its number",
	  FILESYSTEM_EXT,
	  { { "usr/lib/os-release", "ID=x", 0 },
	    { "etc/machine-id", "0123456789abcdef0123456789abcdef\n", 0 } },
	  KIMG_OS_LINUX,
	  KIMG_GENERALISED_NO,
	  KIMG_ROLE_SYSTEM,
	  0,
	  "there are /etc/machine-id." },
	{ "its keys",
	  FILESYSTEM_EXT,
	  { OS,
	    { "etc/machine-id", "uninitialized", 0 },
	    { "etc/ssh/ssh_host_ed25519_key", "k", 0 },
	    { "etc/ssh/ssh_host_rsa_key", "k", 0 } },
	  KIMG_OS_LINUX,
	  KIMG_GENERALISED_NO,
	  KIMG_ROLE_SYSTEM,
	  0,
	  "there are /etc/ssh/ssh_host_rsa_key, /etc/ssh/ssh_host_ed25519_key." },
	{ "GRUB of a BIOS",
	  FILESYSTEM_EXT,
	  { { "grub/i386-pc/core.img", "x", 0 } },
	  KIMG_OS_UNKNOWN,
	  KIMG_GENERALISED_NONE,
	  KIMG_ROLE_OTHER,
	  KIMG_BOOT_BIOS,
	  "" },
	{ "bootmgr",
	  FILESYSTEM_NTFS,
	  { { "bootmgr", "x", 0 } },
	  KIMG_OS_UNKNOWN,
	  KIMG_GENERALISED_NONE,
	  KIMG_ROLE_OTHER,
	  KIMG_BOOT_BIOS,
	  "" },
	{ "WinRE",
	  FILESYSTEM_NTFS,
	  { { "Recovery/WindowsRE/winre.wim", "x", 0 } },
	  KIMG_OS_UNKNOWN,
	  KIMG_GENERALISED_NONE,
	  KIMG_ROLE_RECOVERY,
	  0,
	  "" },
	{ "WinRE beside Windows",
	  FILESYSTEM_NTFS,
	  { SYSTEM, { "Recovery/WindowsRE/winre.wim", "x", 0 } },
	  KIMG_OS_WINDOWS,
	  KIMG_GENERALISED_NO,
	  KIMG_ROLE_SYSTEM,
	  0,
	  "" },
	{ "an ESP of nonsense",
	  FILESYSTEM_FAT,
	  { { "efi/boot/BOOTIA32.efi", "x", 0 } },
	  KIMG_OS_UNKNOWN,
	  KIMG_GENERALISED_NONE,
	  KIMG_ROLE_ESP,
	  KIMG_BOOT_UEFI,
	  "efi/boot/BOOTIA32.efi is no program for the firmware" },
	{ "not an ESP",
	  FILESYSTEM_FAT,
	  { { "EFI/debian/grubx64.efi", "x", 0 },
	    { "x/EFI/BOOT/BOOTX64.EFI", "x", 0 },
	    { "EFI/debian/old/shimx64.efi", "x", 0 },
	    { "EFI/BOOT/BOOT/a/b.efi", "x", 0 } },
	  KIMG_OS_UNKNOWN,
	  KIMG_GENERALISED_NONE,
	  KIMG_ROLE_OTHER,
	  0,
	  "" },
};

static void systems(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(system_tests) / sizeof(system_tests[0]); i++) {
		struct judgement j = { 0 };

		judge(&j, system_tests[i].kind, system_tests[i].files);
		if (j.os != system_tests[i].os || j.generalised != system_tests[i].generalised ||
		    j.role != system_tests[i].role || j.boot != system_tests[i].boot ||
		    j.signers != 0 || !strstr(text_end(&j.why), system_tests[i].words))
			fail_msg("%s: %u %u %u %u %s", system_tests[i].name, j.os, j.generalised,
				 j.role, j.boot, text_end(&j.why));
		judgement_release(&j);
	}
}

/* Several volumes: the worst counts, and everything adds up. */
static void several(void **state)
{
	static const struct file ready[] = {
		SYSTEM, STATE("ImageState=IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE"), { 0 }
	};
	static const struct file used[] = { OS, { "etc/machine-id", "0123", 0 }, { 0 } };
	static const struct file boot[] = { { "EFI/BOOT/BOOTX64.EFI", "x", 0 }, { 0 } };
	static const struct file none[] = { { 0 } };
	struct judgement j = { 0 };

	(void)state;
	assert_int_equal(j.generalised, KIMG_GENERALISED_NO); /* not known yet */
	judge(&j, FILESYSTEM_FAT, boot);
	assert_int_equal(j.generalised, KIMG_GENERALISED_NONE);
	judge(&j, FILESYSTEM_NTFS, ready);
	assert_int_equal(j.generalised, KIMG_GENERALISED_YES);
	judge(&j, FILESYSTEM_NTFS, none);
	assert_int_equal(j.generalised, KIMG_GENERALISED_YES);
	assert_int_equal(j.role, KIMG_ROLE_OTHER);
	judge(&j, FILESYSTEM_EXT, used);
	assert_int_equal(j.generalised, KIMG_GENERALISED_NO);
	assert_int_equal(j.os, KIMG_OS_WINDOWS);
	assert_int_equal(j.systems, 2);
	assert_int_equal(j.boot, KIMG_BOOT_UEFI);
	judgement_release(&j);
}

/* The loader of the stick: shim, as Microsoft signed it twice, and Debian's GRUB. */
static void signers(void **state)
{
	struct text path = { 0 }, shim = { 0 }, grub = { 0 };
	const char *out = getenv("BLACKSTART_OUT");
	bool there = false, both = false;
	struct error e = { 0 };

	(void)state;
	text_addf(&path, "%s/packages/loader/usr/lib/shim/shimx64.efi.signed", out ? out : "out");
	assert_true(wholefile_read_if(AT_FDCWD, path.s, 0, 8 << 20, &shim, &there, &e));
	text_clear(&path);
	text_addf(&path, "%s/packages/loader/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed",
		  out ? out : "out");
	assert_true(wholefile_read_if(AT_FDCWD, path.s, 0, 8 << 20, &grub, &both, &e));
	text_release(&path);
	if (!there || !both)
		skip();
	const struct file as_shim[] = { { "EFI/debian/shimx64.efi", shim.s, shim.len },
					{ "EFI/debian/grubx64.efi", grub.s, grub.len },
					{ 0 } };
	const struct file as_grub[] = { { "EFI/BOOT/BOOTX64.EFI", grub.s, grub.len }, { 0 } };
	struct judgement j = { 0 };

	judge(&j, FILESYSTEM_FAT, as_shim);
	assert_int_equal(j.signers, KIMG_SIGNER_THIRD_2011 | KIMG_SIGNER_THIRD_2023);
	assert_non_null(strstr(j.why.s, "Microsoft UEFI CA 2023"));
	judge(&j, FILESYSTEM_FAT, as_grub);
	assert_int_equal(j.signers,
			 KIMG_SIGNER_THIRD_2011 | KIMG_SIGNER_THIRD_2023 | KIMG_SIGNER_OTHER);
	judgement_release(&j);
	/* On a volume that firmware cannot read they are only files. */
	judge(&j, FILESYSTEM_EXT, as_shim);
	assert_int_equal(j.signers | j.boot, 0);
	judgement_release(&j);
	text_release(&shim);
	text_release(&grub);
}

/* Each signature counts for itself: one of a known CA does not hide one of another. */
static void each_signature(void **state)
{
#define CN "\x06\x03\x55\x04\x03\x0c"
	static const char known[] = CN "\x16Microsoft UEFI CA 2023";
	static const char other[] = CN "\x0aMuster-CA1";
	uint8_t program[2048];
	const struct file files[] = { { "efi/boot/bootx64.efi", (char *)program, sizeof(program) },
				      { 0 } };
	struct judgement j = { 0 };

	(void)state;
	pe_make(program, sizeof(program), 0x20b, known, sizeof(known) - 1);
	judge(&j, FILESYSTEM_FAT, files);
	assert_int_equal(j.signers, KIMG_SIGNER_THIRD_2023);
	judgement_release(&j);
	pe_add(program, other, sizeof(other) - 1);
	judge(&j, FILESYSTEM_FAT, files);
	assert_int_equal(j.signers, KIMG_SIGNER_THIRD_2023 | KIMG_SIGNER_OTHER);
	assert_non_null(strstr(j.why.s, "signed by: Microsoft UEFI CA 2023, another."));
	judgement_release(&j);
}

/* Thousands of boot managers, and those of gigabytes, are not read. */
static void too_many(void **state)
{
	struct file files[72] = { { "EFI/BOOT/BOOTX64.EFI", "x", 33 << 20 } };
	struct judgement j = { 0 };

	(void)state;
	judge(&j, FILESYSTEM_FAT, files);
	assert_int_equal(j.signers, KIMG_SIGNER_OTHER);
	assert_non_null(strstr(j.why.s, "EFI/BOOT/BOOTX64.EFI cannot be read, or is too large"));
	judgement_release(&j);
	for (size_t i = 0; i < 71; i++)
		files[i] = (struct file){ "EFI/BOOT/BOOTX64.EFI", "x", 0 };
	judge(&j, FILESYSTEM_FAT, files);
	assert_int_equal(j.signers, KIMG_SIGNER_OTHER);
	assert_non_null(strstr(j.why.s, "Of 71 boot managers only 64 were looked into"));
	size_t looked = 0;
	for (const char *s = j.why.s; (s = strstr(s, "is no program")); s++)
		looked++;
	assert_int_equal(looked, 64);
	judgement_release(&j);
}

static void unreadable(void **state)
{
	struct tree t = { .broken = true };
	struct judgement j = { 0 };
	struct error e = { 0 };

	(void)state;
	t.fs = (struct filesystem){ .kind = FILESYSTEM_EXT, .load = tree_load };
	assert_false(judge_volume(&t.fs, &j, &e));
	assert_int_equal(e.kind, ERROR_FAILED);
	judgement_release(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(systems),  cmocka_unit_test(several),
		cmocka_unit_test(signers),  cmocka_unit_test(each_signature),
		cmocka_unit_test(too_many), cmocka_unit_test(unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
