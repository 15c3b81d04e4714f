"""`python -m benchmarks.run`: check that all versions agree, time them, print one table."""

from __future__ import annotations

import argparse
import functools
import json
import shutil
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

import attrs

from benchmarks import machine, measure, peer_c, scalar
from benchmarks.agree import disagreements
from benchmarks.job import Array, Output, Spec, collections
from benchmarks.versions import OURS, STRONGEST, VERSIONS, Version

THREADS = (1, 2)


@attrs.define
class Row:
    """What was measured of one version, by threads; absent where it could not be, with the reason in `note`.

    `rounds` and `ns` are nanoseconds per path and month, each round's and their median.
    """

    name: str
    note: str = ""
    rounds: dict[int, list[float]] = attrs.field(factory=dict)
    ns: dict[int, float] = attrs.field(factory=dict)
    ratio: dict[int, float] = attrs.field(factory=dict)
    peak_mb: float | None = None


def check(cf: Array, spec: Spec, threads: tuple[int, ...]) -> list[str]:
    """Every version against plain Python on its few paths, and against one another on all; lines on what differs."""
    few = cf[: min(len(cf), *(v.most_paths for v in VERSIONS if v.most_paths))]
    problems = _compare(few, spec, threads, VERSIONS, scalar.run(few, spec))
    return problems + _compare(cf, spec, threads, [v for v in VERSIONS if v.most_paths is None])


def _compare(
    cf: Array, spec: Spec, threads: tuple[int, ...], versions: list[Version], reference: Output | None = None
) -> list[str]:
    problems: list[str] = []
    for version in versions:
        for n in threads if version.threaded else (1,):
            if version.run:
                out = version.run(cf, spec, n)
                reference = reference or out
                problems += [f"{version.name}, {n} threads: {line}" for line in disagreements(out, reference)]
    return problems


def time_all(cf: Array, spec: Spec, rounds: int, threads: tuple[int, ...]) -> dict[str, dict[int, list[float]]]:
    """Nanoseconds per path and month of every round, by version and threads."""
    times: dict[str, dict[int, list[float]]] = {}
    for n in threads:
        inputs = {v.name: cf[: v.most_paths] for v in VERSIONS}
        calls: dict[str, Callable[[], Output]] = {
            v.name: functools.partial(v.run, inputs[v.name], spec, n)
            for v in VERSIONS
            if v.run and (n == 1 or v.threaded)
        }
        for name, seconds in measure.interleaved(calls, rounds).items():
            scale = 1e9 / inputs[name].size
            times.setdefault(name, {})[n] = [second * scale for second in seconds]
    return times


def tabulate(times: dict[str, dict[int, list[float]]], paths: int, months: int) -> list[Row]:
    """The table's rows, in the order of the list; peak memory is taken here."""
    table = []
    for version in VERSIONS:
        row = Row(version.name, _note(version, paths), times.get(version.name, {}))
        row.ns = {n: statistics.median(each) for n, each in row.rounds.items()}
        if version.run and version.most_paths is None:
            row.peak_mb = measure.peak_memory(version.name, paths, months) / 1e6
        table.append(row)
    if of := yardstick(table):
        for row in table:
            row.ratio = {n: of.ns[n] / ns for n, ns in row.ns.items() if n in of.ns}
    return table


def yardstick(table: list[Row]) -> Row | None:
    """The row that ratios are taken of: ours, or the strongest of the others while ours is not there."""
    timed = {row.name: row for row in table if row.ns}
    return timed.get(OURS) or timed.get(STRONGEST)


def unsteady(table: list[Row]) -> list[str]:
    """Rows whose slowest round took over a quarter longer than their fastest: something else wanted the cores."""
    return [
        f"unsteady: {row.name}, {n} thread{'s' * (n > 1)}: rounds of {min(each):.2f} to {max(each):.2f} ns"
        for row in table
        for n, each in row.rounds.items()
        if max(each) > 1.25 * min(each)
    ]


def _note(version: Version, paths: int) -> str:
    if version.missing:
        return version.missing
    if version.most_paths and version.most_paths < paths:
        return f"on {version.most_paths} paths"
    return "" if version.threaded else "one thread only"


def render(table: list[Row], threads: tuple[int, ...]) -> str:
    """The table as text."""
    lines = [["version"], [""]]
    for n in threads:
        lines[0] += [f"{n} thread{'s' * (n > 1)}", ""]
        lines[1] += ["ns/path-month", "ratio"]
    lines[0] += ["peak MB", ""]
    lines[1] += ["beyond input", ""]
    for row in table:
        cells = [row.name]
        for n in threads:
            cells += [_cell(row.ns.get(n), 2), _cell(row.ratio.get(n), 3)]
        lines.append([*cells, _cell(row.peak_mb, 1), row.note])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = [
        "  ".join([name.ljust(widths[0]), *map(str.rjust, figures, widths[1:-1]), note]).rstrip()
        for name, *figures, note in lines
    ]
    if of := yardstick(table):
        text.append(f"\nratio: time of '{of.name}' over the time of the row, same number of threads")
    return "\n".join(text)


def _cell(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def vectorised(spec: Spec) -> dict[str, str]:
    """What the machine code says: packed float64 instructions of our kernel and of the C versions."""
    found = {}
    if shutil.which("gcc"):
        for name, block, sources in (("C, plain", 16, peer_c.PLAIN), ("C, vector types", 64, peer_c.VECTORS)):
            library = peer_c.library(spec, block, sources)
            found[name] = measure.describe_packed(measure.packed_instructions(library, r"run"))
    if any(v.name == OURS and v.run for v in VERSIONS):
        from benchmarks.ours import KERNEL, SYMBOLS

        counts = measure.packed_instructions(KERNEL, SYMBOLS)
        found[OURS] = measure.describe_packed(counts)
        if counts is not None and not counts:
            raise SystemExit("our kernel was built without vector instructions: its time would mean nothing")
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--paths", type=int, default=100_000)
    parser.add_argument("--months", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=5, help="timed rounds, after one that is not counted")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to FILE")
    asked = parser.parse_args(arguments)
    if min(asked.paths, asked.months, asked.rounds) < 1:
        parser.error("--paths, --months and --rounds must be at least 1")
    threads = tuple(n for n in THREADS if n <= machine.cores())

    spec = Spec(months=asked.months)
    cf = collections(spec, asked.paths)
    facts = {**machine.facts(), "C built with": " ".join(peer_c.FLAGS)}
    packed = vectorised(spec)
    for name, fact in facts.items():
        print(f"{name}: {fact}")

    problems = check(cf, spec, threads)
    if problems:
        print("\nthe versions do not agree, so nothing is timed:", *problems, sep="\n  ", file=sys.stderr)
        return 1
    print(f"\nall versions agree on {asked.paths:,} paths x {asked.months} months\n")

    table = tabulate(time_all(cf, spec, asked.rounds, threads), asked.paths, asked.months)
    print(render(table, threads))
    print("packed float64 arithmetic: " + "; ".join(f"{name}, {what}" for name, what in packed.items()))
    print(*unsteady(table), sep="\n")
    if asked.json:
        figures = {
            "machine": facts,
            "packed": packed,
            "paths": asked.paths,
            "months": asked.months,
            "rounds": asked.rounds,
            "ratio_of": getattr(yardstick(table), "name", None),
            "versions": [attrs.asdict(row) for row in table],
        }
        asked.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
