/* The benchmark deal by hand: a month of a whole vector of paths at a time, and no condition is a branch.
 *
 * Every term of the deal is a compile-time constant (-DMONTHS=120 -DSENIOR=7e7 ...), so is the block (-DPATHS=64).
 * One path's month is a chain of some twenty-five dependent minima and differences; a 16-path block is two such
 * chains, too few to keep the processor busy, a 64-path block is eight and still fits the first-level cache.
 *
 * Per-period sums stay vectors until all paths are done: adding eleven figures across the lanes of a vector every
 * month would cost as much as the month itself.
 */
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "vec.h"

#define VECTORS (PATHS / LANES)

/* Columns of the two outputs, as in benchmarks/job.py. */
enum { FEE, S_INT, S_PRIN, S_SHORT, M_INT, M_PRIN, M_PIK, EQ, TRAP, S_END, M_END, TOTALS };
enum { SUMS = 11 };

struct deal {
    vec senior, mezz, reserve, unpaid;
    vec total[S_END];
};

/* One month of a block; `last` is a constant at both places of call. */
static inline __attribute__((always_inline)) void month(struct deal *restrict block, const vec *restrict collections,
                                                        double fee_limit, int last, vec *restrict sums) {
    const vec none = all(0.0), fee_due = all(fee_limit);
    vec sum_fee = none, sum_interest = none, sum_principal = none, sum_short = none, sum_senior = none;
    vec sum_mezz_interest = none, sum_mezz_principal = none, sum_capitalised = none, sum_mezz = none;
    vec sum_equity = none, sum_reserve = none;

    for (struct deal *at = block; at < block + VECTORS; at++) {
        vec cash = *collections++, senior = at->senior, mezz = at->mezz, reserve = at->reserve;

        vec fee = least(cash, fee_due);
        cash -= fee;
        vec cfads = cash;

        vec interest_due = senior * SENIOR_RATE + at->unpaid;
        vec principal_due = least(senior, all(SENIOR / MONTHS));
        vec due = interest_due + principal_due;
        vec drawn = least(reserve, most(none, due - cash));
        reserve -= drawn;
        cash += drawn;
        vec interest = least(cash, interest_due);
        cash -= interest;
        vec unpaid = interest_due - interest;
        vec principal = least(cash, principal_due);
        cash -= principal;
        senior -= principal;
        vec shortfall = unpaid + (principal_due - principal);

        vec top_up = least(cash, senior * RESERVE_TARGET - reserve); /* negative: the excess goes back to cash */
        cash -= top_up;
        reserve += top_up;

        vec mezz_due = mezz * MEZZ_RATE;
        vec mezz_interest = least(cash, mezz_due);
        cash -= mezz_interest;
        vec capitalised = mezz_due - mezz_interest;
        mezz += capitalised;

        mask trapped = cfads < due * TRAP_BELOW; /* where nothing is due, cfads < 0 never holds */
        vec swept = least(where(trapped, cash), senior);
        cash -= swept;
        senior -= swept;
        principal += swept;

        /* A trap that leaves the senior unpaid has taken all the cash, so what follows needs no condition. */
        vec mezz_principal = least(cash, least(mezz, all(MEZZ / MONTHS)));
        cash -= mezz_principal;
        mezz -= mezz_principal;
        vec equity = cash;

        if (last) {
            cash = reserve;
            reserve = none;
            vec paid = least(cash, unpaid);
            cash -= paid;
            interest += paid;
            paid = least(cash, senior);
            cash -= paid;
            senior -= paid;
            principal += paid;
            paid = least(cash, mezz);
            cash -= paid;
            mezz -= paid;
            mezz_principal += paid;
            equity += cash;
        }

        at->senior = senior, at->mezz = mezz, at->reserve = reserve, at->unpaid = unpaid;
        at->total[FEE] += fee, at->total[S_INT] += interest, at->total[S_PRIN] += principal;
        at->total[S_SHORT] += shortfall, at->total[M_INT] += mezz_interest, at->total[M_PRIN] += mezz_principal;
        at->total[M_PIK] += capitalised, at->total[EQ] += equity, at->total[TRAP] += where(trapped, all(1.0));
        sum_fee += fee, sum_interest += interest, sum_principal += principal, sum_short += shortfall;
        sum_senior += senior, sum_mezz_interest += mezz_interest, sum_mezz_principal += mezz_principal;
        sum_capitalised += capitalised, sum_mezz += mezz, sum_equity += equity, sum_reserve += reserve;
    }
    sums[0] += sum_fee, sums[1] += sum_interest, sums[2] += sum_principal, sums[3] += sum_short;
    sums[4] += sum_senior, sums[5] += sum_mezz_interest, sums[6] += sum_mezz_principal, sums[7] += sum_capitalised;
    sums[8] += sum_mezz, sums[9] += sum_equity, sums[10] += sum_reserve;
}

