/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A history of any bytes. */
#include "format.h"

extern const struct format format_shell_history;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_format(&format_shell_history, ".zsh_history", data, size, 200);
	return 0;
}
