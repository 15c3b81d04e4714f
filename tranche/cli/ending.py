"""How a command ends: problems on stderr, one a line, and the exit code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import attrs
import typer

from tranche.errors import DealWarning, Problem, TrancheError, UsageError

from .output import printable

FAILED, MISUSED, INTERRUPTED = 1, 2, 130


@attrs.define
class Ending:
    """The worst that happened so far."""

    code: int = 0

    def fail(self, error: TrancheError) -> None:
        """Print every problem; go on with the next deal."""
        self.code = max(self.code, MISUSED if isinstance(error, UsageError) else FAILED)
        for problem in error:
            typer.echo(one_line(problem), err=True)


    def warn(self, warnings: Sequence[DealWarning], fails: bool = False) -> None:
        """Print every warning; the exit code stays, unless a warning `fails` the deal."""
        for warning in warnings:
            typer.echo(one_line(warning), err=True)
        if warnings and fails:
            self.code = max(self.code, FAILED)


@contextmanager
def ending() -> Iterator[Ending]:
    """Inside, errors that a user can meet end in a message and an exit code, and so does Ctrl-C. Bugs do not."""
    end = Ending()
    try:
        yield end
    except TrancheError as error:
        end.fail(error)
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        raise typer.Exit(INTERRUPTED) from None
    if end.code:
        raise typer.Exit(end.code)


def one_line(problem: Problem) -> str:
    """A problem without line breaks or control characters of the file it speaks of."""
    return printable(str(problem).replace("\n", " "))


def as_data(error: TrancheError) -> list[dict[str, object]]:
    """Problems for JSON."""
    return [problem_data(problem) for problem in error]


def problem_data(problem: Problem) -> dict[str, object]:
    return {
        "what": problem.what,
        "fix": problem.fix,
        "path": problem.place.path,
        "file": problem.place.file,
        "line": problem.place.line,
    }
