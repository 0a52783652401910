/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sticks made by sfdisk, mkfs.vfat and mtools, whole ones and every kind of others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../folder.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/base/wholefile.h"
#include "lib/crypto/manifest.h"
#include "lib/crypto/minisign.h"
#include "lib/data/cpio.h"
#include "lib/disk/stickproof.h"

#define DISK_BYTES (UINT64_C(531) << 20)
#define ALL 9 /* files of a slot that is whole: three, and six of the signed kit */

/* Holders a to d; the same in every run, stored nowhere. */
static void sign(struct text *out, const char *holders, const char *what, size_t len,
		 enum trust_role role)
{
	char comment[100];

	trust_comment(comment, sizeof(comment), role, role == TRUST_ROOT ? 1 : 7);
	for (; *holders; holders++) {
		uint8_t seed[32] = { (uint8_t)*holders, 1 }, number[8] = { (uint8_t)*holders };
		struct minisign_secret s;
		struct error e = { 0 };

		minisign_from_seed(&s, seed, number);
		assert_true(minisign_sign(&s, what, len, "test", comment, out, &e));
	}
}

/* A root whose `holders` (two of them, sorted) sign roots together and kits together. */
static void make_root(struct text *out, const char *title, const char *holders)
{
	text_addf(out, "blackstart-root 1\norganisation  %s\nversion  1\nserial  0\nexercise  no\n",
		  title);
	for (int i = 0; i < 2; i++) {
		uint8_t seed[32] = { (uint8_t)holders[i], 1 }, number[8] = { (uint8_t)holders[i] };
		struct minisign_secret s;
		char line[MINISIGN_LINE];

		minisign_from_seed(&s, seed, number);
		minisign_public_line(&s.public, line);
		text_addf(out, "key  %c  %s\n", holders[i], line);
	}
	text_addf(out,
		  "role  root  2  0  %.1s  %s\nrole  image  0  0\nrole  kit  2  0  %.1s  %s\n"
		  "role  release  1  0  %s\nrole  operator  1  0  %s\n",
		  holders, holders + 1, holders, holders + 1, holders + 1, holders + 1);
}

/* What a kit is made like. NULL and 0 are the ordinary one. */
struct plan {
	const char *title;   /* of the organisation, "Stadt Beispiel" */
	const char *holders; /* of its root, "ab" */
	const char *signers; /* of the kit, "" for none */
	const char *slot_signers;
	enum trust_role slot_role;
	enum harm {
		NONE,
		FILE_ALTERED,
		FILE_ADDED,
		FILE_MISSING,
		FILE_TWICE,
		FILE_MODE,
		ORDER,
		NO_MANIFEST,
		LATE_SIGNATURES,
		TAIL,
		CUT,
		HUGE_FILE,
		OWNER,
		OPEN_FOLDER,
		NO_ROOT,
		ROOT_GAP,
		BAD_CHAIN,
	} harm;
};

struct file {
	const char *path;
	struct text bytes;
};

static void add(struct cpio_writer *w, const struct file *f, const struct plan *p)
{
	bool open = strcmp(f->path, "kit/open.db") == 0;

	if (open && p->harm == FILE_MISSING)
		return;
	cpio_add_file(w, f->path, open && p->harm == FILE_MODE ? 0755 : 0644,
		      open && p->harm == FILE_ALTERED ? "the open tiex" : f->bytes.s, f->bytes.len);
	if (open && p->harm == FILE_TWICE)
		cpio_add_file(w, f->path, 0644, f->bytes.s, f->bytes.len);
	if (open && p->harm == FILE_ADDED)
		cpio_add_file(w, "kit/other.db", 0644, "x", 1);
}

/* A header whose field at `offset` says something else. */
static void change_header(struct text *archive, size_t offset, const char value[9])
{
	char *name = memmem(archive->s, archive->len, "kit/trust/1.root", 17);

	assert_non_null(name);
	memcpy(name - 110 + offset, value, 8);
}

