/*
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a tag of 64 bits that only those
 * can make who know the secret. In a header, for it is compiled into both
 * sides; it calls nothing.
 */
#ifndef LOOSE_WIRE_SIPHASH_H
#define LOOSE_WIRE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t siphash_word(const unsigned char *bytes, size_t count)
{
	uint64_t word = 0;

	for (size_t i = 0; i < count; i++)
		word |= (uint64_t)bytes[i] << 8 * i;
	return word;
}

static inline uint64_t siphash_turn(uint64_t word, int bits)
{
	return word << bits | word >> (64 - bits);
}

static inline void siphash_rounds(uint64_t v[4], int rounds)
{
	for (; rounds; rounds--) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = siphash_turn(v[1], 13) ^ v[0];
		v[3] = siphash_turn(v[3], 16) ^ v[2];
		v[0] = siphash_turn(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = siphash_turn(v[1], 17) ^ v[2];
		v[3] = siphash_turn(v[3], 21) ^ v[0];
		v[2] = siphash_turn(v[2], 32);
	}
}

static inline void siphash_take(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	siphash_rounds(v, 2);
	v[0] ^= word;
}

static inline uint64_t siphash(const unsigned char secret[16], const void *bytes, size_t length)
{
	const unsigned char *at = bytes, *end = at + (length - length % 8);
	uint64_t low = siphash_word(secret, 8), high = siphash_word(secret + 8, 8);
	uint64_t v[4] = {low ^ 0x736f6d6570736575u, high ^ 0x646f72616e646f6du, low ^ 0x6c7967656e657261u,
			 high ^ 0x7465646279746573u};

	for (; at < end; at += 8)
		siphash_take(v, siphash_word(at, 8));
	siphash_take(v, siphash_word(at, length % 8) | (uint64_t)length << 56);
	v[2] ^= 0xff;
	siphash_rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

#endif
