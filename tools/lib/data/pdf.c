/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PDF through libharu, whose headers only this file sees. */
#include "lib/data/pdf.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <hpdf.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/data/date.h"

#define BOX 0x25a1u /* white square: for what cannot be shown */

struct pdf {
	HPDF_Doc doc;
	HPDF_Page page;
	HPDF_Font font[PDF_FACES];
	HPDF_FontDef glyphs[PDF_FACES];
	size_t pages;
	HPDF_STATUS failure; /* the library's first, 0 if none */
};

static const char *const files[PDF_FACES] = {
	[PDF_SANS] = "DejaVuSans.ttf",
	[PDF_BOLD] = "DejaVuSans-Bold.ttf",
};

static void failed(HPDF_STATUS code, HPDF_STATUS detail, void *user)
{
	struct pdf *p = user;

	(void)detail;
	if (!p->failure)
		p->failure = code;
}

static bool library_error(const struct pdf *p, struct error *e)
{
	return error_set(e, ERROR_FAILED, _("cannot make the PDF: libharu reports error %04lx"),
			 (unsigned long)p->failure);
}

/* The path of a font file, in `out`. */
static bool find_font(const char *file, char *out, size_t size, struct error *e)
{
	const char *own = getenv("BLACKSTART_FONTS");
	const char *const folders[] = { own, PDF_FONTS, "/usr/share/fonts/truetype/dejavu" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (!folders[i] || !*folders[i])
			continue;
		snprintf(out, size, "%s/%s", folders[i], file);
		if (access(out, R_OK) == 0)
			return true;
	}
	return error_set(e, ERROR_FAILED,
			 _("the font %s for printing is missing: install fonts-dejavu-core, or "
			   "name its folder in BLACKSTART_FONTS"),
			 file);
}

static bool load_fonts(struct pdf *p, struct error *e)
{
	char path[4096];

	for (enum pdf_face f = 0; f < PDF_FACES; f++) {
		const char *name;

		if (!find_font(files[f], path, sizeof(path), e))
			return false;
		name = HPDF_LoadTTFontFromFile(p->doc, path, HPDF_TRUE);
		p->font[f] = name ? HPDF_GetFont(p->doc, name, "UTF-8") : NULL;
		if (!p->font[f])
			return error_set(e, ERROR_FAILED,
					 _("cannot use the font %s: libharu reports error %04lx"),
					 path, (unsigned long)p->failure);
		p->glyphs[f] = ((HPDF_FontAttr)p->font[f]->attr)->fontdef;
	}
	return true;
}

static void set_facts(struct pdf *p, const char *title, const char *author, const char *date)
{
	HPDF_Date d = { .ind = 'Z' };
	int64_t day;

	HPDF_SetInfoAttr(p->doc, HPDF_INFO_TITLE, title);
	HPDF_SetInfoAttr(p->doc, HPDF_INFO_AUTHOR, author);
	HPDF_SetInfoAttr(p->doc, HPDF_INFO_CREATOR, "Blackstart");
	if (!date_parse(date, &day))
		return;
	d.year = (HPDF_INT)strtol(date, NULL, 10);
	d.month = (HPDF_INT)strtol(date + 5, NULL, 10);
	d.day = (HPDF_INT)strtol(date + 8, NULL, 10);
	HPDF_SetInfoDateAttr(p->doc, HPDF_INFO_CREATION_DATE, d);
	HPDF_SetInfoDateAttr(p->doc, HPDF_INFO_MOD_DATE, d);
}

struct pdf *pdf_new(const char *title, const char *author, const char *date, struct error *e)
{
	struct pdf *p = mem_alloc(sizeof(*p));

	p->doc = HPDF_New(failed, p);
	if (!p->doc) {
		library_error(p, e);
		pdf_free(p);
		return NULL;
	}
	HPDF_SetCompressionMode(p->doc, HPDF_COMP_ALL);
	HPDF_UseUTFEncodings(p->doc);
	HPDF_SetCurrentEncoder(p->doc, "UTF-8");
	if (!load_fonts(p, e)) {
		pdf_free(p);
		return NULL;
	}
	set_facts(p, title, author, date);
	return p;
}

void pdf_free(struct pdf *p)
{
	if (!p)
		return;
	if (p->doc)
		HPDF_Free(p->doc);
	free(p);
}

