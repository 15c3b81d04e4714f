# cython: cdivision=True
# What a run keeps when it does not keep its paths: moments, extremes, losses, the audit. `tranche/reduction.py` says what
# each array means and has the slow twin.
#
# (A) Amounts enter as whole quanta q (lanes.pxd, (C)), so that no sum depends on the order of the paths. A square has up
#     to 100 bits: |q| = 2**25·hi + lo, and Σhi², Σhi·lo and Σlo² fit 64 bits for CARRY_AFTER paths.
#     What an amount has below a quantum is summed too, in quanta·2**-50, so that a mean is as good as its amounts.
# (B) Extremes are compared as integers that are in the order of the amounts, which vectorises.
# (C) A thread writes into its own Tally; Python merges them as it merges slices.
from libc.stdint cimport int32_t, int64_t, uint64_t

cimport lanes

cdef extern from *:
    """
    static inline int64_t tally_quanta(double x, double magic) {
        double y = x + magic;
        int64_t a, b;
        memcpy(&a, &y, 8);
        memcpy(&b, &magic, 8);
        return a - b;
    }
    static inline int64_t tally_key(double x) {
        int64_t bits;
        memcpy(&bits, &x, 8);
        return bits ^ (int64_t)((uint64_t)(bits >> 63) >> 1);
    }
    static inline uint64_t tally_product(uint64_t a, uint64_t b) { return (uint64_t)(uint32_t)a * (uint32_t)b; }
    static inline int64_t tally_least(int64_t a, int64_t b) { return a < b ? a : b; }
    static inline int64_t tally_most(int64_t a, int64_t b) { return a > b ? a : b; }
    """
    int64_t quanta "tally_quanta"(double x, double magic) noexcept nogil
    int64_t key "tally_key"(double x) noexcept nogil
    uint64_t product "tally_product"(uint64_t a, uint64_t b) noexcept nogil
    int64_t least "tally_least"(int64_t a, int64_t b) noexcept nogil
    int64_t most "tally_most"(int64_t a, int64_t b) noexcept nogil

cdef enum:
    MOMENTS = 5                         # Σq, Σr, Σhi², Σhi·lo, Σlo²
    HALF = 25
    HALF_MASK = 0x1ffffff
    WIDEST = 128                        # lanes of a block, at most
    BINS = 20001                        # of a loss: basis points of the notional, and one for what is beyond
    WORST = 32                          # paths remembered for each debt

cdef struct Watched:                    # what is tallied, the same for all threads
    Py_ssize_t records
    const int32_t* register             # [records]
    Py_ssize_t debts
    Py_ssize_t parts
    const int32_t* owed                 # [debts, parts], registers whose sum is owed; -1: none
    const double* notional              # [debts]
    double dust                         # share of the notional that is rounding and no loss
    const double* side                  # [records], +1 cash in, -1 cash out or still held, 0 neither
    double start                        # cash held at closing
    double magic

cdef struct Tally:                      # what a thread found; quantities are the records, then the losses of the debts
    uint64_t* now                       # [quantities, MOMENTS] since they were last carried
    uint64_t* moments                   # [2, quantities, MOMENTS], low and high limb
    int64_t* extremes                   # [2, quantities], keys of the least and the most
    int64_t* positive                   # [quantities]
    int64_t* histogram                  # [debts, BINS]
    int64_t* worst_path                 # [debts, WORST], the worst first; -1: none
    double* worst_loss                  # [debts, WORST]
    double* residual                    # [2], largest absolute and relative
    int64_t* residual_path              # [1]


