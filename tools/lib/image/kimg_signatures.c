/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The area of an image in which its signatures stand. */
#include <string.h>

#include "lib/base/language.h"
#include "lib/crypto/trust.h"
#include "lib/image/kimg_inside.h"

#define FIRST_LINE "untrusted comment: " KIMG_COMMENT "\n"
#define THIRD_LINE "trusted comment: "
#define SIGNATURE_DIGITS 100 /* base64 of 74 bytes */
#define GLOBAL_DIGITS 88     /* base64 of 64 bytes */

/* Are these bytes the one form in which the signature can be written? minisign_next() read it,
 * and takes base64 in one form only; what is left open are ends of lines and comments. */
static bool is_canonical(const char *s, size_t len, const struct minisign_signature *signature)
{
	char comment[80], third[sizeof(THIRD_LINE) + sizeof(comment)];
	enum trust_role role;
	uint64_t counter;
	int n;

	if (!trust_comment_parse(signature->trusted, &role, &counter))
		return false;
	trust_comment(comment, sizeof(comment), role, counter);
	n = snprintf(third, sizeof(third), THIRD_LINE "%s\n", comment);
	return len == strlen(FIRST_LINE) + SIGNATURE_DIGITS + 1 + (size_t)n + GLOBAL_DIGITS + 1 &&
	       memcmp(s, FIRST_LINE, strlen(FIRST_LINE)) == 0 &&
	       s[strlen(FIRST_LINE) + SIGNATURE_DIGITS] == '\n' &&
	       memcmp(s + strlen(FIRST_LINE) + SIGNATURE_DIGITS + 1, third, (size_t)n) == 0 &&
	       s[len - 1] == '\n';
}

static bool check_role(const struct minisign_signature *s, struct error *e)
{
	enum trust_role role;
	uint64_t counter;

	if (!trust_comment_parse(s->trusted, &role, &counter) || role == TRUST_IMAGE)
		return true; /* what is no comment of ours is_canonical() refuses */
	return error_set(e, ERROR_UNTRUSTED,
			 _("wrong role: a signature of the image was made for the role %s, not "
			   "for image"),
			 trust_role_name(role));
}

bool kimg_signatures_parse(const uint8_t area[KIMG_SIGNATURES_BYTES], const char **text,
			   size_t *len, struct error *e)
{
	const char *at = (const char *)area, *end;
	struct minisign_signature s;
	unsigned count = 0;
	bool more = true;

	*text = at;
	*len = strnlen(at, KIMG_SIGNATURES_BYTES);
	end = at + *len;
	if (*len == KIMG_SIGNATURES_BYTES)
		return error_set(e, ERROR_UNTRUSTED,
				 _("the area for the image's signatures does not end with zero"));
	for (size_t i = *len; i < KIMG_SIGNATURES_BYTES; i++)
		if (area[i])
			return error_set(e, ERROR_UNTRUSTED,
					 _("signing this image was interrupted, or bytes behind "
					   "its signatures were altered: sign it again"));
	while (more) {
		const char *start = at;

		if (!minisign_next(&at, end, &s, &more, e))
			return error_prefix(e, _("the image's signatures: "));
		if (more && !check_role(&s, e))
			return false;
		if (more && !is_canonical(start, (size_t)(at - start), &s))
			return error_set(e, ERROR_UNTRUSTED,
					 _("the image's signatures: number %u is not written as "
					   "the format asks, with the comment "
					   "'blackstart role=image counter=N'"),
					 count + 1);
		count += more;
		if (count > TRUST_SIGNATURES_MAX)
			return error_set(e, ERROR_UNTRUSTED,
					 _("the image has more than 64 signatures"));
	}
	return true;
}
