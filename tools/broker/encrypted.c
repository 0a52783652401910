/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Encrypted volumes: cryptsetup opens them, read-only, and is gone again. */
#include "broker/encrypted.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "broker/mounting.h"
#include "broker/sysfs.h"
#include "broker/unlock.h"
#include "lib/base/language.h"

#define OPEN_MS 180000 /* Argon2 and a million rounds of SHA-256 on a slow PC */
#define NAME_BYTES 40
#define BIT(capability) (UINT64_C(1) << (capability))

const char *encrypted_type(const struct disk *k, unsigned partition, struct error *e)
{
	char content[16];

	if (!disk_content_of(&k->content, partition, content)) {
		error_set(e, ERROR_FAILED, N_("there is no such partition"));
		return NULL;
	}
	if (strcmp(content, "bitlocker") == 0)
		return "bitlk";
	if (strcmp(content, "luks1") == 0 || strcmp(content, "luks2") == 0)
		return "luks";
	error_set(e, ERROR_FAILED, N_("this is neither a BitLocker nor a LUKS volume"));
	return NULL;
}

struct order {
	const struct disk *k;
	const struct places *p;
	unsigned partition;
	const char *type;
	const struct encrypted_key *key;
};

/* A pipe that holds the key: it is far smaller than one. */
static int pipe_of(const struct encrypted_key *key)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	bool ok = write(ends[1], key->bytes, key->len) == (ssize_t)key->len;
	close(ends[1]);
	if (!ok)
		close(ends[0]);
	return ok ? ends[0] : -1;
}

/* What opening needs of the kernel. Its status says only that one is built in or not there. */
static void load_modules(const struct places *p)
{
	static const char *const argv[] = {
		"modprobe",   "-q",      "-a",     "--",         "dm-mod",
		"dm-crypt",   "dm-zero", "af_alg", "algif_hash", "algif_skcipher",
		"algif_aead", "ccm",     "xts",    "essiv",      NULL
	};
	int status;
	struct error quiet = { 0 };

	(void)!mounting_run(p->path, argv, BIT(CAP_SYS_MODULE), -1, &status, &quiet);
}

/* The number of the mapping of that name: without udev nobody else links it. */
static bool number_of(const struct places *p, const char *name, uint64_t *number)
{
	char path[256], found[NAME_BYTES];
	struct dirent *d;
	bool is = false;

	snprintf(path, sizeof(path), "%s/block", p->sysfs);
	DIR *dir = opendir(path);
	while (dir && !is && (d = readdir(dir)) != NULL) {
		if (strncmp(d->d_name, "dm-", 3) != 0)
			continue;
		is = sysfs_text(found, sizeof(found), "%s/block/%s/dm/name", p->sysfs, d->d_name) &&
		     strcmp(found, name) == 0;
		if (is)
			*number = strtoull(d->d_name + 3, NULL, 10);
	}
	if (dir)
		closedir(dir);
	return is;
}

/* What it says of BitLocker volumes that it does not open: its exit status is that of a damaged header. */
static const char *refused(const char *said)
{
	if (strstr(said, "unsupported state"))
		return N_("it is being encrypted or decrypted, and only a part of it is: Windows "
			  "has to finish that first (manage-bde -status)");
	if (strstr(said, "encrypt-on-write"))
		return N_("it encrypts on write, and what of it is encrypted is not recorded in "
			  "a way that can be read here: Windows has to finish that first "
			  "(manage-bde -status)");
	if (strstr(said, "version 1 is"))
		return N_("of Windows Vista: not opened");
	return N_("its header is damaged, or of a kind that cannot be opened");
}

/* cryptsetup's exit status (cryptsetup(8), RETURN CODES), in words. */
static bool judge(int status, const char *said, bool has_key, struct error *e)
{
	switch (status) {
	case 0:
		return true;
	case 2:
		return error_set(e, ERROR_FAILED,
				 N_("this key does not open the volume; compare the key ID"));
	case 3:
		return error_set(e, ERROR_FAILED, N_("there is not enough memory to open it"));
	case 4:
		return error_set(e, ERROR_FAILED, N_("the volume cannot be read"));
	case 5:
		return error_set(e, ERROR_FAILED, N_("the volume is in use"));
	default:
		return error_set(e, ERROR_FAILED, "%s",
				 strstr(said, "Nothing to read") && !has_key
					 ? N_("it does not open without a key")
					 : refused(said));
	}
}

/* This process' standard error from now on; the end to read what was said. */
static int catch_errors(void)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
		return -1;
	if (dup2(ends[1], STDERR_FILENO) < 0) {
		close(ends[0]);
		ends[0] = -1;
	}
	close(ends[1]);
	return ends[0];
}