cdef inline lanes.lane_void add_moments(Tally* tally, Py_ssize_t quantity, Py_ssize_t quantities, lanes.lanes_ro value,
                                        double magic, Py_ssize_t n) noexcept nogil:
    cdef uint64_t* now = tally.now + quantity * MOMENTS
    cdef int64_t q, total = 0, rest = 0, positive = 0
    cdef double finer = magic * 8.881784197001252e-16  # 2**-50
    cdef int64_t low = tally.extremes[quantity], high = tally.extremes[quantities + quantity]
    cdef uint64_t size, hi, lo, hi_hi = 0, hi_lo = 0, lo_lo = 0
    cdef Py_ssize_t i
    for i in range(n):
        q = quanta(value[i], magic)
        size = <uint64_t>most(q, -q)
        hi = size >> HALF
        lo = size & HALF_MASK
        total += q
        rest += quanta(value[i] - ((value[i] + magic) - magic), finer)
        hi_hi += product(hi, hi)
        hi_lo += product(hi, lo)
        lo_lo += product(lo, lo)
        low = least(low, key(value[i]))
        high = most(high, key(value[i]))
        positive += value[i] > 0
    now[0] += <uint64_t>total
    now[1] += <uint64_t>rest
    now[2] += hi_hi
    now[3] += hi_lo
    now[4] += lo_lo
    tally.extremes[quantity] = low
    tally.extremes[quantities + quantity] = high
    tally.positive[quantity] += positive


cdef inline void add_loss(Tally* tally, Py_ssize_t debt, int64_t path, double loss) noexcept nogil:
    """A path with a loss, as a share of the notional: into the histogram, and among the worst paths: the higher loss
    first, then the lower number."""
    cdef int64_t* paths = tally.worst_path + debt * WORST
    cdef double* losses = tally.worst_loss + debt * WORST
    cdef Py_ssize_t k, bin = <Py_ssize_t>lanes.lower(loss * 10000.0, BINS - 1)
    tally.histogram[debt * BINS + bin] += 1
    k = WORST
    while k > 0 and (paths[k - 1] < 0 or losses[k - 1] < loss or (losses[k - 1] == loss and paths[k - 1] > path)):
        k -= 1
        if k + 1 < WORST:
            paths[k + 1] = paths[k]
            losses[k + 1] = losses[k]
    if k < WORST:
        paths[k] = path
        losses[k] = loss


cdef inline lanes.lane_void add_block(const Watched* watched, Tally* tally, double** at, int64_t first_path,
                                      Py_ssize_t n) noexcept nogil:
    """The final registers of a block of n ≤ WIDEST lanes."""
    cdef double[WIDEST] amount
    cdef double[WIDEST] scale
    cdef Py_ssize_t k, i, part, quantities = watched.records + watched.debts
    cdef const double* value
    cdef double side, bound, largest
    cdef int hit
    for k in range(watched.records):
        add_moments(tally, k, quantities, at[watched.register[k]], watched.magic, n)
    for k in range(watched.debts):
        for i in range(n):
            amount[i] = 0.0
        for part in range(watched.parts):
            if watched.owed[k * watched.parts + part] >= 0:
                value = at[watched.owed[k * watched.parts + part]]
                for i in range(n):
                    amount[i] = amount[i] + value[i]
        bound = watched.dust * watched.notional[k]
        hit = 0
        for i in range(n):
            amount[i] = lanes.either_of(amount[i] > bound, amount[i], 0.0)
            hit |= amount[i] > 0
        add_moments(tally, watched.records + k, quantities, &amount[0], watched.magic, n)
        if hit:
            for i in range(n):
                if amount[i] > 0:
                    add_loss(tally, k, first_path + i, amount[i] / watched.notional[k])
    for i in range(n):
        amount[i] = scale[i] = watched.start
    for k in range(watched.records):
        side = watched.side[k]
        if side != 0:
            value = at[watched.register[k]]
            for i in range(n):
                amount[i] = amount[i] + side * value[i]
            if side > 0:
                for i in range(n):
                    scale[i] = scale[i] + value[i]
    for i in range(n):
        largest = lanes.fabs(amount[i])
        if (largest > tally.residual[0] or tally.residual_path[0] < 0
                or (largest == tally.residual[0] and first_path + i < tally.residual_path[0])):
            tally.residual[0] = largest
            tally.residual_path[0] = first_path + i
        largest = largest / lanes.higher(scale[i], 2.2250738585072014e-308)
        if largest > tally.residual[1]:
            tally.residual[1] = largest


cdef inline void carry_moments(Tally* tally, Py_ssize_t quantities) noexcept nogil:
    cdef Py_ssize_t k, cells = quantities * MOMENTS
    for k in range(cells):
        tally.moments[k] += tally.now[k] & 0xffffffffU
        tally.moments[cells + k] += <uint64_t>(<int64_t>tally.now[k] >> 32)
        tally.now[k] = 0
