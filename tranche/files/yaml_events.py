"""YAML text → events. libyaml is seven times as fast as ruamel.yaml and reads the common part of the language alike; it
is YAML 1.1 elsewhere. So it reads texts of that part only, and what it stumbles over ruamel.yaml reads, and explains.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from tranche.errors import DealError, Place, Problem

Event: TypeAlias = Any  # neither parser ships types for its events

# Where the two differ: anchors, aliases and tags; tabs, controls and line breaks that YAML 1.2 no longer has.
_APART = re.compile(
    r"(?:^|[\s\[{,:-])[&*!]\S|^%|"
    r"[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]",
    re.MULTILINE,
)


class NotRead(Exception):
    """The text is not for the quick parser."""


def refusal(file: str, line: int, what: str, fix: str = "") -> DealError:
    """A DealError about the file itself, at a line."""
    return DealError(Problem(what, fix, Place(file=file, line=line)))


def quick_events(text: str) -> Iterator[Event]:
    """libyaml's events of `text`. Raises NotRead where `events` has to read it: in the middle, perhaps."""
    try:
        from yaml import CSafeLoader, YAMLError, parse
    except ImportError:  # PyYAML was built without libyaml
        raise NotRead from None
    if _APART.search(text):
        raise NotRead
    try:
        yield from parse(text, Loader=CSafeLoader)
    except YAMLError:
        raise NotRead from None


def events(text: str, file: str) -> Iterator[Event]:
    """ruamel.yaml's events of `text`. Raises DealError with the line where it is no YAML."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    stream = YAML(typ="safe", pure=True).parse(text)
    line = 1
    while True:
        try:
            event = next(stream, None)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = mark.line + 1 if mark is not None else line
            said = ", ".join(part for part in (error.context, error.problem) if part)
            raise refusal(file, min(where, text.count("\n") + 1), f"not valid YAML: {said}", _hint(said)) from None
        except (YAMLError, ValueError, AssertionError) as error:
            # ruamel asserts on some directives and lets chr() raise on escapes beyond Unicode
            said = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise refusal(file, line, f"not valid YAML: {said}") from None
        if event is None:
            return
        line = event.start_mark.line + 1
        yield event


def _hint(said: str) -> str:
    if "tab" in said or "'\\t'" in said:
        return "indent with spaces"
    if "mapping values are not allowed" in said:
        return "check the indentation; quote text that contains ': '"
    if "undefined alias" in said:
        return "define the anchor before"
    return ""