/* Its own words, in one piece: for experts. */
static void listen(int said, char *words, size_t size)
{
	ssize_t n = said < 0 ? 0 : read(said, words, size - 1);

	while (n > 0 && words[n - 1] == '\n')
		n--;
	words[n > 0 ? n : 0] = '\0';
}

/* `words`: what it said if it did not. */
static bool open_it(const struct order *o, uint64_t *mapping, char *words, size_t size,
		    struct error *e)
{
	char disk[48], node[256], name[NAME_BYTES];
	int status = 0;
	const char *const argv[] = { "cryptsetup",   "open",       "--type",
				     o->type,        "--readonly", "--key-file=-",
				     "--batch-mode", "--",         node,
				     name,           NULL };

	if (!disk_partition_is(o->k, o->p, o->partition, false, e))
		return false;
	int input = pipe_of(o->key);
	if (input < 0)
		return error_set(e, ERROR_FAILED, "%s", strerror(errno));
	unlock_name(disk, o->k->name, o->partition);
	snprintf(node, sizeof(node), "%s/%s", o->p->dev, disk);
	snprintf(name, sizeof(name), "blackstart-%llu-%u", (unsigned long long)o->k->id,
		 o->partition);
	int said = catch_errors();
	bool ok = mounting_run(o->p->path, argv, BIT(CAP_SYS_ADMIN), input, &status, e);
	close(input);
	listen(said, words, size);
	if (!ok || !judge(status, words, o->key->len > 0, e))
		return false;
	return number_of(o->p, name, mapping) ||
	       error_set(e, ERROR_FAILED, N_("the opened volume cannot be found"));
}

static int run(int output, const void *ctx)
{
	const struct order *o = ctx;
	struct error e = { 0 };
	uint64_t mapping = 0;
	char words[160] = "";
	struct message m;

	load_modules(o->p);
	bool ok = open_it(o, &mapping, words, sizeof(words), &e);
	message_start(&m, "type", ok ? "ok" : "error");
	if (ok)
		message_add_number(&m, "mapping", mapping);
	else {
		message_add(&m, "text", e.text);
		message_add_foreign(&m, "about", words);
	}
	return job_send(output, &m) ? 0 : ERROR_FAILED;
}

struct job *encrypted_start(struct jobs *j, const struct disk *k, const struct places *p,
			    unsigned partition, const struct encrypted_key *key, struct error *e)
{
	const struct order o = { k, p, partition, encrypted_type(k, partition, e), key };

	return o.type ? jobs_start(j, JOB_DECRYPT, OPEN_MS, run, &o, e) : NULL;
}

/* From now on it goes when its last descriptor is closed. Fails while one is open only in kernels before
 * 3.13, which had no such thing. */
static bool remove_after_use(const struct places *p, const char *name, struct error *e)
{
	struct dm_ioctl d = {
		.version = { DM_VERSION_MAJOR, 0, 0 },
		.data_size = sizeof(d),
		.data_start = sizeof(d),
		.flags = DM_DEFERRED_REMOVE,
	};
	char path[256];

	snprintf(path, sizeof(path), "%s/mapper/control", p->dev);
	snprintf(d.name, sizeof(d.name), "%s", name);
	int control = open(path, O_RDWR | O_CLOEXEC);
	/* The C libraries differ in the type of a request, which here does not fit into an int. */
	bool ok = control >= 0 && syscall(SYS_ioctl, control, DM_DEV_REMOVE, &d) == 0;
	if (!ok)
		error_errno(e, "%s", name);
	if (control >= 0)
		close(control);
	return ok;
}

int encrypted_take(const struct places *p, uint64_t mapping, struct error *e)
{
	char path[256], name[NAME_BYTES];
	int read_only = 1;

	if (!sysfs_text(name, sizeof(name), "%s/block/dm-%llu/dm/name", p->sysfs,
			(unsigned long long)mapping) ||
	    strncmp(name, "blackstart-", 11) != 0) {
		error_set(e, ERROR_FAILED, "dm-%llu", (unsigned long long)mapping);
		return -1;
	}
	snprintf(path, sizeof(path), "%s/dm-%llu", p->dev, (unsigned long long)mapping);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		error_errno(e, "%s", path);
	bool ok = fd >= 0 && ioctl(fd, BLKROSET, &read_only) == 0;
	if (fd >= 0 && !ok)
		error_errno(e, "%s", path);
	if (!remove_after_use(p, name, e))
		ok = false;
	if (!ok && fd >= 0)
		close(fd);
	return ok ? fd : -1;
}