static void make_kit(const struct plan *p, struct text *archive, struct text *manifest)
{
	struct file files[] = { { "kit/open.db", { 0 } },
				{ "kit/strict.db.sealed", { 0 } },
				{ "kit/trust/1.root", { 0 } },
				{ "kit/trust/1.root.minisig", { 0 } } };
	size_t count = p->harm == NO_ROOT ? 2 : 4;
	struct cpio_writer w = { 0 };
	struct manifest_writer list = { 0 };
	struct text signatures = { 0 };
	struct error e = { 0 };
	const char *holders = p->holders ? p->holders : "ab";

	if (p->harm == ROOT_GAP) {
		files[2].path = "kit/trust/2.root";
		files[3].path = "kit/trust/2.root.minisig";
	}
	text_add(&files[0].bytes, "the open tier");
	text_add(&files[1].bytes, "nobody reads this");
	make_root(&files[2].bytes, p->title ? p->title : "Stadt Beispiel", holders);
	sign(&files[3].bytes, p->harm == BAD_CHAIN ? "d" : holders, files[2].bytes.s,
	     files[2].bytes.len, TRUST_ROOT);
	for (size_t i = 0; i < count; i++) {
		struct digest d = digest_bytes(files[i].bytes.s, files[i].bytes.len);

		manifest_add_file(&list, files[i].path, 0644, files[i].bytes.len, &d);
	}
	assert_true(manifest_write(&list, manifest, &e));
	sign(&signatures, p->signers, manifest->s, manifest->len, TRUST_KIT);
	cpio_add_folder(&w, "kit", p->harm == OPEN_FOLDER ? 0777 : 0755);
	if (p->harm != NO_MANIFEST)
		cpio_add_file(&w, "kit/manifest", 0644, manifest->s, manifest->len);
	if (p->harm == LATE_SIGNATURES)
		add(&w, &files[0], p);
	if (*p->signers)
		cpio_add_file(&w, "kit/manifest.minisig", 0644, signatures.s, signatures.len);
	for (size_t i = p->harm == LATE_SIGNATURES; i < count; i++)
		add(&w, &files[p->harm == ORDER && i < 2 ? 1 - i : i], p);
	cpio_finish(&w);
	if (p->harm == TAIL)
		text_add(&w.out, "more");
	if (p->harm == CUT)
		w.out.len = 1500;
	if (p->harm == HUGE_FILE)
		change_header(&w.out, 54, "FFFFFFF0");
	if (p->harm == OWNER)
		change_header(&w.out, 22, "000003E8");
	*archive = w.out;
	manifest_writer_release(&list);
	text_release(&signatures);
	for (size_t i = 0; i < 4; i++)
		text_release(&files[i].bytes);
}

static void write_file(const char *name, const struct text *bytes)
{
	FILE *f = fopen(name, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes->s, 1, bytes->len, f), bytes->len);
	assert_int_equal(fclose(f), 0);
}

/* In a folder of its own: `disk`, a copy of `empty`; slot/ with a's files. The shell is
 * the other maker: it digests and copies by itself. */
static void run(const char *commands)
{
	char *script = mem_format(
		"D=disk@@2M\n"
		"put() { mcopy -o -i $D slot/$1 ::a/${2:-$1}; }\n"
		"list() { { echo 'blackstart-manifest 1'; for f; do printf 'file  %%s  %%s  0644"
		"  %%s\\n' $(b2sum -l 256 slot/$f | cut -c1-64) $(stat -c %%s slot/$f) $f; done; }"
		" > slot/manifest; }\n%s",
		commands);

	folder_run(script);
	free(script);
}

static const char *const table =
	"rm -f empty; truncate -s 531M empty; sfdisk -q empty <<-E\n"
	"label: gpt\nfirst-lba: 34\n"
	"start=2048, size=2048, type=21686148-6449-6E6F-744E-656564454649, name=BLACKSTART-BOOT\n"
	"start=4096, size=1048576, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name=BLACKSTART\n"
	"start=1052672, size=32768, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4,"
	" name=BLACKSTART-DATA\nE\n";

static int make_empty(void **state)
{
	folder_enter(state);
	run(table);
	run("mkfs.vfat -F 32 --offset 4096 empty 524288 > /dev/null 2>&1; mkdir slot\n"
	    "mmd -i empty@@2M ::a ::b ::EFI ::EFI/BOOT; echo x > slot/x\n"
	    "mcopy -i empty@@2M slot/x ::EFI/BOOT/BOOTX64.EFI; rm slot/x\n"
	    "head -c 700000 /dev/urandom > base.img; echo kernel > vmlinuz");
	return 0;
}

static bool read_disk(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const int *fd = ctx;

	return pread(*fd, buf, len, (off_t)offset) == (ssize_t)len ||
	       error_set(e, ERROR_FAILED, "unreadable");
}

struct bar {
	uint64_t done_bytes, all_bytes;
};

static void move_bar(void *ctx, uint64_t done_bytes, uint64_t all_bytes)
{
	struct bar *bar = ctx;

	assert_true(done_bytes >= bar->done_bytes);
	*bar = (struct bar){ done_bytes, all_bytes };
}

