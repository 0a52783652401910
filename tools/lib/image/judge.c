/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a captured system is, by its files. */
#include "lib/image/judge.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/image/judge_inside.h"

#define FILE_MAX 65536u

/* The beginning of a small file as UTF-8 text, appended; *there false if there is none. */
static bool load_text(struct filesystem *f, const char *path, struct text *out, bool *there,
		      struct error *e)
{
	char *bytes = mem_alloc(FILE_MAX + 2);
	size_t len = 0;
	bool ok = f->load(f, path, bytes, FILE_MAX, &len, there, e);

	if (ok && *there)
		judge_text(out, bytes, len);
	free(bytes);
	return ok;
}

static bool is_there(struct filesystem *f, const char *path, bool *there, struct error *e)
{
	size_t len;
	char byte;

	return f->load(f, path, &byte, 1, &len, there, e);
}

/* The first of some paths that is there, or NULL in *path. */
static bool first_there(struct filesystem *f, const char *const *paths, const char **path,
			struct error *e)
{
	bool there = false;

	for (*path = *paths; *path; *path = *++paths) {
		if (!is_there(f, *path, &there, e))
			return false;
		if (there)
			return true;
	}
	return true;
}

/* One system more. */
static void found(struct judgement *j, uint8_t os, bool ready)
{
	j->role = KIMG_ROLE_SYSTEM;
	if (!j->systems++)
		j->os = os;
	j->ready += ready;
}

static bool judge_windows(struct filesystem *f, struct judgement *j, struct error *e)
{
	static const char *const signs[] = { "Windows/System32/config/SYSTEM",
					     "Windows/System32/ntoskrnl.exe", NULL };
	static const char state_ini[] = "Windows/Setup/State/State.ini";
	struct text text = { 0 };
	const char *sign;
	bool there = false, ready = false;

	if (!first_there(f, signs, &sign, e))
		return false;
	if (!sign)
		return true;
	if (!load_text(f, state_ini, &text, &there, e))
		return false;
	struct text state = { 0 };
	judge_value(text_end(&text), "ImageState", &state);
	const char *s = text_end(&state);
	text_addf(&j->why, _("Windows, for %s is there. "), sign);
	if (strcmp(s, "IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE") == 0) {
		text_addf(&j->why, _("Generalised, says %s.\n"), state_ini);
		ready = true;
	} else if (strcmp(s, "IMAGE_STATE_GENERALIZE_RESEAL_TO_AUDIT") == 0) {
		text_addf(&j->why, _("Generalised, to start in audit mode, says %s.\n"), state_ini);
		ready = true;
	} else if (!*s) {
		text_addf(&j->why, _("Not generalised: %s does not say so.\n"), state_ini);
	} else {
		text_addf(&j->why, _("Not generalised: %s says %s.\n"), state_ini, s);
	}
	found(j, KIMG_OS_WINDOWS, ready);
	text_release(&text);
	text_release(&state);
	return true;
}

/* Files that must differ on each PC, and so must not be in an image. */
static bool judge_identity(struct filesystem *f, struct text *left, struct error *e)
{
	static const char *const keys[] = {
		"etc/ssh/ssh_host_key",         "etc/ssh/ssh_host_dsa_key",
		"etc/ssh/ssh_host_rsa_key",     "etc/ssh/ssh_host_ecdsa_key",
		"etc/ssh/ssh_host_ed25519_key",
	};
	struct text id = { 0 };
	bool there;

	if (!load_text(f, "etc/machine-id", &id, &there, e))
		return false;
	size_t n = strcspn(text_end(&id), " \t\r\n");
	if (n && !(n == 13 && memcmp(id.s, "uninitialized", n) == 0))
		text_add(left, "/etc/machine-id");
	text_release(&id);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!is_there(f, keys[i], &there, e))
			return false;
		if (there)
			text_addf(left, "%s/%s", left->len ? ", " : "", keys[i]);
	}
	return true;
}

static bool judge_linux(struct filesystem *f, struct judgement *j, struct error *e)
{
	static const char *const signs[] = { "etc/os-release", "usr/lib/os-release", NULL };
	struct text text = { 0 }, name = { 0 }, left = { 0 };
	const char *sign;
	bool there;

	if (!first_there(f, signs, &sign, e))
		return false;
	if (!sign)
		return true;
	if (!load_text(f, sign, &text, &there, e) || !judge_identity(f, &left, e)) {
		text_release(&text);
		text_release(&left);
		return false;
	}
	judge_value(text_end(&text), "PRETTY_NAME", &name);
	text_addf(&j->why, _("Linux (%s), for /%s is there. "), *text_end(&name) ? name.s : "?",
		  sign);
	if (left.len)
		text_addf(&j->why, _("Not generalised: there are %s.\n"), left.s);
	else
		text_add(&j->why,
			 _("Generalised: /etc/machine-id is empty or missing, and there are "
			   "no /etc/ssh/ssh_host_*_key.\n"));
	found(j, KIMG_OS_LINUX, left.len == 0);
	text_release(&text);
	text_release(&name);
	text_release(&left);
	return true;
}

/* Boot programs of a BIOS that lie in files, and the recovery system. */
static bool judge_rest(struct filesystem *f, struct judgement *j, struct error *e)
{
	static const char *const bios[] = { "bootmgr",
					    "boot/grub/i386-pc/core.img",
					    "grub/i386-pc/core.img",
					    "boot/grub2/i386-pc/core.img",
					    "grub2/i386-pc/core.img",
					    NULL };
	static const char *const recovery[] = { "Recovery/WindowsRE/Winre.wim", NULL };
	const char *sign;

	if (!first_there(f, bios, &sign, e))
		return false;
	if (sign)
		j->boot |= KIMG_BOOT_BIOS;
	if (!first_there(f, recovery, &sign, e))
		return false;
	if (sign && j->role == KIMG_ROLE_OTHER)
		j->role = KIMG_ROLE_RECOVERY;
	return true;
}

bool judge_volume(struct filesystem *f, struct judgement *j, struct error *e)
{
	j->role = KIMG_ROLE_OTHER;
	if (!judge_windows(f, j, e) || !judge_linux(f, j, e) || !judge_rest(f, j, e) ||
	    (f->kind == FILESYSTEM_FAT && !judge_efi(f, j, e)))
		return false;
	if (!j->systems)
		j->generalised = KIMG_GENERALISED_NONE;
	else
		j->generalised = j->ready == j->systems ? KIMG_GENERALISED_YES
							: KIMG_GENERALISED_NO;
	return true;
}

void judgement_release(struct judgement *j)
{
	text_release(&j->why);
	*j = (struct judgement){ 0 };
}
