/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is this stick one of the organisation that runs? Asked of its bytes, in the cell. */
#include "broker/prove.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "broker/sandbox.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/wholefile.h"
#include "lib/crypto/digest.h"
#include "lib/crypto/kittrust.h"
#include "lib/crypto/manifest.h"
#include "lib/crypto/trust.h"
#include "lib/disk/stickproof.h"

#define PROVE_MS 300000 /* 600 MiB from a slow stick */
#define COMMAND_LINE_MAX 8192

struct order {
	int fd;
	uint64_t size_bytes;
};

/* What the kit that runs says of whom to expect; owned by `memory`. */
static bool expect_running_kit(struct arena *memory, struct stick_expect *expect, struct error *e)
{
	struct text words = { 0 }, manifest = { 0 };
	struct trust_chain chain = { 0 };
	struct kittrust kit = { .trust = KIT_MISSING };
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), folder = -1;
	bool ok = root >= 0 &&
		  wholefile_read(root, "proc/cmdline", O_NOFOLLOW, COMMAND_LINE_MAX, &words, e);

	if (ok)
		kittrust_check(root, text_end(&words), &kit);
	if (kit.trust == KIT_SIGNED) {
		folder = openat(root, "kit/trust", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		ok = folder >= 0 && trust_chain_load(folder, memory, &chain, e) && chain.count > 0;
		if (ok) /* in `memory`, as all of the chain */
			expect->root = chain.roots + chain.count - 1;
	} else if (kit.trust == KIT_UNSIGNED) {
		ok = wholefile_read(root, "kit/manifest", O_NOFOLLOW, MANIFEST_BYTES_MAX, &manifest,
				    e);
		expect->kit_manifest = arena_string(memory, text_end(&manifest));
		expect->kit_manifest_len = manifest.len;
	} else {
		ok = error_set(e, ERROR_UNTRUSTED,
			       N_("the kit that runs here is not to be believed itself"));
	}
	if (folder >= 0)
		close(folder);
	if (root >= 0)
		close(root);
	text_release(&words);
	text_release(&manifest);
	return ok;
}

static bool read_disk(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	uint8_t *p = buf;

	(void)ctx;
	while (len) {
		ssize_t n = pread(SANDBOX_INPUT, p, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return error_set(e, ERROR_FAILED, N_("the stick cannot be read"));
		p += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return true;
}

static int run(int output, const void *ctx)
{
	const struct order *o = ctx;
	const struct stick_source source = {
		.disk = { read_disk, NULL, o->size_bytes, 512 },
	};
	struct stick_report *report = mem_alloc(sizeof(*report));
	struct stick_expect expect = { 0 };
	struct arena memory = { 0 };
	struct message m;
	struct error e = { 0 };

	digest_ready();
	if (!expect_running_kit(&memory, &expect, &e)) {
		message_start(&m, "type", "error");
		message_add(&m, "text", e.text);
		return job_send(output, &m) ? 0 : ERROR_FAILED;
	}
	if (!sandbox_enter(SANDBOX_HEAP, o->fd, output, &e))
		return ERROR_FAILED;
	bool ok = stick_prove(&source, &expect, report, &e);
	message_start(&m, "type", ok ? "proof" : "error");
	if (!ok) {
		message_add(&m, "text",
			    N_("this stick is not one of this kit: its data is not used"));
		message_add_foreign(&m, "about", e.text);
	}
	return job_send(SANDBOX_OUTPUT, &m) ? 0 : ERROR_FAILED;
}

struct job *prove_start(struct jobs *j, const struct disk *k, const struct places *p,
			struct error *e)
{
	struct order o = { disk_open(k, p, O_RDONLY, e), k->size_bytes };
	struct job *job = NULL;

	if (o.fd >= 0) {
		job = jobs_start(j, JOB_PROVE, PROVE_MS, run, &o, e);
		close(o.fd);
	}
	return job;
}

void prove_take(struct job *job, struct disk *k)
{
	struct message m;
	bool heard = job_message(job, &m) && job->end == JOB_DONE;

	k->proof = heard && message_is(&m, "proof") ? PROOF_GOOD : PROOF_BAD;
	if (heard && message_is(&m, "error")) {
		snprintf(k->proof_text, sizeof(k->proof_text), "%s", message_text(&m, "text"));
		text_mask(k->proof_about, sizeof(k->proof_about), message_text(&m, "about"));
	} else {
		snprintf(k->proof_text, sizeof(k->proof_text), "%s",
			 N_("the stick could not be looked at to the end"));
		k->proof_about[0] = '\0';
	}
}
