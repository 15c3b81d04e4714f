/* A vector holds one figure of several paths: eight in a zmm register, four in a ymm. Written in gcc's vector types
 * rather than in intrinsics, so that the same text serves both.
 */
#pragma once

#ifdef __AVX512F__
#define LANES 8
#else
#define LANES 4
#endif

typedef double vec __attribute__((vector_size(8 * LANES)));
typedef double loose_vec __attribute__((vector_size(8 * LANES), aligned(8))); /* the caller's rows, not ours */
typedef long long mask __attribute__((vector_size(8 * LANES)));

/* Loops over lanes that gcc folds to one instruction (C has no ?: on vectors). */
static inline vec all(double x) {
    vec z;
    for (int v = 0; v < LANES; v++) z[v] = x;
    return z;
}
static inline vec least(vec x, vec y) {
    vec z;
    for (int v = 0; v < LANES; v++) z[v] = x[v] < y[v] ? x[v] : y[v];
    return z;
}
static inline vec most(vec x, vec y) {
    vec z;
    for (int v = 0; v < LANES; v++) z[v] = x[v] > y[v] ? x[v] : y[v];
    return z;
}
static inline vec where(mask m, vec x) { return (vec)((mask)x & m); } /* x where m holds, elsewhere 0 */

/* One round of a transposition in registers: exchange the off-diagonal squares of side `step`. */
static inline __attribute__((always_inline)) void exchange(vec x[LANES], int step) {
    mask low, high;
    for (int v = 0; v < LANES; v++) {
        low[v] = v & step ? LANES + v - step : v;
        high[v] = v & step ? LANES + v : v + step;
    }
    for (int r = 0; r < LANES; r++) {
        if (r & step) continue;
        const vec a = x[r], b = x[r + step];
        x[r] = __builtin_shuffle(a, b, low);
        x[r + step] = __builtin_shuffle(a, b, high);
    }
}
