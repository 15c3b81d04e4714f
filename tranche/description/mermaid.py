"""The waterfalls as a Mermaid flowchart: text that documents and code hosts render."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.program import Program

from .picture import Band, Row, picture

SHAPES = {"debt": '["{}"]', "fee": '("{}")', "residual": '(["{}"])', "account": '[("{}")]'}


def mermaid(program: Program) -> str:
    """A flowchart, a subgraph for each waterfall and one for the calls. Steps are chained in their order; a thick arrow
    is cash going out of the account that the step pays from, a dotted one cash coming in."""
    drawn = picture(program)
    lines = ["---", f"title: {_quoted(drawn.title)}", "---", "flowchart TD"]
    for band in drawn.bands:
        lines += [f"  {line}" for line in _band(band)]
    return "\n".join(lines) + "\n"


def _band(band: Band) -> Iterator[str]:
    own = band.status
    yield f'subgraph {own}["{_text(band.title)}"]'
    yield "  direction TB"
    nodes: dict[str, str] = {}
    previous = ""
    for row in band.rows:
        step = f"{own}_s{row.number}"
        yield f'  {step}{{{{"{_text(_label(row))}"}}}}'
        if previous:
            yield f"  {previous} --> {step}"
        previous = step
        for arrow in row.arrows:
            incoming = arrow.to == "cash" or row.verb in ("draw", "release")
            other, kind = (arrow.source, arrow.kind) if incoming else (arrow.to, arrow.kind)
            if other not in nodes:
                nodes[other] = f"{own}_n{len(nodes)}"
                yield f"  {nodes[other]}" + SHAPES.get(kind, '["{}"]').format(_text(other))
            link = f'{nodes[other]} -. "{_text(arrow.what)}" .-> {step}' if incoming else (
                f'{step} == "{_text(arrow.what)}" ==> {nodes[other]}'
            )  # fmt: skip
            yield f"  {link}"
    yield "end"


def _label(row: Row) -> str:
    away = sorted({arrow.source for arrow in row.arrows if arrow.to != "cash"} - {"cash"})
    away = [] if row.verb in ("draw", "release") else away
    notes = [f"from {name}" for name in away] + list(row.notes)
    return "<br/>".join([f"{row.number}. {row.verb}", *notes])


def _text(words: str) -> str:
    """Words inside a Mermaid label: quotes and angle brackets as entities, line breaks kept."""
    parts = words.split("<br/>")
    escaped = [
        part.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;") for part in parts
    ]
    return "<br/>".join(escaped)


def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'
