/* The tag against the values that its authors publish: the secret 00 01 ... 0f, and texts 00, 00 01, ... */
#include <criterion/criterion.h>

#include "wire/siphash.h"

Test(siphash, is_what_its_authors_say)
{
	unsigned char secret[16], text[16];

	for (unsigned char i = 0; i < 16; i++)
		secret[i] = text[i] = i;
	cr_assert_eq(siphash(secret, text, 0), 0x726fdb47dd0e0e31u);
	cr_assert_eq(siphash(secret, text, 1), 0x74f839c593dc67fdu);
	cr_assert_eq(siphash(secret, text, 8), 0x93f5f5799a932462u);
	cr_assert_eq(siphash(secret, text, 15), 0xa129ca6149be45e5u);
}
