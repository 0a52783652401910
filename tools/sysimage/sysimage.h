/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SYSIMAGE_SYSIMAGE_H
#define SYSIMAGE_SYSIMAGE_H

/* One verb, one file; options in, exit status out. */
int sysimage_capture(int argc, char **argv);
int sysimage_diff(int argc, char **argv);
int sysimage_export(int argc, char **argv);
int sysimage_files(int argc, char **argv);
int sysimage_import(int argc, char **argv);
int sysimage_info(int argc, char **argv);
int sysimage_pages(int argc, char **argv);
int sysimage_restore(int argc, char **argv);
int sysimage_sign(int argc, char **argv);
int sysimage_verify(int argc, char **argv);

#endif
