"""The waterfalls as one self-contained SVG: no scripts, no fonts or styles from elsewhere.

A band for each waterfall, and one for the calls. Its spine is the collection account, from top to bottom the steps in
their order: an arrow to the right pays out of it, a dashed one to the left brings cash into it; steps between other
accounts stand beside it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from html import escape

import attrs

from tranche.program import Program

from .picture import Arrow, Band, Picture, Row, picture

BAND = 430  # px: width of a band, and what lies inside it, from its left edge
SPINE, SOURCE, TARGET = 34, 66, 236
CHIP_WIDTH, CHIP_HEIGHT, CHIP_GAP = 160, 24, 34
SOURCE_WIDTH = 92
NOTE_LINE, NOTE_LETTERS = 15, 57
MARGIN, GAP, TOP = 24, 24, 90
BANDS_IN_A_ROW = 3
INTO = ("draw", "release", "call")  # verbs that bring cash into an account
LETTER = 7.0  # px: mean width of a letter of 12 px in the fonts asked for

# kind of class → fill, line
COLOURS = {
    "debt": ("#dbe7f6", "#2f5d94"),
    "fee": ("#e9e9ec", "#5c5f66"),
    "residual": ("#dcf0e0", "#2f7a45"),
    "account": ("#fbeccb", "#9a6a10"),
    "other": ("#eadff5", "#6a3f97"),
}
# selector → declarations; all of them below `.waterfall`, so that they style nothing else of a page that holds the SVG
RULES = {
    "text": "font-family:Helvetica,Arial,'DejaVu Sans',sans-serif;fill:#1d232b",
    ".t": "font-size:20px;font-weight:bold",
    ".s": "font-size:12px;fill:#5a6472",
    ".h": "font-size:14px;font-weight:bold",
    ".c": "font-size:12px;text-anchor:middle",
    ".l": "font-size:11px;fill:#3b4450;text-anchor:middle",
    ".n": "font-size:11px;fill:#5a6472",
    ".k": "font-size:11px;font-weight:bold;fill:#fff;text-anchor:middle",
    ".a": "stroke:#3b4450;stroke-width:1.6;fill:none",
    ".d": "stroke-dasharray:5 3",
}
STYLE = "".join(f".waterfall {selector}{{{declared}}}" for selector, declared in RULES.items())


@attrs.frozen
class _Box:
    """A band laid out: its parts, and how high it is."""

    parts: tuple[str, ...]
    height: float


def svg(program: Program) -> str:
    """One SVG document of every waterfall of a Program."""
    return _document(picture(program))


def _document(drawn: Picture) -> str:
    boxes = [_band(band) for band in drawn.bands]
    rows = [boxes[k : k + BANDS_IN_A_ROW] for k in range(0, len(boxes), BANDS_IN_A_ROW)]
    columns = max((len(row) for row in rows), default=1)
    width = 2 * MARGIN + columns * BAND + (columns - 1) * GAP
    parts, top = [], float(TOP)
    for row in rows:
        high = max(box.height for box in row)
        for k, box in enumerate(row):
            left = MARGIN + k * (BAND + GAP)
            parts.append(f'<g transform="translate({left} {top:g})">')
            parts.append(
                f'<rect width="{BAND}" height="{high:g}" rx="8" fill="#fbfcfd" stroke="#cfd6de"/>' + "".join(box.parts)
            )
            parts.append("</g>")
        top += high + GAP
    height = top + 14
    head = (
        f'<svg class="waterfall" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" width="{width}" '
        f'height="{height:g}" role="img"><title>{escape(drawn.title)}</title>'
        f"<desc>{escape('; '.join(_told(band) for band in drawn.bands))}</desc><style>{STYLE}</style>"
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#3b4450"/></marker></defs>'
        f'<rect width="{width}" height="{height:g}" fill="#fff"/>'
    )
    room = width - 2 * MARGIN
    said = [
        f'<text class="t" x="{MARGIN}" y="36"{_fit(drawn.title, room, 12.0)}>{escape(drawn.title)}</text>',
        *(
            f'<text class="s" x="{MARGIN}" y="{56 + 16 * k}"{_fit(line, room)}>{escape(line)}</text>'
            for k, line in enumerate(drawn.subtitle)
        ),
    ]
    return "\n".join([head, *said, *parts, _legend(drawn, top - 2), "</svg>"]) + "\n"


def _told(band: Band) -> str:
    """The band for who cannot see it."""
    steps = [f"{row.number} {row.verb} {', '.join(f'{a.source} to {a.to}' for a in row.arrows)}" for row in band.rows]
    return f"{band.title}: {'; '.join(steps)}"


def _band(band: Band) -> _Box:
    parts = [f'<text class="h" x="16" y="26">{escape(band.title)}</text>']
    start, y = 62.0, 84.0
    rows: list[str] = []
    for row in band.rows:
        drawn, high = _row(row, y)
        rows += drawn
        y += high
    spine = f'<path d="M{SPINE} {start:g}V{y + 4:g}" stroke="#9a6a10" stroke-width="4" opacity=".45"/>'
    first = _chip("collection account", 16, 40, 150, "account")
    last = _chip("stays in the account", 16, y + 4, 150, "account")
    return _Box((*parts, spine, first, *rows, last), y + CHIP_HEIGHT + 18)


def _row(row: Row, y: float) -> tuple[list[str], float]:
    """The drawing of a step whose first arrow lies `y` px down, and its height."""
    parts: list[str] = []
    middle = y + CHIP_HEIGHT / 2
    for k, arrow in enumerate(row.arrows):
        parts += _arrow(row, arrow, y + k * CHIP_GAP, middle)
    parts.append(f'<circle cx="{SPINE}" cy="{middle:g}" r="10" fill="#3b4450"/>')
    parts.append(f'<text class="k" x="{SPINE}" y="{middle + 4:g}">{row.number}</text>')
    below = y + max(1, len(row.arrows)) * CHIP_GAP + 2
    if not row.arrows:
        parts.append(f'<text class="n" x="{SOURCE}" y="{middle + 4:g}">{escape(row.verb)}</text>')
    lines = [line for note in row.notes for line in textwrap.wrap(note, NOTE_LETTERS) or [""]]
    for k, line in enumerate(lines):
        parts.append(f'<text class="n" x="{SOURCE}" y="{below + 7 + k * NOTE_LINE:g}">{escape(line)}</text>')
    return parts, below - y + len(lines) * NOTE_LINE + 12


def _arrow(row: Row, arrow: Arrow, y: float, first: float) -> Iterator[str]:
    """One movement: its chips, its line (from the second on bent out of the circle), its label."""
    middle = y + CHIP_HEIGHT / 2
    if arrow.source == "cash":
        start = f"M{SPINE + 11} {middle:g}" if middle == first else f"M{SPINE + 22} {first:g}V{middle:g}"
        yield f'<path class="a" d="{start}H{TARGET - 3}" marker-end="url(#tip)"/>'
        yield _label(arrow.what, SPINE + 22, middle)
        yield _chip(arrow.to, TARGET, y, CHIP_WIDTH, arrow.kind)
    elif arrow.to == "cash":
        if middle == first:
            yield f'<path class="a d" d="M{TARGET} {middle:g}H{SPINE + 13}" marker-end="url(#tip)"/>'
        else:
            yield f'<path class="a d" d="M{TARGET} {middle:g}H{SPINE + 22}V{first:g}"/>'
        yield _label(arrow.what, SPINE + 22, middle)
        yield _chip(arrow.source, TARGET, y, CHIP_WIDTH, arrow.kind)
    else:
        yield _chip(arrow.source, SOURCE, y, SOURCE_WIDTH, arrow.kind if row.verb in ("draw", "call") else "account")
        yield f'<path class="a" d="M{SOURCE + SOURCE_WIDTH} {middle:g}H{TARGET - 3}" marker-end="url(#tip)"/>'
        yield _label(arrow.what, SOURCE + SOURCE_WIDTH, middle)
        yield _chip(arrow.to, TARGET, y, CHIP_WIDTH, "account" if row.verb in INTO else arrow.kind)


def _label(words: str, left: float, middle: float) -> str:
    """Above the line from `left` to the chips, smaller where it would not fit."""
    room = TARGET - left - 16
    middle_x = left + (TARGET - left) / 2
    return f'<text class="l" x="{middle_x:g}" y="{middle - 4:g}"{_fit(words, room)}>{escape(words)}</text>'


def _chip(name: str, x: float, y: float, width: float, kind: str) -> str:
    fill, line = COLOURS.get(kind, COLOURS["other"])
    shown = "collection account" if name == "cash" else name
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{CHIP_HEIGHT}" rx="{12 if kind == "account" else 4}" '
        f'fill="{fill}" stroke="{line}"/><text class="c" x="{x + width / 2:g}" y="{y + 16:g}"'
        f"{_fit(shown, width - 12)}>{escape(shown)}</text>"
    )


def _fit(words: str, room: float, letter: float = LETTER) -> str:
    """The attribute that makes words smaller that are too long for their place; `letter` px is their usual width.

    Not `textLength`, which not every renderer knows.
    """
    size = 12.0 * letter / LETTER
    return f' style="font-size:{size * room / (letter * len(words)):.1f}px"' if letter * len(words) > room else ""


def _legend(drawn: Picture, y: float) -> str:
    named = {arrow.kind for band in drawn.bands for row in band.rows for arrow in row.arrows}
    there = {kind if kind in COLOURS else "other" for kind in named}  # coins, hedges, lenders, guarantors
    parts, x = [], float(MARGIN)
    for kind, (fill, line) in COLOURS.items():
        if kind in there or (kind == "account" and drawn.bands):
            box = f'<rect x="{x:g}" y="{y - 12:g}" width="14" height="12" rx="3"'
            parts.append(f'{box} fill="{fill}" stroke="{line}"/>')
            parts.append(f'<text class="s" x="{x + 20:g}" y="{y - 2:g}">{kind}</text>')
            x += 44 + LETTER * len(kind)
    parts.append(f'<text class="s" x="{x:g}" y="{y - 2:g}">dashed: cash comes in</text>')
    return "".join(parts)
