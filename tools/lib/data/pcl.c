/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The few words of PCL 5 that a page of text needs. */
#include "lib/data/pcl.h"

#define ESC "\x1b"

void pcl_begin(struct text *out)
{
	/* Out of whatever language it speaks now (PJL), and into PCL. */
	text_add(out, ESC "%-12345X@PJL ENTER LANGUAGE=PCL\r\n");
	text_add(out, ESC "E");                   /* reset */
	text_add(out, ESC "&l26A" ESC "&l0O");    /* A4, upright */
	text_add(out, ESC "&l6D" ESC "&l3E");     /* 6 lines an inch, 3 of them margin on top */
	text_add(out, ESC "&l64F" ESC "&l0L");    /* lines a page; pages end where we say */
	text_add(out, ESC "(19U");                /* Windows-1252 */
	text_add(out, ESC "(s0p12h10v0s0b4099T"); /* Courier, 12 letters an inch, light */
	text_add(out, ESC "&a10L");               /* left margin: the letters before it */
}

void pcl_bold(struct text *out, bool on)
{
	text_add(out, on ? ESC "(s3B" : ESC "(s0B");
}

void pcl_line(struct text *out)
{
	text_add(out, "\r\n");
}

void pcl_page(struct text *out)
{
	text_add(out, "\f");
}

void pcl_end(struct text *out)
{
	text_add(out, ESC "E" ESC "%-12345X"); /* a reset prints the last page */
}
