"""A batch of generated deals: throughput, what the batch costs beyond scenario and kernel, and what a second process
brings. `python -m benchmarks.batch [--deals 1000] [--paths 10000] [--folder DIR]`

bare      scenario and kernel alone: processor seconds over all cases, as the workers clock them
overhead  all other processor seconds of driver and workers against bare: start, reading, compiling, tables, dataset
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
from pathlib import Path

import attrs

from tranche.batch import BatchReport, Progress, grid, run_batch

DEAL = Path(__file__).parent / "batch_deal.yaml"


@attrs.frozen
class Measured:
    """One batch: its report, its processor seconds in all, and the driver's memory in bytes: when a tenth of the cases
    was done, and at the end."""

    report: BatchReport
    processor: float
    early_memory: float
    late_memory: float


def write_deals(folder: Path, count: int) -> None:
    """`count` deals of one kind, each with terms of its own."""
    text, draw = DEAL.read_text(encoding="utf-8"), random.Random(2026)
    folder.mkdir(parents=True, exist_ok=True)
    for k in range(count):
        terms = {
            "@NAME": f"Generated {k}", "@GPUS": str(draw.randrange(10_000, 40_000)),
            "@RATE": f"{draw.uniform(1.9, 2.6):.2f}", "@SPREAD": f"{draw.randrange(350, 800)}bp",
            "@SENIOR": f"{draw.randrange(250, 900)}m", "@MEZZ": f"{draw.randrange(50, 150)}m",
            "@SWEEP": f"{draw.randrange(25, 100)}%", "@LEASE": f"{draw.randrange(2027, 2030)}-07-01",
        }  # fmt: skip
        deal = text
        for mark, value in terms.items():
            deal = deal.replace(mark, value)
        (folder / f"deal_{k:05}.yaml").write_text(deal, encoding="utf-8")


def memory() -> float:
    """Bytes of this process that are in memory now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return float(line.split()[1]) * 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * 1024


def measure(deals: list[Path], out: Path, paths: int, workers: int) -> Measured:
    seen: list[tuple[int, float]] = []

    def tell(progress: Progress) -> None:
        seen.append((progress.done, memory()))

    before = processor_seconds()
    report = run_batch(grid(deals), out, paths=paths, workers=workers, progress=tell)
    early = next(used for done, used in seen if done >= len(deals) / 10)
    return Measured(report, processor_seconds() - before, early, memory())


def processor_seconds() -> float:
    """Of this process, and of its workers that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deals", type=int, default=1_000)
    parser.add_argument("--paths", type=int, default=10_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary)
        write_deals(folder / "deals", asked.deals)
        deals = sorted((folder / "deals").glob("*.yaml"))
        seconds = {}
        for workers in asked.workers:
            print(f"{asked.deals:,} deals × {asked.paths:,} paths on {workers} process(es):", flush=True)
            one = measure(deals, folder / f"runs_{workers}", asked.paths, workers)
            report = one.report
            seconds[workers] = report.seconds
            bare = report.kernel_seconds
            print(
                f"  {report.path_periods:,} path-months in {report.seconds:.2f} s: "
                f"{report.path_periods / report.seconds / 1e6:.2f}m a second; {len(report.failed)} failed\n"
                f"  bare {bare:.2f} processor s, {bare / report.path_periods * 1e9:.1f} ns a path and month\n"
                f"  in all {one.processor:.2f} processor s: overhead {100 * (one.processor / bare - 1):.1f}% of bare\n"
                f"  driver: {one.early_memory / 1e6:.1f} MB after a tenth, {one.late_memory / 1e6:.1f} MB at the end",
                flush=True,
            )
        if {1, 2} <= seconds.keys():
            print(f"two processes against one: {seconds[1] / seconds[2]:.2f} times as fast")


if __name__ == "__main__":
    main()