static bool prove(const struct stick_expect *expect, struct stick_report *report, struct error *e)
{
	int fd = open("disk", O_RDONLY | O_CLOEXEC);
	struct bar bar = { 0 };
	const struct stick_source source = { { read_disk, &fd, DISK_BYTES, 512 }, move_bar, &bar };
	bool ok;

	assert_true(fd >= 0);
	ok = stick_prove(&source, expect, report, e);
	close(fd);
	if (ok) {
		assert_true(bar.all_bytes > 700000);
		assert_true(bar.done_bytes >= bar.all_bytes);
	}
	return ok;
}

/* A stick as planned, with commands of the shell around the copying. */
static void make_stick(const struct plan *p, const char *before, const char *after)
{
	struct text archive = { 0 }, kit_manifest = { 0 }, signatures = { 0 }, manifest = { 0 };
	struct error e = { 0 };

	make_kit(p, &archive, &kit_manifest);
	run("rm -rf slot; mkdir slot; cp base.img vmlinuz slot; cp --sparse=always empty disk");
	write_file("slot/kit.img", &archive);
	run("list base.img kit.img vmlinuz");
	run(before);
	if (p->slot_signers) {
		assert_true(wholefile_read(AT_FDCWD, "slot/manifest", 0, 65536, &manifest, &e));
		sign(&signatures, p->slot_signers, manifest.s, manifest.len, p->slot_role);
		write_file("slot/manifest.minisig", &signatures);
	}
	run("mcopy -i $D slot/* ::a");
	run(after);
	text_release(&archive);
	text_release(&kit_manifest);
	text_release(&signatures);
	text_release(&manifest);
}

static void check(const char *name, const struct stick_expect *expect, const char *file,
		  const char *says)
{
	struct stick_report report;
	struct error e = { 0 };
	bool ok = prove(expect, &report, &e);

	if (ok != !says || (says && !strstr(e.text, says)) || strcmp(report.slot[0].file, file))
		fail_msg("%s: %s %s, file \"%s\"", name, ok ? "proved" : "refused", e.text,
			 report.slot[0].file);
	if (says)
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
}

static void whole(void **state)
{
	const struct plan p = { .signers = "ab", .slot_signers = "ab", .slot_role = TRUST_KIT };
	const struct stick_expect any = { 0 };
	struct stick_report r;
	struct error e = { 0 };

	(void)state;
	make_stick(
		&p, "echo slots > slot/kit.slots",
		"mmd -i $D '::System Volume Information'; echo x > x; mcopy -i $D x ::EFI/BOOT/x");
	assert_true(prove(&any, &r, &e));
	assert_int_equal(r.slot[0].state, STICK_SLOT_PROVED);
	assert_int_equal(r.slot[1].state, STICK_SLOT_EMPTY);
	assert_int_equal(r.slot[0].kit.trust, KIT_SIGNED);
	assert_int_equal(r.slot[0].kit.valid, 2);
	assert_int_equal(r.slot[0].kit.counter, 7);
	assert_string_equal(r.slot[0].kit.organisation, "Stadt Beispiel");
	assert_true(r.slot[0].has_slots);
	assert_int_equal(r.slot[0].files, 3 + 4);
	assert_int_equal(r.data_bytes, 16 << 20);
	assert_true(r.slot[0].signature.present);
	assert_int_equal(r.slot[0].signature.role, TRUST_KIT);
	assert_int_equal(r.slot[0].signature.valid, 2);
	assert_int_equal(r.strange, 2);
	assert_string_equal(r.strange_first, "System Volume Information");
	/* The second slot counts as much as the first. */
	run("mcopy -i $D slot/* ::b");
	assert_true(prove(&any, &r, &e));
	assert_int_equal(r.slot[1].state, STICK_SLOT_PROVED);
	run("echo y > y; mcopy -o -i $D y ::b/vmlinuz");
	assert_false(prove(&any, &r, &e));
	assert_int_equal(r.slot[0].state, STICK_SLOT_PROVED);
	assert_int_equal(r.slot[1].state, STICK_SLOT_REFUSED);
	assert_string_equal(r.slot[1].file, "b/vmlinuz");
}

