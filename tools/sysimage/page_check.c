/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checking an image that lies on a medium. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/size.h"
#include "sysimage/pages.h"
#include "sysimage/vouch.h"

#define IMAGES 60

struct images {
	struct ui_item items[IMAGES];
	size_t count;
	size_t more; /* there are besides */
	struct arena memory;
};

static void frame(void *ctx)
{
	pages_frame(ctx);
}

static bool is_image(const char *name)
{
	size_t n = strlen(name);

	return name[0] != '.' && n > 5 && strcmp(name + n - 5, ".kimg") == 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct ui_item *)a)->label, ((const struct ui_item *)b)->label);
}

static bool list_images(struct images *l, int folder, struct error *e)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *f;
	struct stat st;
	char size[32];

	if (!d) {
		error_errno(e, _("cannot open the folder"));
		if (fd >= 0)
			close(fd);
		return false;
	}
	while ((f = readdir(d)) != NULL) {
		if (!is_image(f->d_name) || fstatat(fd, f->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		if (l->count == IMAGES) {
			l->more++;
			continue;
		}
		size_words(size, sizeof(size), (uint64_t)st.st_size);
		l->items[l->count++] = (struct ui_item){
			.label = arena_string(&l->memory, f->d_name),
			.detail = arena_string(&l->memory, size),
		};
	}
	closedir(d);
	qsort(l->items, l->count, sizeof(l->items[0]), by_name);
	return true;
}

static bool check(struct pages *p, const struct medium *m, const char *name, bool deep)
{
	char kit[VOUCH_FOLDER];
	const bool vouched = vouch_kit(kit) != NULL;
	const char *argv[8] = { "verify", "--medium", m->name };
	size_t n = 3;

	if (deep)
		argv[n++] = "--deep";
	if (!vouched)
		argv[n++] = "--unsigned";
	argv[n++] = "--";
	argv[n] = name;
	return pages_run_and_show(
		p, name,
		vouched ? N_("Every byte is what enough people of the organisation signed.")
			: N_("Every byte is what its manifest says. There is no signed kit here: who "
			     "vouches for it was NOT checked."),
		N_("NOT GOOD. Do not restore from it. Why:"), argv);
}

/* One image. */
static bool page_image(struct pages *p, const struct medium *m, const char *name)
{
	static const struct pages_choice choices[] = {
		{ N_("What is it?"), N_("of which PC, who signed it, warnings") },
		{ N_("Check the whole image"), N_("reads all of it") },
		{ N_("Check and unpack"), N_("the same and what is in it; takes longer") },
	};
	const struct pages_list list = { .title = N_("One image"),
					 .intro = "",
					 .named = name,
					 .choices = choices,
					 .count = sizeof(choices) / sizeof(choices[0]) };
	const char *const info[] = { "info", "--medium", m->name, "--", name, NULL };
	size_t selected = 0;
	enum ui_result r;

	while ((r = pages_choose(p, &list, &selected)) == UI_CHOSEN) {
		bool open = selected == 0
				    ? pages_run_and_show(
					      p, name, N_("What the image says of itself"),
					      N_("The image is not good, or could not be read:"),
					      info)
				    : check(p, m, name, selected == 2);

		if (!open)
			return false;
	}
	return r != UI_CLOSED;
}

static enum ui_result choose_image(struct pages *p, const struct medium *m, struct images *l,
				   size_t *selected)
{
	enum ui_result r;

	do {
		struct text footer = { 0 };

		if (l->more)
			text_addf(&footer,
				  ngettext("%zu more image is on it that is not listed here. On "
					   "another PC, move some into a folder",
					   "%zu more images are on it that are not listed here. On "
					   "another PC, move some into a folder",
					   l->more),
				  l->more);
		const struct ui_list list = {
			.title = _("Check an image"),
			.intro = l->count
					 ? m->words
					 : _("There is no image on it: a file whose name ends with "
					     ".kimg, in the top folder."),
			.items = l->items,
			.count = l->count,
			.footer = text_end(&footer),
		};

		pages_frame(p);
		r = ui_list(p->ui, &list, selected);
		text_release(&footer);
	} while (r == UI_REDRAW || r == UI_REFRESH || (r == UI_CHOSEN && *selected >= l->count));
	return r;
}

/* The images on one medium, until the person goes back to the media. */
static bool page_images(struct pages *p, const struct medium *m, struct images *l)
{
	enum ui_result r = UI_CHOSEN;
	size_t selected = 0;
	bool open = true;

	while (open && r == UI_CHOSEN) {
		r = choose_image(p, m, l, &selected);
		if (r == UI_CHOSEN)
			open = page_image(p, m, l->items[selected].label);
	}
	return open && r != UI_CLOSED;
}

bool page_check(struct pages *p)
{
	struct medium m = MEDIUM_NONE;
	bool open = true, chosen = true;

	while (open && chosen) {
		const struct medium_question q = {
			p->ui,
			_("Check an image"),
			_("On which medium is it? Nothing on it is changed."),
			frame,
			p,
			ACCESS_READ,
		};
		struct images *l = mem_alloc(sizeof(*l));
		struct error e = { 0 };

		*l = (struct images){ 0 };
		open = medium_ask(&q, &m);
		chosen = *m.name;
		bool listed = m.fd >= 0 && list_images(l, m.fd, &e);
		/* Whoever checks asks for it anew. */
		listed = medium_done(&m, &e) && listed;
		if (e.kind)
			pages_error(p, q.title, &e);
		if (open && listed)
			open = page_images(p, &m, l);
		arena_release(&l->memory);
		free(l);
	}
	return open;
}
