"""Mutants of the living deals by the thousand, read and compiled: no traceback, no hang, no memory gone.

    python -m tests.soak.fuzz_deals 100000 [seed]        (make fuzz)

Two processes; each file gets at most LONGEST seconds of a processor, each process MOST_MEMORY. The seed and the
mutant's number repeat a finding: `python -m tests.soak.fuzz_deals --show SEED NUMBER`.
"""

from __future__ import annotations

import random
import re
import resource
import signal
import string
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import FrameType

from tests.properties.test_fuzz_files import ODD
from tranche.compiler import compile_deal
from tranche.errors import TrancheError
from tranche.files import loads

DEALS = Path(__file__).parents[2] / "deals"
LONGEST = 2.0  # seconds of a processor, so that what else runs on the machine does not count
MOST_MEMORY = 500 * 2**20  # bytes of a process, what it has imported included
SLICE = 500
MOST_FINDINGS = 20


def bases() -> list[tuple[str, str]]:
    """The living deals: their file (a mutant reads what lies beside it) and their text."""
    found = sorted(path for path in DEALS.rglob("*.yaml") if "markets" not in path.parts)
    return [(str(path), path.read_text(encoding="utf-8")) for path in found]


def mutant(seed: int, number: int, texts: list[tuple[str, str]]) -> tuple[str, str]:
    """File and text of one mutant: one to six mutations of a living deal."""
    rng = random.Random(f"{seed}/{number}")
    file, text = rng.choice(texts)
    others = [other for _, other in texts]
    for _ in range(rng.randint(1, 6)):
        text = rng.choice(MUTATIONS)(rng, text, others)
    return file, text


def _value(rng: random.Random) -> str:
    return rng.choice(ODD) if rng.random() < 0.7 else "".join(rng.choices(string.printable, k=rng.randint(1, 12)))


def _replace_value(rng: random.Random, text: str, _: list[str]) -> str:
    lines = text.split("\n")
    i = rng.randrange(len(lines))
    head, colon, _rest = lines[i].partition(":")
    lines[i] = f"{head}{colon} {_value(rng)}"
    return "\n".join(lines)


def _replace_word(rng: random.Random, text: str, others: list[str]) -> str:
    words = list(re.finditer(r"[\w.%]+", text))
    if not words:
        return text
    word = rng.choice(words)
    graft = rng.choice(re.findall(r"[\w.%]+", rng.choice(others))) if rng.random() < 0.5 else _value(rng)
    return text[: word.start()] + graft + text[word.end() :]


def _lines(rng: random.Random, text: str, _: list[str]) -> str:
    """Drop, repeat, exchange or indent lines."""
    lines = text.split("\n")
    i, k = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(4):
        case 0:
            del lines[i : i + rng.randint(1, 5)]
        case 1:
            lines[i:i] = lines[i : i + 1] * rng.randint(1, 4)
        case 2:
            lines[i], lines[k] = lines[k], lines[i]
        case _:
            lines[i] = " " * rng.randint(0, 12) + lines[i].lstrip()
    return "\n".join(lines)


def _graft(rng: random.Random, text: str, others: list[str]) -> str:
    """Lines of another deal."""
    lines, other = text.split("\n"), rng.choice(others).split("\n")
    i, k = rng.randrange(len(lines)), rng.randrange(len(other))
    lines[i:i] = other[k : k + rng.randint(1, 8)]
    return "\n".join(lines)


def _letters(rng: random.Random, text: str, _: list[str]) -> str:
    if not text:
        return text
    i = rng.randrange(len(text))
    return text[:i] + rng.choice(["", *string.printable]) + text[i + rng.randint(0, 2) :]


def _number(rng: random.Random, text: str, _: list[str]) -> str:
    numbers = list(re.finditer(r"\d+", text))
    if not numbers:
        return text
    found = rng.choice(numbers)
    other = rng.choice(("0", "-1", "1", "7", "999", "1e9", "1e18", "1e308", "0.0000001", "2100-01-01"))
    return text[: found.start()] + other + text[found.end() :]


MUTATIONS = (_replace_value, _replace_word, _replace_word, _lines, _graft, _letters, _number)


class Slow(Exception):
    """A file took longer than LONGEST."""


def _ring(_: int, __: FrameType | None) -> None:
    raise Slow


def try_slice(seed: int, first: int, count: int) -> tuple[Counter[str], float, int]:
    """What happened to mutants first ≤ k < first + count: outcomes, the slowest in seconds, peak bytes. Whatever is no
    TrancheError leaves this function, with a note that says which mutant it was."""
    texts = bases()
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    signal.signal(signal.SIGPROF, _ring)
    for number in range(first, first + count):
        file, text = mutant(seed, number, texts)
        start = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, LONGEST)
        outcome = ""
        try:
            compile_deal(loads(text, file))
            outcome = "deal"
        except TrancheError:
            outcome = "refused"
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0.0)
            if not outcome:
                print(f"mutant {number}: python -m tests.soak.fuzz_deals --show {seed} {number}", flush=True)
        outcomes[outcome] += 1
        slowest = max(slowest, time.process_time() - start)
    return outcomes, slowest, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> int:
    if sys.argv[1:2] == ["--show"]:
        print(mutant(int(sys.argv[2]), int(sys.argv[3]), bases())[1])
        return 0
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(2**32)
    print(f"{count:,} mutants of {len(bases())} deals, seed {seed}", flush=True)
    outcomes: Counter[str] = Counter()
    findings: list[str] = []
    slowest, peak = 0.0, 0
    slices = [(seed, first, min(SLICE, count - first)) for first in range(0, count, SLICE)]
    with ProcessPoolExecutor(2) as pool:
        for first, future in [(first, pool.submit(try_slice, *one)) for one in slices for first in one[1:2]]:
            if (error := future.exception()) is not None:
                findings.append(f"mutants {first} to {first + SLICE - 1}: {type(error).__name__}: {str(error)[:200]}")
                continue
            found, seconds, used = future.result()
            outcomes += found
            slowest, peak = max(slowest, seconds), max(peak, used)
    if peak > MOST_MEMORY:
        findings.append(f"{peak / 2**20:.0f} MB in a process")
    print(f"{dict(outcomes)}; slowest {slowest:.2f} s; at most {peak / 2**20:.0f} MB a process")
    print(*findings[:MOST_FINDINGS], sep="\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