/* Each file of the slot altered, cut, missing, too much. */
static void slot_files(void **state)
{
	static const struct {
		const char *name, *before, *after, *file, *says;
	} tests[] = {
		{ "whole", "", "", "", NULL },
		{ "names in capitals", "",
		  "mren -i $D ::a/vmlinuz ::a/x; put vmlinuz VMLINUZ;"
		  "mdel -i $D ::a/x",
		  "", NULL },
		{ "no slot", "", "mdeltree -i $D ::a; mmd -i $D ::a", "", "are empty" },
		{ "no folders", "", "mdeltree -i $D ::a; mrd -i $D ::b", "", "are empty" },
		{ "a is a file", "", "mdeltree -i $D ::a; mcopy -i $D vmlinuz ::a", "",
		  "not a folder" },
		{ "base altered", "",
		  "printf X | dd of=slot/base.img bs=1 seek=500000 conv=notrunc "
		  "status=none; put base.img",
		  "a/base.img", "altered" },
		{ "base cut", "", "truncate -s 600000 slot/base.img; put base.img", "a/base.img",
		  "600000 bytes" },
		{ "base missing", "", "mdel -i $D ::a/base.img", "a/base.img", "missing" },
		{ "base a folder", "", "mdel -i $D ::a/base.img; mmd -i $D ::a/base.img",
		  "a/base.img", "does not belong" },
		{ "kernel altered", "", "echo kernex > slot/vmlinuz; put vmlinuz", "a/vmlinuz",
		  "altered" },
		{ "kernel missing", "", "mdel -i $D ::a/vmlinuz", "a/vmlinuz", "missing" },
		{ "kit missing", "", "mdel -i $D ::a/kit.img", "a/kit.img", "missing" },
		{ "kit altered", "",
		  "printf X | dd of=slot/kit.img bs=1 seek=900 conv=notrunc "
		  "status=none; put kit.img",
		  "a/kit.img", "differs from its manifest" },
		{ "no kit at all", "rm slot/kit.img; list base.img vmlinuz", "", "a/manifest",
		  "other files" },
		{ "kit is no archive", "echo kernel > slot/kit.img; list base.img kit.img vmlinuz",
		  "", "a/kit.img", "cut short" },
		{ "manifest missing", "", "mdel -i $D ::a/manifest", "a/manifest", "missing" },
		{ "manifest cut", "truncate -s -1 slot/manifest", "", "a/manifest", "cut short" },
		{ "manifest lists more",
		  "cp slot/vmlinuz slot/zero; list base.img kit.img vmlinuz "
		  "zero; rm slot/zero",
		  "", "a/manifest", "other files" },
		{ "manifest large", "head -c 16385 /dev/zero >> slot/manifest", "", "a/manifest",
		  "too large" },
		{ "a file besides", "echo x > slot/extra.img", "", "a/extra.img",
		  "does not belong" },
		{ "a folder besides", "", "mmd -i $D ::a/extra", "a/extra", "does not belong" },
		{ "a long strange name", "echo > 'slot/Größe über alles.img'", "",
		  "a/Größe über alles.img", "does not belong" },
		{ "no signatures in it", ": > slot/manifest.minisig", "", "a/manifest.minisig",
		  "kit or release" },
	};
	const struct plan p = { .signers = "ab" };
	const struct stick_expect any = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		make_stick(&p, tests[i].before, tests[i].after);
		check(tests[i].name, &any, tests[i].file, tests[i].says);
	}
}