void pdf_page(struct pdf *p)
{
	p->page = HPDF_AddPage(p->doc);
	HPDF_Page_SetSize(p->page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
	p->pages++;
}

size_t pdf_pages(const struct pdf *p)
{
	return p->pages;
}

/* The character that is drawn for c: itself, or the box. */
static uint16_t shown(const struct pdf *p, enum pdf_face face, uint32_t c)
{
	if (c > 0xffff || c == TEXT_BAD || text_is_unsafe(c))
		return BOX;
	if (!HPDF_TTFontDef_GetGlyphid(p->glyphs[face], (HPDF_UINT16)c))
		return BOX;
	return (uint16_t)c;
}

double pdf_width(const struct pdf *p, enum pdf_face face, double size, const char *s, size_t n)
{
	const char *end = s + n;
	long sum = 0;

	while (s < end)
		sum += HPDF_Font_GetUnicodeWidth(p->font[face], shown(p, face, text_next(&s, end)));
	return (double)sum * size / 1000;
}

void pdf_text(struct pdf *p, enum pdf_face face, double size, double grey, double x, double y,
	      const char *s)
{
	struct text out = { 0 };
	const char *end = s;

	assert(grey <= PDF_GREY || grey >= PDF_WHITE);
	while (*end)
		end++;
	while (s < end)
		text_add_char(&out, shown(p, face, text_next(&s, end)));
	if (out.len) {
		HPDF_Page_SetGrayFill(p->page, (HPDF_REAL)grey);
		HPDF_Page_BeginText(p->page);
		HPDF_Page_SetFontAndSize(p->page, p->font[face], (HPDF_REAL)size);
		HPDF_Page_TextOut(p->page, (HPDF_REAL)x, (HPDF_REAL)(PDF_HEIGHT - y),
				  text_end(&out));
		HPDF_Page_EndText(p->page);
	}
	text_release(&out);
}

void pdf_line(struct pdf *p, double x1, double y1, double x2, double y2, double width, double grey)
{
	HPDF_Page_SetGrayStroke(p->page, (HPDF_REAL)grey);
	HPDF_Page_SetLineWidth(p->page, (HPDF_REAL)width);
	HPDF_Page_MoveTo(p->page, (HPDF_REAL)x1, (HPDF_REAL)(PDF_HEIGHT - y1));
	HPDF_Page_LineTo(p->page, (HPDF_REAL)x2, (HPDF_REAL)(PDF_HEIGHT - y2));
	HPDF_Page_Stroke(p->page);
}

void pdf_box(struct pdf *p, double x, double y, double w, double h, double width)
{
	HPDF_Page_SetGrayStroke(p->page, (HPDF_REAL)PDF_BLACK);
	HPDF_Page_SetLineWidth(p->page, (HPDF_REAL)width);
	HPDF_Page_Rectangle(p->page, (HPDF_REAL)x, (HPDF_REAL)(PDF_HEIGHT - y - h), (HPDF_REAL)w,
			    (HPDF_REAL)h);
	HPDF_Page_Stroke(p->page);
}

void pdf_band(struct pdf *p, double x, double y, double w, double h, double grey)
{
	HPDF_Page_SetGrayFill(p->page, (HPDF_REAL)grey);
	HPDF_Page_Rectangle(p->page, (HPDF_REAL)x, (HPDF_REAL)(PDF_HEIGHT - y - h), (HPDF_REAL)w,
			    (HPDF_REAL)h);
	HPDF_Page_Fill(p->page);
}

static HPDF_Destination destination(struct pdf *p, size_t page)
{
	HPDF_Page to = HPDF_GetPageByIndex(p->doc, (HPDF_UINT)(page - 1));
	HPDF_Destination d = HPDF_Page_CreateDestination(to);

	HPDF_Destination_SetFit(d);
	return d;
}

void pdf_link(struct pdf *p, size_t page, double x, double y, double w, double h, size_t to)
{
	HPDF_Rect r = { .left = (HPDF_REAL)x,
			.bottom = (HPDF_REAL)(PDF_HEIGHT - y - h),
			.right = (HPDF_REAL)(x + w),
			.top = (HPDF_REAL)(PDF_HEIGHT - y) };
	HPDF_Page from = HPDF_GetPageByIndex(p->doc, (HPDF_UINT)(page - 1));
	HPDF_Annotation a = HPDF_Page_CreateLinkAnnot(from, r, destination(p, to));

	HPDF_LinkAnnot_SetBorderStyle(a, 0, 0, 0);
}

void pdf_outline(struct pdf *p, const char *title, size_t page)
{
	HPDF_Encoder utf8 = HPDF_GetEncoder(p->doc, "UTF-8");
	HPDF_Outline o = HPDF_CreateOutline(p->doc, NULL, title, utf8);

	HPDF_Outline_SetDestination(o, destination(p, page));
}

bool pdf_bytes(struct pdf *p, struct text *out, struct error *e)
{
	HPDF_BYTE bytes[65536];

	HPDF_SaveToStream(p->doc);
	if (p->failure)
		return library_error(p, e);
	for (HPDF_UINT32 left = HPDF_GetStreamSize(p->doc); left > 0;) {
		HPDF_UINT32 n = left < sizeof(bytes) ? left : (HPDF_UINT32)sizeof(bytes);

		HPDF_ReadFromStream(p->doc, bytes, &n);
		/* Reading to the very end is reported as an error of its own. */
		if (n == 0)
			return library_error(p, e);
		text_add_n(out, (const char *)bytes, n);
		left -= n < left ? n : left;
	}
	return true;
}
