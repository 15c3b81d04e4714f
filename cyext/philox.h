/* Philox4x32-10 (Salmon, Moraes, Dror, Shaw, 2011) over lanes. Twin in plain Python: `tranche/market/twin.py`.

   (A) The products of 32-bit words are what it costs. Vector units have one instruction for the product of the lower
       halves of 64-bit lanes, but gcc makes ten of a product of masked lanes (shifts and sums, as the factor is known),
       so it is asked for by name, once for each unit. Upper halves hold leftovers until the end: no product reads them.
   (B) Which version runs is decided once, by what the processor can do. All give the same bits: these are integers. */
#ifndef TRANCHE_PHILOX_H
#define TRANCHE_PHILOX_H

#include <stddef.h>
#include <stdint.h>

#define PHILOX_A UINT64_C(0xD2511F53)
#define PHILOX_C UINT64_C(0xCD9E8D57)
#define PHILOX_KEY_A UINT32_C(0x9E3779B9)
#define PHILOX_KEY_B UINT32_C(0xBB67AE85)
#define PHILOX_LOW UINT64_C(0xFFFFFFFF)
#if defined(__GNUC__)
#define PHILOX_APART __attribute__((noinline)) /* so that it stays out of the others */
#else
#define PHILOX_APART
#endif

/* low[i], high[i]: first two and last two words of the counter (path, path >> 32, third, fourth), the earlier one in the
   less significant half; path = first + i, or half of it, rounded down, where `halve` is 1. */
typedef void philox_rows(uint64_t key, uint64_t first, int halve, uint32_t third, uint32_t fourth, uint64_t *low,
                         uint64_t *high, ptrdiff_t n);

PHILOX_APART static void philox_plain(uint64_t key, uint64_t first, int halve, uint32_t third, uint32_t fourth, uint64_t *low,
                         uint64_t *high, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        uint64_t path = (first + (uint64_t)i) >> halve, p, q;
        uint32_t a = (uint32_t)path, b = (uint32_t)(path >> 32), c = third, d = fourth;
        uint32_t key_a = (uint32_t)key, key_b = (uint32_t)(key >> 32);
        for (int round = 0; round < 10; round++) {
            p = a * PHILOX_A;
            q = c * PHILOX_C;
            a = (uint32_t)(q >> 32) ^ b ^ key_a;
            b = (uint32_t)q;
            c = (uint32_t)(p >> 32) ^ d ^ key_b;
            d = (uint32_t)p;
            key_a += PHILOX_KEY_A;
            key_b += PHILOX_KEY_B;
        }
        low[i] = a | (uint64_t)b << 32;
        high[i] = c | (uint64_t)d << 32;
    }
}

#if defined(__GNUC__) && defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

/* NAME for vectors of LANES words, made by the instructions of UNIT; PRODUCT multiplies lower halves. */
#define PHILOX_ROWS(NAME, UNIT, LANES, INTRINSIC, PRODUCT)                                                             \
    typedef uint64_t NAME##_words __attribute__((vector_size(8 * LANES)));                                             \
    __attribute__((target(UNIT))) static void NAME(uint64_t key, uint64_t first, int halve, uint32_t third,            \
                                                   uint32_t fourth, uint64_t *low, uint64_t *high, ptrdiff_t n)        \
    {                                                                                                                  \
        const NAME##_words none = {0}, by_a = none + PHILOX_A, by_c = none + PHILOX_C;                                 \
        NAME##_words lane, a, b, c, d, p, q, key_a[10], key_b[10];                                                     \
        ptrdiff_t i;                                                                                                   \
        for (int k = 0; k < 10; k++) {                                                                                 \
            key_a[k] = none + (uint32_t)((uint32_t)key + k * PHILOX_KEY_A);                                            \
            key_b[k] = none + (uint32_t)((uint32_t)(key >> 32) + k * PHILOX_KEY_B);                                    \
        }                                                                                                              \
        for (int k = 0; k < LANES; k++)                                                                                \
            lane[k] = (uint64_t)k;                                                                                     \
        for (i = 0; i + LANES <= n; i += LANES) {                                                                      \
            a = (lane + (first + (uint64_t)i)) >> halve;                                                               \
            b = a >> 32;                                                                                               \
            c = none + third;                                                                                          \
            d = none + fourth;                                                                                         \
            for (int k = 0; k < 10; k++) {                                                                             \
                p = (NAME##_words)PRODUCT((INTRINSIC)a, (INTRINSIC)by_a);                                              \
                q = (NAME##_words)PRODUCT((INTRINSIC)c, (INTRINSIC)by_c);                                              \
                a = (q >> 32) ^ b ^ key_a[k];                                                                          \
                b = q;                                                                                                 \
                c = (p >> 32) ^ d ^ key_b[k];                                                                          \
                d = p;                                                                                                 \
            }                                                                                                          \
            a = (a & PHILOX_LOW) | (b << 32);                                                                          \
            c = (c & PHILOX_LOW) | (d << 32);                                                                          \
            memcpy(low + i, &a, sizeof a);                                                                             \
            memcpy(high + i, &c, sizeof c);                                                                            \
        }                                                                                                              \
        philox_plain(key, first + (uint64_t)i, halve, third, fourth, low + i, high + i, n - i);                        \
    }

PHILOX_ROWS(philox_sse2, "sse2", 2, __m128i, _mm_mul_epu32)
#if !defined(TRANCHE_NO_CLONES)
PHILOX_ROWS(philox_avx2, "avx2", 4, __m256i, _mm256_mul_epu32)
PHILOX_ROWS(philox_avx512, "avx512f", 8, __m512i, _mm512_mul_epu32)
#endif
#endif

static philox_rows *philox_versions[4];
static const char *philox_names[4];
static int philox_known;
static philox_rows *philox_best = philox_plain;

static void philox_add(philox_rows *version, const char *name)
{
    philox_versions[philox_known] = philox_best = version;
    philox_names[philox_known++] = name;
}

/* Lists the versions that this processor can run, the best one last. */
static void philox_choose(void)
{
    philox_known = 0;
    philox_add(philox_plain, "plain");
#if defined(__GNUC__) && defined(__x86_64__)
    philox_add(philox_sse2, "sse2");
#if !defined(TRANCHE_NO_CLONES)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2"))
        philox_add(philox_avx2, "avx2");
    if (__builtin_cpu_supports("avx512f"))
        philox_add(philox_avx512, "avx512");
#endif
#endif
}

#endif