static void kits(void **state)
{
	static const struct {
		const char *name;
		struct plan plan;
		const char *file, *says;
	} tests[] = {
		{ "unsigned", { .signers = "" }, "", NULL },
		{ "signed", { .signers = "ab" }, "", NULL },
		{ "k - 1", { .signers = "a" }, "a/kit.img", "1 of 2" },
		{ "one twice", { .signers = "aa" }, "a/kit.img", "1 of 2" },
		{ "a stranger", { .signers = "ac" }, "a/kit.img", "1 of 2" },
		{ "no root", { .signers = "ab", .harm = NO_ROOT }, "a/kit.img", "no root" },
		{ "a gap", { .signers = "ab", .harm = ROOT_GAP }, "a/kit.img", "1.root is missing" },
		{ "owner", { .signers = "ab", .harm = OWNER }, "a/kit.img", "belongs to root" },
		{ "open folder",
		  { .signers = "ab", .harm = OPEN_FOLDER },
		  "a/kit.img",
		  "not a kit" },
		{ "bad chain", { .signers = "ab", .harm = BAD_CHAIN }, "a/kit.img", "0 of 2" },
		{ "bad chain, unsigned", { .signers = "", .harm = BAD_CHAIN }, "", NULL },
		{ "altered",
		  { .signers = "ab", .harm = FILE_ALTERED },
		  "a/kit.img",
		  "open.db is altered" },
		{ "mode",
		  { .signers = "ab", .harm = FILE_MODE },
		  "a/kit.img",
		  "open.db is altered" },
		{ "added",
		  { .signers = "ab", .harm = FILE_ADDED },
		  "a/kit.img",
		  "not in the kit's" },
		{ "missing", { .signers = "ab", .harm = FILE_MISSING }, "a/kit.img", "wrong place" },
		{ "twice", { .signers = "ab", .harm = FILE_TWICE }, "a/kit.img", "wrong place" },
		{ "order", { .signers = "ab", .harm = ORDER }, "a/kit.img", "wrong place" },
		{ "no manifest",
		  { .signers = "ab", .harm = NO_MANIFEST },
		  "a/kit.img",
		  "not a kit" },
		{ "late", { .signers = "ab", .harm = LATE_SIGNATURES }, "a/kit.img", "wrong place" },
		{ "tail", { .signers = "ab", .harm = TAIL }, "a/kit.img", "end of the archive" },
		{ "cut", { .signers = "ab", .harm = CUT }, "a/kit.img", "cut short" },
		{ "huge", { .signers = "ab", .harm = HUGE_FILE }, "a/kit.img", "1.root is altered" },
		{ "slot by kit", { NULL, NULL, "ab", "ab", TRUST_KIT, NONE }, "", NULL },
		{ "slot k - 1",
		  { NULL, NULL, "ab", "b", TRUST_KIT, NONE },
		  "a/manifest.minisig",
		  "1 of 2" },
		{ "slot by release", { NULL, NULL, "ab", "b", TRUST_RELEASE, NONE }, "", NULL },
		{ "slot by a stranger",
		  { NULL, NULL, "ab", "c", TRUST_RELEASE, NONE },
		  "a/manifest.minisig",
		  "0 of 1" },
		{ "slot by operator",
		  { NULL, NULL, "ab", "b", TRUST_OPERATOR, NONE },
		  "a/manifest.minisig",
		  "kit or release" },
		{ "slot, kit unsigned", { NULL, NULL, "", "ab", TRUST_KIT, NONE }, "", NULL },
		{ "slot, no root",
		  { NULL, NULL, "", "ab", TRUST_KIT, NO_ROOT },
		  "a/manifest.minisig",
		  "no root" },
	};
	const struct stick_expect any = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		make_stick(&tests[i].plan, "", "");
		check(tests[i].name, &any, tests[i].file, tests[i].says);
	}
	/* Signatures that lie over other bytes. */
	make_stick(&(struct plan){ .signers = "ab", .slot_signers = "ab", .slot_role = TRUST_KIT },
		   "",
		   "cp base.img slot; echo kernel2 > slot/vmlinuz; put vmlinuz;"
		   "list base.img kit.img vmlinuz; put manifest");
	check("slot signed, then altered", &any, "a/manifest.minisig", "");
}

/* Whose kit passes where one is expected. */
static void expected(void **state)
{
	struct arena memory = { 0 };
	struct text root = { 0 }, other = { 0 }, archive = { 0 }, manifest = { 0 };
	struct trust_root ours, theirs;
	const struct plan signed_kit = { .signers = "ab" }, unsigned_kit = { .signers = "" };
	const struct plan old_keys = { .title = "Stadt Vorher", .signers = "ab" };
	const struct plan foreign = { .holders = "cd", .signers = "cd" };
	struct error e = { 0 };

	(void)state;
	make_root(&root, "Stadt Beispiel", "ab");
	make_root(&other, "Stadt Beispiel", "ac");
	assert_true(trust_root_parse(root.s, root.len, &memory, &ours, &e));
	assert_true(trust_root_parse(other.s, other.len, &memory, &theirs, &e));
	make_kit(&unsigned_kit, &archive, &manifest);
	const struct stick_expect by_root = { .root = &ours }, by_other = { .root = &theirs },
				  by_bytes = { NULL, manifest.s, manifest.len },
				  by_less = { NULL, manifest.s, manifest.len - 1 };
	const struct {
		const char *name;
		const struct plan *plan;
		const struct stick_expect *expect;
		const char *file, *says;
	} tests[] = {
		{ "same root", &signed_kit, &by_root, "", NULL },
		{ "another root, same keys", &old_keys, &by_root, "", NULL },
		{ "another root, other keys", &signed_kit, &by_other, "a/kit.img", "1 of 2" },
		{ "another organisation", &foreign, &by_root, "a/kit.img", "0 of 2" },
		{ "unsigned", &unsigned_kit, &by_root, "a/kit.img", "not signed" },
		{ "same kit, unsigned", &unsigned_kit, &by_bytes, "", NULL },
		{ "same files, signed", &signed_kit, &by_bytes, "", NULL },
		{ "another kit", &foreign, &by_bytes, "a/kit.img", "another kit" },
		{ "a beginning", &unsigned_kit, &by_less, "a/kit.img", "another kit" },
	};
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		make_stick(tests[i].plan, "", "");
		check(tests[i].name, tests[i].expect, tests[i].file, tests[i].says);
	}
	arena_release(&memory);
	text_release(&root);
	text_release(&other);
	text_release(&archive);
	text_release(&manifest);
}

