/* The benchmark deal by hand, as one would first write it: blocks of 16 paths, a loop over the lanes for every month,
 * and `#pragma omp simd` with the sums of the month as reductions. No vector types and no intrinsics.
 *
 * Every term of the deal is a compile-time constant (-DMONTHS=120 -DSENIOR=7e7 ...), so is the block (-DPATHS=16).
 */
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { TILE = 8 }; /* months that are transposed at once: a cache line of a path */

/* Columns of the two outputs, as in benchmarks/job.py. */
enum { FEE, S_INT, S_PRIN, S_SHORT, M_INT, M_PRIN, M_PIK, EQ, TRAP, S_END, M_END, TOTALS };
enum { SUMS = 11 };

typedef double lanes[PATHS] __attribute__((aligned(64)));

struct deal {
    lanes senior, mezz, reserve, unpaid;
    lanes total[S_END];
};

static inline double least(double x, double y) { return x < y ? x : y; }
static inline double most(double x, double y) { return x > y ? x : y; }

/* One month of a block; `last` is a constant at both places of call. */
static inline __attribute__((always_inline)) void month(struct deal *restrict block, const double *restrict collections,
                                                        double fee_due, int last, double *restrict sums) {
    double sum_fee = 0, sum_interest = 0, sum_principal = 0, sum_short = 0, sum_senior = 0, sum_mezz_interest = 0;
    double sum_mezz_principal = 0, sum_capitalised = 0, sum_mezz = 0, sum_equity = 0, sum_reserve = 0;

#pragma omp simd reduction(+ : sum_fee, sum_interest, sum_principal, sum_short, sum_senior, sum_mezz_interest, \
                               sum_mezz_principal, sum_capitalised, sum_mezz, sum_equity, sum_reserve)
    for (int p = 0; p < PATHS; p++) {
        double cash = collections[p], senior = block->senior[p], mezz = block->mezz[p], reserve = block->reserve[p];

        double fee = least(cash, fee_due);
        cash -= fee;
        double cfads = cash;

        double interest_due = senior * SENIOR_RATE + block->unpaid[p];
        double principal_due = least(senior, SENIOR / MONTHS);
        double due = interest_due + principal_due;
        double drawn = least(reserve, most(0.0, due - cash));
        reserve -= drawn;
        cash += drawn;
        double interest = least(cash, interest_due);
        cash -= interest;
        double unpaid = interest_due - interest;
        double principal = least(cash, principal_due);
        cash -= principal;
        senior -= principal;
        double shortfall = unpaid + (principal_due - principal);

        double top_up = least(cash, senior * RESERVE_TARGET - reserve); /* negative: the excess goes back to cash */
        cash -= top_up;
        reserve += top_up;

        double mezz_due = mezz * MEZZ_RATE;
        double mezz_interest = least(cash, mezz_due);
        cash -= mezz_interest;
        double capitalised = mezz_due - mezz_interest;
        mezz += capitalised;

        int trapped = cfads < due * TRAP_BELOW; /* where nothing is due, cfads < 0 never holds */
        double swept = trapped ? least(cash, senior) : 0.0;
        cash -= swept;
        senior -= swept;
        principal += swept;

        /* A trap that leaves the senior unpaid has taken all the cash, so what follows needs no condition. */
        double mezz_principal = least(cash, least(mezz, MEZZ / MONTHS));
        cash -= mezz_principal;
        mezz -= mezz_principal;
        double equity = cash;

        if (last) {
            cash = reserve;
            reserve = 0.0;
            double paid = least(cash, unpaid);
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

        block->senior[p] = senior, block->mezz[p] = mezz, block->reserve[p] = reserve, block->unpaid[p] = unpaid;
        block->total[FEE][p] += fee, block->total[S_INT][p] += interest, block->total[S_PRIN][p] += principal;
        block->total[S_SHORT][p] += shortfall, block->total[M_INT][p] += mezz_interest;
        block->total[M_PRIN][p] += mezz_principal, block->total[M_PIK][p] += capitalised;
        block->total[EQ][p] += equity, block->total[TRAP][p] += trapped ? 1.0 : 0.0;
        sum_fee += fee, sum_interest += interest, sum_principal += principal, sum_short += shortfall;
        sum_senior += senior, sum_mezz_interest += mezz_interest, sum_mezz_principal += mezz_principal;
        sum_capitalised += capitalised, sum_mezz += mezz, sum_equity += equity, sum_reserve += reserve;
    }
    sums[0] += sum_fee, sums[1] += sum_interest, sums[2] += sum_principal, sums[3] += sum_short;
    sums[4] += sum_senior, sums[5] += sum_mezz_interest, sums[6] += sum_mezz_principal, sums[7] += sum_capitalised;
    sums[8] += sum_mezz, sums[9] += sum_equity, sums[10] += sum_reserve;
}

/* All months of `paths` paths, at most PATHS: a path beyond them has no balance, so every flow of it is exactly 0. */
static void run_block(const double *restrict cf, int paths, const double *restrict fee_due, double *restrict totals,
                      double *restrict sums) {
    struct deal block;
    double cash[TILE][PATHS] __attribute__((aligned(64)));
    memset(&block, 0, sizeof block);
    for (int p = 0; p < paths; p++) block.senior[p] = SENIOR, block.mezz[p] = MEZZ, block.reserve[p] = RESERVE_OPEN;
    for (int start = 0; start < MONTHS; start += TILE) {
        const int months = MONTHS - start < TILE ? MONTHS - start : TILE;
        if (paths == PATHS && months == TILE) {
            for (int m = 0; m < TILE; m++)
                for (int p = 0; p < PATHS; p++) cash[m][p] = cf[(long)p * MONTHS + start + m];
        } else {
            for (int p = 0; p < PATHS; p++)
                for (int m = 0; m < months; m++) cash[m][p] = p < paths ? cf[(long)p * MONTHS + start + m] : 0.0;
        }
        for (int m = 0; m < months; m++) {
            const int t = start + m;
            if (t < MONTHS - 1)
                month(&block, cash[m], fee_due[t], 0, sums + (long)t * SUMS);
            else
                month(&block, cash[m], fee_due[t], 1, sums + (long)t * SUMS);
        }
    }
    for (int p = 0; p < paths; p++, totals += TOTALS) {
        for (int k = 0; k < S_END; k++) totals[k] = block.total[k][p];
        totals[S_END] = block.senior[p], totals[M_END] = block.mezz[p];
    }
}

/* cf: paths x MONTHS; pool: MONTHS; totals: paths x TOTALS; sums: MONTHS x SUMS. Returns 0, or 1 when out of memory. */
int run(const double *restrict cf, const double *restrict pool, long paths, double *restrict totals,
        double *restrict sums, int threads) {
    double(*partial)[MONTHS * SUMS] = calloc((size_t)threads, sizeof *partial);
    double fee_due[MONTHS];
    const long blocks = (paths + PATHS - 1) / PATHS;
    if (!partial) return 1;
    memset(sums, 0, sizeof(double[MONTHS][SUMS]));
    for (int t = 0; t < MONTHS; t++) fee_due[t] = pool[t] * FEE_RATE;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (long k = 0; k < blocks; k++) {
        const long left = paths - k * PATHS;
        run_block(cf + k * PATHS * MONTHS, left < PATHS ? (int)left : PATHS, fee_due, totals + k * PATHS * TOTALS,
                  partial[omp_get_thread_num()]);
    }
    for (int n = 0; n < threads; n++)
        for (int k = 0; k < MONTHS * SUMS; k++) sums[k] += partial[n][k];
    free(partial);
    return 0;
}