/* LANES months of a block, turned so that a month's paths are contiguous. Absent paths collect nothing. */
static inline void read_tile(const double *restrict cf, vec cash[restrict LANES][VECTORS], int paths, int months) {
    if (paths < PATHS || months < LANES) {
        for (int m = 0; m < months; m++)
            for (int p = 0; p < PATHS; p++) cash[m][p / LANES][p % LANES] = p < paths ? cf[(long)p * MONTHS + m] : 0.0;
        return;
    }
    for (int k = 0; k < VECTORS; k++, cf += (long)LANES * MONTHS) {
        vec x[LANES];
        for (int r = 0; r < LANES; r++) x[r] = *(const loose_vec *)(cf + (long)r * MONTHS);
        exchange(x, 1);
        exchange(x, 2);
        if (LANES > 4) exchange(x, 4);
        for (int m = 0; m < LANES; m++) cash[m][k] = x[m];
    }
}

/* All months of `paths` paths, at most PATHS: a path beyond them has no balance, so every flow of it is exactly 0. */
static void run_block(const double *restrict cf, const double *restrict next, int paths, const double *restrict fee_due,
                      double *restrict totals, vec sums[restrict][SUMS]) {
    struct deal block[VECTORS];
    vec cash[LANES][VECTORS];
    memset(block, 0, sizeof block);
    for (int p = 0; p < paths; p++) {
        struct deal *at = &block[p / LANES];
        at->senior[p % LANES] = SENIOR, at->mezz[p % LANES] = MEZZ, at->reserve[p % LANES] = RESERVE_OPEN;
    }
    for (int start = 0; start < MONTHS; start += LANES) {
        const int months = MONTHS - start < LANES ? MONTHS - start : LANES;
        const double *ahead = start + LANES < MONTHS ? cf + start + LANES : next;
        read_tile(cf + start, cash, paths, months);
        for (int m = 0; m < months; m++) {
            /* The next tile's rows lie a stride apart, which the processor does not foresee. */
            for (int p = m * VECTORS; p < (m + 1) * VECTORS && p < paths; p++)
                __builtin_prefetch(ahead + (long)p * MONTHS, 0, 2);
            if (start + m < MONTHS - 1)
                month(block, cash[m], fee_due[start + m], 0, sums[start + m]);
            else
                month(block, cash[m], fee_due[start + m], 1, sums[start + m]);
        }
    }
    for (int p = 0; p < paths; p++, totals += TOTALS) {
        const struct deal *at = &block[p / LANES];
        for (int k = 0; k < S_END; k++) totals[k] = at->total[k][p % LANES];
        totals[S_END] = at->senior[p % LANES], totals[M_END] = at->mezz[p % LANES];
    }
}

/* cf: paths x MONTHS; pool: MONTHS; totals: paths x TOTALS; sums: MONTHS x SUMS. Returns 0, or 1 when out of memory. */
int run(const double *restrict cf, const double *restrict pool, long paths, double *restrict totals,
        double *restrict sums, int threads) {
    vec(*partial)[MONTHS][SUMS] = aligned_alloc(sizeof(vec), sizeof(vec[MONTHS][SUMS]) * (size_t)threads);
    double fee_due[MONTHS];
    const long blocks = (paths + PATHS - 1) / PATHS;
    if (!partial) return 1;
    memset(partial, 0, sizeof(vec[MONTHS][SUMS]) * (size_t)threads);
    memset(sums, 0, sizeof(double[MONTHS][SUMS]));
    for (int t = 0; t < MONTHS; t++) fee_due[t] = pool[t] * FEE_RATE;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (long k = 0; k < blocks; k++) {
        const double *here = cf + k * PATHS * MONTHS;
        const long left = paths - k * PATHS;
        run_block(here, left > PATHS ? here + (long)PATHS * MONTHS : here, left < PATHS ? (int)left : PATHS, fee_due,
                  totals + k * PATHS * TOTALS, partial[omp_get_thread_num()]);
    }
    for (int n = 0; n < threads; n++)
        for (int t = 0; t < MONTHS; t++)
            for (int k = 0; k < SUMS; k++)
                for (int v = 0; v < LANES; v++) sums[t * SUMS + k] += partial[n][t][k][v];
    free(partial);
    return 0;
}