/* One field of the layout at a time, written by sfdisk with checksums that are right. */
static void layouts(void **state)
{
	static const struct {
		const char *name, *edit, *says;
	} tests[] = {
		{ "as it is", "", NULL },
		{ "grown", "s/size=32768/size=34000/", NULL },
		{ "label of 1", "s/BLACKSTART-BOOT/BLACKSTART-BOOR/", "partitions" },
		{ "label of 2", "s/name=BLACKSTART$/name=BLACKSTARX/", "partitions" },
		{ "label of 3", "s/BLACKSTART-DATA/BLACKSTART-DATE/", "partitions" },
		{ "type of 1", "s/21686148/21686149/", "partitions" },
		{ "type of 2", "s/C12A7328/C12A7329/", "partitions" },
		{ "type of 3", "s/0FC63DAF/0FC63DAE/", "partitions" },
		{ "size of 1", "s/size=2048,/size=2047,/", "partitions" },
		{ "size of 2", "s/size=1048576/size=1048575/", "partitions" },
		{ "size of 3", "s/size=32768/size=32767/", "partitions" },
		{ "place of 1", "s/start=2048/start=2047/", "partitions" },
		{ "place of 3", "s/start=1052672/start=1052673/", "partitions" },
		{ "one more", "$a start=1086000, size=10", "partitions" },
		{ "one less", "/DATA/d", "partitions" },
		{ "numbers",
		  "s/^start=2048/4: start=2048/;s/^start=4/2: start=4/;"
		  "s/^start=10/3: start=10/",
		  "partitions" },
		{ "MBR", "s/label: gpt/label: dos/;/first-lba/d;s/type=.*/type=c/", "no GPT" },
	};
	const struct plan p = { .signers = "ab" };
	const struct stick_expect any = { 0 };

	(void)state;
	make_stick(&p, "", "");
	run("cp --sparse=always disk whole");
	run("sfdisk -d empty | sed 's/, uuid=[^,]*//;s/^empty[0-9] : //;s/\"//g;"
	    "s/= */=/g' > layout");
	/* sfdisk rests a quarter of a second at its end: all at once. */
	struct text commands = { 0 };
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		text_addf(&commands,
			  "{ cp --sparse=always whole disk.%zu; sed '%s' layout | sfdisk -q "
			  "-w never -W never disk.%zu > /dev/null; } &\n",
			  i, tests[i].edit, i);
	text_add(&commands, "wait");
	run(commands.s);
	text_release(&commands);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		char *command = mem_format("mv disk.%zu disk", i);

		run(command);
		free(command);
		check(tests[i].name, &any, "", tests[i].says);
	}
	/* One copy of the table is enough, for a power cut leaves no more; none is not. */
	run("cp --sparse=always whole disk; printf X | dd of=disk bs=1 seek=600 conv=notrunc"
	    " status=none");
	check("backup GPT", &any, "", NULL);
	run("printf X | dd of=disk bs=1 seek=$((531 * 1048576 - 500)) conv=notrunc"
	    " status=none");
	check("no GPT", &any, "", "damaged");
	run("cp --sparse=always whole disk; printf X | dd of=disk bs=1 seek=2097160 count=1"
	    " conv=notrunc status=none; dd if=/dev/zero of=disk bs=512 seek=4096 count=1"
	    " conv=notrunc status=none");
	check("no file system", &any, "", "no FAT");
	run("truncate -s 100M disk");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),    cmocka_unit_test(slot_files), cmocka_unit_test(kits),
		cmocka_unit_test(expected), cmocka_unit_test(layouts),
	};

	return cmocka_run_group_tests(tests, make_empty, folder_leave);
}
