"""YAML text → a tree of nodes with lines, from a parser's events.

Read from events and not from a composer, so that size, depth and aliases are limited *before* anything is built, and
nothing here recurses on what the file says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs

from tranche.errors import DealError, Place, Problem
from tranche.replay import refuse_mark

from .scalars import Scalar, plain_scalar
from .yaml_events import Event, NotRead, events, quick_events, refusal

MOST_NODES = 50_000
MOST_DEPTH = 40
MOST_ALIASED = 5_000  # nodes that aliases may repeat in all
LONGEST_KEY = 100
LONGEST_TEXT = 20_000
BEGIN = {  # what a file of each kind begins with
    "deal": "format: 1, name, schedule, tranches, …",
    "market": "format: 1, factors, …",
    "grid": "format: 1, axes, cases",
}


@attrs.frozen
class Entry:
    """A key of a mapping: its line, and its value."""

    line: int
    node: Node


@attrs.frozen(eq=False)
class Node:
    """A value with the line it begins on; `size` counts the nodes below and itself, `height` the levels."""

    value: Scalar | tuple[Node, ...] | dict[str, Entry]
    line: int
    size: int
    height: int


@attrs.define
class _Open:
    """A list or mapping whose end has not been read."""

    line: int
    anchor: str | None
    mapping: bool
    items: list[Node] = attrs.field(factory=list)
    entries: dict[str, Entry] = attrs.field(factory=dict)
    key: str | None = None
    key_line: int = 0
    size: int = 1
    height: int = 1


def yaml_tree(text: str, file: str, kind: str = "deal") -> tuple[Node, list[Problem]]:
    """The root node of `text` and the problems that do not stop the reading (keys written twice). `kind`, for
    messages: what it should be.

    Raises DealError with the line: bad syntax, several documents, tags, too many nodes, too deep, aliases that repeat
    too much or refer to themselves.
    """
    try:
        return _Builder(file, kind).build(quick_events(text))
    except NotRead:
        return _Builder(file, kind).build(events(text, file))


def _pass_over(event: Event) -> None:
    """Nothing is made of the beginning of a stream or document."""


class _Builder:
    def __init__(self, file: str, kind: str = "deal") -> None:
        self.file, self.kind = file, kind
        self.nodes = self.aliased = self.line = 0
        self.anchors: dict[str, Node] = {}
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.ended = False
        self.problems: list[Problem] = []

    def build(self, events: Iterator[Event]) -> tuple[Node, list[Problem]]:
        handlers: dict[type, Callable[[Event], None]] = {}
        for event in events:
            self.line = event.start_mark.line + 1
            kind = type(event)
            if kind not in handlers:  # two parsers, each with its own types of one name
                handlers[kind] = getattr(self, f"_{kind.__name__}", _pass_over)
            handlers[kind](event)
            if self.ended:
                self._one_document(next(events))
                break
        if self.root is None:
            self.line = 1
            raise self._refuse("the file is empty", f"write a {self.kind}: {BEGIN[self.kind]}")
        return self.root, self.problems

    def _refuse(self, what: str, fix: str = "") -> DealError:
        return refusal(self.file, self.line, what, fix)

    def _one_document(self, event: Event) -> None:
        if type(event).__name__ != "StreamEndEvent":
            self.line = event.start_mark.line + 1
            fix = f"one file holds one {self.kind}: remove '---' and what follows"
            raise self._refuse("a second document begins", fix)

    # one method per event type, found by its name

    def _ScalarEvent(self, event: Event) -> None:
        self._tag(event)
        text: str = event.value
        if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
            raise self._refuse("half of a surrogate pair in the text", "write the character itself")
        if len(text) > LONGEST_TEXT:
            raise self._refuse(f"a text of {len(text):,} characters", f"at most {LONGEST_TEXT:,} are allowed")
        self._count(1)
        parent = self.stack[-1] if self.stack else None
        if parent is not None and parent.mapping and parent.key is None:
            if event.anchor is not None:
                self._anchor(event.anchor, Node(text, self.line, 1, 1))
            self._open_key(text)
            return
        value = plain_scalar(text) if event.implicit[0] else text
        nothing = text == "" and parent is not None and parent.mapping  # stands where its key does
        line = parent.key_line if parent is not None and nothing else self.line
        self._add(self._anchor(event.anchor, Node(value, line, 1, 1)))

    def _DocumentEndEvent(self, event: Event) -> None:
        self.ended = True

    def _SequenceStartEvent(self, event: Event) -> None:
        self._open(event, mapping=False)

    def _MappingStartEvent(self, event: Event) -> None:
        self._open(event, mapping=True)

    def _SequenceEndEvent(self, event: Event) -> None:
        done = self.stack.pop()
        self._add(self._anchor(done.anchor, Node(tuple(done.items), done.line, done.size, done.height)))

    def _MappingEndEvent(self, event: Event) -> None:
        done = self.stack.pop()
        self._add(self._anchor(done.anchor, Node(done.entries, done.line, done.size, done.height)))

    def _AliasEvent(self, event: Event) -> None:
        node = self.anchors.get(event.anchor)
        if node is None:
            inside = any(one.anchor == event.anchor for one in self.stack)
            what = f"*{event.anchor} stands inside what it refers to" if inside else f"no anchor &{event.anchor} before"
            raise self._refuse(f"{what}", "write the value itself")
        self.aliased += node.size
        if self.aliased > MOST_ALIASED:
            raise self._refuse(
                f"aliases repeat more than {MOST_ALIASED} values (a YAML bomb?); nothing was expanded",
                "write the values themselves",
            )
        self._count(node.size)
        if self.stack and self.stack[-1].mapping and self.stack[-1].key is None:
            if not isinstance(node.value, str):
                raise self._refuse("an alias as a key", "write the key itself")
            self._open_key(node.value)
            return
        if len(self.stack) + node.height > MOST_DEPTH:
            raise self._too_deep()
        self._add(node)

    # the rest of the machine

    def _open(self, event: Event, mapping: bool) -> None:
        self._tag(event)
        if self.stack and self.stack[-1].mapping and self.stack[-1].key is None:
            raise self._refuse(f"a {'mapping' if mapping else 'list'} as a key", "a key is a word, such as notional")
        if len(self.stack) >= MOST_DEPTH:
            raise self._too_deep()
        self._count(1)
        self.stack.append(_Open(self.line, event.anchor, mapping))

    def _tag(self, event: Event) -> None:
        if event.tag is not None:
            raise self._refuse(f"the YAML tag {str(event.tag)[:60]!r} is not allowed", "write the value without a tag")

    def _too_deep(self) -> DealError:
        return self._refuse(f"nested more than {MOST_DEPTH} deep", "no deal needs that: check brackets and indentation")

    def _count(self, size: int) -> None:
        self.nodes += size
        if self.nodes > MOST_NODES:
            raise self._refuse(f"more than {MOST_NODES:,} values in the file", "put cash flows into a CSV file")

    def _anchor(self, anchor: str | None, node: Node) -> Node:
        if anchor is not None:
            refuse_mark(anchor)
            self.anchors[anchor] = node
        return node

    def _open_key(self, key: str) -> None:
        if len(key) > LONGEST_KEY:
            raise self._refuse(f"a key of {len(key):,} characters: {key[:20]!r}…", f"at most {LONGEST_KEY} are allowed")
        refuse_mark(key)
        self.stack[-1].key, self.stack[-1].key_line = key, self.line

    def _add(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        parent.size += node.size
        parent.height = max(parent.height, node.height + 1)
        if not parent.mapping:
            parent.items.append(node)
            return
        assert parent.key is not None
        if parent.key == "<<":
            fix = "YAML 1.2 has none: write the keys themselves"
            self.problems.append(Problem("a merge key (<<)", fix, Place(file=self.file, line=parent.key_line)))
        elif parent.key in parent.entries:
            first = parent.entries[parent.key].line
            what = f"the key {parent.key[:60]!r} is written twice (first on line {first})"
            self.problems.append(Problem(what, "keep one", Place(file=self.file, line=parent.key_line)))
        else:
            parent.entries[parent.key] = Entry(parent.key_line, node)
        parent.key = None
