"""The user's own derivation with the quantity beside each statement that it computes: the best explanation there is.

As text, and as HTML with formulas. What is listed is data: nothing is concluded here, and nothing of it becomes markup.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from microgradnet.check.findings import WIDTH, Diagnosis, called
from microgradnet.notation import html_of
from microgradnet.text import legible, printable

__all__ = ["DOLLAR", "UNKNOWN", "ListedLine", "Listing", "Quoted", "mark_of"]

GUTTER = 7
"""How much room there is for the number of a line and its mark."""

CODE = 44
"""How far to the right the quantities begin at most; those of longer lines stand in the row below."""

GAP = 3

UNKNOWN = "unknown"

DOLLAR = r"\$"
"""A dollar among words in LaTeX, where others begin and end mathematics."""


class Quoted(NamedTuple):
    """What something computes: as text, and in LaTeX, with the mathematics between dollars."""

    text: str
    latex: str


@dataclass(frozen=True)
class ListedLine:
    """A line of the source, what it computes, and what is wrong there.

    Attributes
    ----------
    file : str
    number : int
    code : str
    quantities : tuple of (str, str)
        What its statement computes, as text and in LaTeX: ``"∂L/∂z2"``; ``"unknown"`` for what the automatic derivation
        doesn't have.
    parts : tuple of (str, (str, str))
        Of a statement that is wrong, the expressions in it and what each is.
    diagnoses : tuple of Diagnosis
        What is wrong there.
    marks : tuple of ((int, int) or None)
        Where in the code the wrong expression of each begins and ends, if that is known.
    """

    file: str
    number: int
    code: str
    quantities: tuple[Quoted, ...] = ()
    parts: tuple[tuple[str, Quoted], ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    marks: tuple[tuple[int, int] | None, ...] = ()

    def marked(self, d: Diagnosis) -> tuple[int, int] | None:
        """Say where in the code the wrong expression stands; where nobody knows, if it stands there once."""
        known = next((at for own, at in zip(self.diagnoses, self.marks, strict=False) if own is d), None)
        if known is not None or not d.expression:
            return known
        found = [m.span() for m in re.finditer(rf"(?<!\w){re.escape(d.expression)}(?!\w)", self.code)]
        return found[0] if len(found) == 1 else None


def mark_of(d: Diagnosis, source: str, indent: int) -> tuple[int, int] | None:
    """Say where the wrong expression stands in a line of the source without its indent; None if it begins elsewhere.

    An expression that goes on below is marked to the end of the line.
    """
    if d.span is None or d.span[0] != d.line:
        return None
    first, start, last, end = d.span
    line = source.rstrip().encode()
    begin, stop = (line[:n].decode()[indent:].expandtabs(4) for n in (start, end if last == first else len(line)))
    return (len(begin), len(stop)) if len(begin) < len(stop) else None


class Listing:
    """The source of a derivation, with the quantity of each statement: as text, and in a notebook with formulas.

    Attributes
    ----------
    lines : tuple of ListedLine
    note : str
        Why there is nothing to list, or nothing to blame; empty otherwise.
    title : str
        The function and its file.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> def loss(w, x):
    ...     y = np.tanh(x @ w)
    ...     return np.sum(y**2)
    >>> def by_hand(w, x):
    ...     y = np.tanh(x @ w)
    ...     dy = 2 * y
    ...     return x.T @ dy  # where is tanh′?
    >>> x = np.array([[1.0, 2.0], [0.5, -1.0], [0.0, 0.3]])
    >>> mg.compare(loss, by_hand, np.array([0.2, -0.4]), x, argnums=0).listing
       1   def by_hand(w, x):
       2       y = np.tanh(x @ w)                   tanh(x · w)
       3 ✗     dy = 2 * y                           ∂L/∂y = 2 y
                    ^^^^^ missing-factor
    write      dy = 2 * y * (1 - y ** 2)
       4       return x.T @ dy  # where is tanh′?   unknown
    """

    def __init__(self, lines: Sequence[ListedLine] = (), note: str = "", title: str = "") -> None:
        self.lines, self.note, self.title = tuple(lines), note, title

    def __str__(self) -> str:
        column, width = self._columns()
        rows = textwrap.wrap(self.note, width)
        for k, lines in enumerate(_functions(self.lines)):
            rows += [""] * (k > 0)
            if lines[0].file != self.lines[0].file:
                rows.append(f"In {called(lines[0].file)}:")
            rows += (row for line in lines for row in _rows(line, column, width))
        if _has_unknown(self.lines) and not any(line.diagnoses for line in self.lines):
            rows += ["", *textwrap.wrap(_ABOUT_UNKNOWN, width)]
        return printable("\n".join(legible(row, len(row)) for row in rows))

    def _columns(self) -> tuple[int, int]:
        """Return the width of the code that has something beside it, and of all."""
        width = max(40, min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns))
        lengths = [len(line.code) for line in self.lines if line.quantities]
        most = max(GUTTER, min(CODE, width - GUTTER - GAP - 26))
        return max((n for n in lengths if n <= most), default=most), width

    __repr__ = __str__

    def excerpt(self, around: int = 2) -> str:
        """Return the text of the lines that are wrong, with their neighbours; of the whole where none is marked."""
        wrong = [k for k, line in enumerate(self.lines) if line.diagnoses]
        if not wrong:
            return str(self)
        chosen = [k for k in range(len(self.lines)) if any(abs(k - w) <= around for w in wrong)]
        column, width = self._columns()
        rows = textwrap.wrap(self.note, width)
        for k in chosen:
            rows += [f"{'⋮':>4}"] * (k > 0 and k - 1 not in chosen)
            rows += _rows(self.lines[k], column, width)
        rows += [f"{'⋮':>4}"] * (chosen[-1] < len(self.lines) - 1)
        return printable("\n".join(legible(row, len(row)) for row in rows))

    def __bool__(self) -> bool:
        return bool(self.lines)

    def _repr_html_(self) -> str:
        return _table(self)

    def html(self) -> str:
        """Return a page of HTML that needs nothing else: the code, and formulas beside it."""
        return _PAGE.format(title=_escaped(self.title or "listing"), body=_table(self))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write that page to a file, all of it or, on any error, nothing; return its path."""
        from microgradnet.views.rendering import write_whole

        write_whole(self.html().encode(), Path(path))
        return Path(path)


_ABOUT_UNKNOWN = "unknown: the automatic derivation has no such quantity, which alone is no mistake."


def _has_unknown(lines: Sequence[ListedLine]) -> bool:
    return any(UNKNOWN in told.text for line in lines for told in line.quantities)


def _functions(lines: Sequence[ListedLine]) -> list[list[ListedLine]]:
    """Divide the lines into those of each function."""
    found: list[list[ListedLine]] = []
    for line in lines:
        before = found[-1][-1] if found else None
        begins = before is None or line.file != before.file
        if begins or (not _indent(line.code) and line.code and before is not None and line.number != before.number + 1):
            found.append([])
        found[-1].append(line)
    return found


# --- text --------------------------------------------------------------------------------------------------------


def _rows(line: ListedLine, column: int, width: int) -> Iterator[str]:
    """Write a line in rows: its code at the left, its quantities at the right, and below what is wrong."""
    room = width - GUTTER - column - GAP
    right = [row for told in line.quantities for row in textwrap.wrap(told.text, room, subsequent_indent="  ")]
    code = _wrapped(line.code, _indent(line.code), width)
    placed = [(d, _placed(line.code, line.marked(d), code)) for d in line.diagnoses]
    gutter = f"{line.number:>4} {'✗' if line.diagnoses else ' '} "
    for k, row in enumerate(code):
        beside = right.pop(0) if right and k == len(code) - 1 and len(row) <= column else ""
        yield f"{gutter}{row.ljust(column)}{' ' * GAP}{beside}".rstrip()
        gutter = " " * GUTTER
        under = [(d, at) for d, at in placed if (len(code) - 1 if at is None else at[0]) == k]
        for caret in (c for d, at in under for c in _carets(d, at, _indent(line.code), width)):
            goes_on = k == len(code) - 1 and right[:1] != [] and right[0].startswith("  ") and len(caret) <= column
            yield f"{gutter}{caret.ljust(column)}{' ' * GAP}{right.pop(0) if goes_on else ''}".rstrip()
    yield from (" " * (GUTTER + column + GAP) + row for row in right)
    for d in line.diagnoses:
        yield from _instead(d, _indent(line.code), width)
    for text, told in line.parts:
        said = f"{legible(text, 50)}  is  {told.text}"
        yield from textwrap.wrap(said, width, initial_indent=" " * 14, subsequent_indent=" " * 18)


def _placed(code: str, at: tuple[int, int] | None, rows: Sequence[str]) -> tuple[int, int, int] | None:
    """Say in which of the rows of some code a part of it begins, and from where to where it stands there."""
    before, part = (len("".join(text.split())) for text in (code[: at[0]], code[at[0] : at[1]])) if at else (0, 0)
    for k, row in enumerate(rows if part else ()):
        there = [n for n, letter in enumerate(row) if not letter.isspace()]
        if before < len(there):
            return k, there[before], there[min(before + part, len(there)) - 1] + 1
        before -= len(there)
    return None


def _carets(d: Diagnosis, at: tuple[int, int, int] | None, indent: int, width: int) -> Iterator[str]:
    """Write carets below a wrong expression, and the kind of mistake; below the first letter where that isn't known."""
    _, start, end = at or (0, indent, indent + 1)
    said = d.kind if at else f"{d.kind}: {legible(d.expression or '', 60)}"
    carets = " " * start + "^" * (end - start)
    if len(carets) + len(said) < width - GUTTER:
        yield f"{carets} {said}"
    elif len(said) < start:
        yield f"{said} ".rjust(start) + carets.lstrip()
    else:
        yield carets
        yield from textwrap.wrap(said, width - GUTTER, initial_indent="  ", subsequent_indent="  ")


def _instead(d: Diagnosis, indent: int, width: int) -> Iterator[str]:
    """Write what should stand there, under the code."""
    if d.correction is None:
        said = textwrap.wrap(legible(d.right, 200), width - GUTTER - indent)
        yield from (" " * (GUTTER + indent) + row for row in said)
        return
    first = "write"
    for text in d.correction.splitlines():
        for row in _wrapped(" " * indent + text, indent, width):
            yield f"{first:<{GUTTER}}{row}"
            first = ""


def _indent(code: str) -> int:
    return len(code) - len(code.lstrip())


def _wrapped(code: str, indent: int, width: int) -> list[str]:
    if len(code) <= width - GUTTER:
        return [code]
    return textwrap.wrap(
        code.strip(), width - GUTTER, initial_indent=" " * indent, subsequent_indent=" " * (indent + 8),
        break_on_hyphens=False,
    )  # fmt: skip


# --- HTML --------------------------------------------------------------------------------------------------------

_STYLE = """
.mg-listing { container-type: inline-size; font-size: 0.9rem; line-height: 1.45; }
.mg-listing table.mg-lines { border-collapse: collapse; width: auto; margin: 0; border: 0; font-size: inherit; }
.mg-listing caption { text-align: left; font-weight: bold; padding: 0.3rem 0; }
.mg-listing tbody + tbody::before { content: ""; display: block; height: 1rem; }
.mg-listing table.mg-lines tr { background: none; border: 0; }
.mg-listing table.mg-lines :is(th, td) { border: 0; padding: 0.2rem 0.6rem; text-align: left; vertical-align: top; }
.mg-listing table.mg-lines th { font-weight: normal; border-bottom: 1px solid #8888; }
.mg-listing table.mg-lines :is(th, td.mg-number) { opacity: 0.75; }
.mg-listing table.mg-lines td.mg-number { text-align: right; white-space: nowrap; border-left: 4px solid transparent; }
.mg-listing code { font-family: ui-monospace, monospace; font-size: 0.85rem; color: inherit; }
.mg-listing code { display: block; white-space: pre-wrap; overflow-wrap: anywhere; background: none; border: 0;
  padding-block: 0; padding-right: 0; }
.mg-listing ins { font: inherit; text-decoration: none; background: #1a7f3740; }
.mg-listing mark { background: #d5002033; color: inherit; text-decoration: underline wavy #d50020; }
.mg-listing table.mg-lines :is(td.mg-what, th:last-child) { overflow-x: auto; padding-left: 2rem; }
.mg-listing td.mg-what div + div { margin-top: 0.3rem; }
.mg-listing table.mg-lines tr.mg-wrong { background: #d500201a; }
.mg-listing table.mg-lines tr.mg-wrong td.mg-number { border-left-color: #d50020; opacity: 1; font-weight: bold; }
.mg-listing .mg-kind { margin: 0.3rem 0; }
.mg-listing dl.mg-parts { margin: 0.3rem 0; display: grid; grid-template-columns: auto 1fr; gap: 0.1rem 1rem; }
.mg-listing dl.mg-parts dd { margin: 0; }
.mg-listing .mg-unknown { opacity: 0.75; font-style: italic; }
@container (max-width: 40rem) {
  .mg-listing table.mg-lines :is(tbody, td) { display: block; }
  .mg-listing table.mg-lines thead { position: absolute; clip-path: inset(50%); }
  .mg-listing table.mg-lines tr { display: grid; grid-template-columns: 3rem minmax(0, 1fr); }
  .mg-listing table.mg-lines td { padding: 0.1rem 0.3rem; }
  .mg-listing table.mg-lines td.mg-what { grid-column: 2; padding-left: 1.5rem; padding-bottom: 0.4rem; }
  .mg-listing table.mg-lines td.mg-number { border-left: 0; }
  .mg-listing table.mg-lines tr { border-left: 4px solid transparent; }
  .mg-listing table.mg-lines tr.mg-wrong { border-left-color: #d50020; }
}
@media print { .mg-listing * { print-color-adjust: exact; } .mg-listing tr { break-inside: avoid; } }
"""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font-family: system-ui, sans-serif; max-width: 66rem; margin: 1rem auto; padding: 0 0.5rem; }}
</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def _table(listing: Listing) -> str:
    note = f"<p>{_escaped(listing.note)}</p>" if listing.note else ""
    if not listing:
        return f'<div class="mg-listing">{note}</div>'
    caption = f"<caption>{_escaped(listing.title)}</caption>" if listing.title else ""
    head = "<thead><tr><th>Line</th><th>Code</th><th>What it computes</th></tr></thead>"
    bodies = ["\n".join(map(_row, lines)) for lines in _functions(listing.lines)]
    body = "\n".join(f"<tbody>\n{rows}\n</tbody>" for rows in bodies)
    foot = f"<p><small>{_ABOUT_UNKNOWN}</small></p>" if _has_unknown(listing.lines) else ""
    return (
        f'<div class="mg-listing"><style>{_STYLE}</style>{note}'
        f'<table class="mg-lines">{caption}{head}\n{body}\n</table>{foot}</div>'
    )


def _row(line: ListedLine) -> str:
    wrong = bool(line.diagnoses)
    number = f'<span role="img" aria-label="wrong">✗</span> {line.number}' if wrong else str(line.number)
    what = "".join(f"<div>{_typeset(q)}</div>" for q in line.quantities)
    row = '<tr class="mg-wrong">' if wrong else "<tr>"
    code = _code(line) + _wrong(line)
    return f'{row}<td class="mg-number">{number}</td><td>{code}</td><td class="mg-what">{what}</td></tr>'


def _code(line: ListedLine) -> str:
    """Write the code, with the wrong expressions marked."""
    text, at = line.code, 0
    pieces = []
    for start, end in sorted({m for d in line.diagnoses if (m := line.marked(d)) is not None}):
        if start >= at:
            pieces += [_escaped(text[at:start]), f"<mark>{_escaped(text[start:end])}</mark>"]
            at = end
    return _block("".join([*pieces, _escaped(text[at:])]) or " ", _indent(text))


def _block(code: str, indent: int) -> str:
    """Set code so that what wraps is indented."""
    return f'<code style="padding-left: {indent + 4}ch; text-indent: -{indent + 4}ch">{code}</code>'


def _wrong(line: ListedLine) -> str:
    said = []
    for d in line.diagnoses:
        indent = _indent(line.code)
        if d.correction is None:
            said += [f'<div class="mg-kind"><b>{_escaped(d.kind)}</b>; {_escaped(d.right)}</div>']
        else:
            said += [f'<div class="mg-kind"><b>{_escaped(d.kind)}</b>; write</div>']
            rows = (_block(f"<ins>{' ' * indent}{_escaped(row)}</ins>", indent) for row in d.correction.splitlines())
            said += rows
    if line.parts:
        parts = "".join(f"<dt><code>{_escaped(text)}</code></dt><dd>is {_typeset(q)}</dd>" for text, q in line.parts)
        said.append(f'<dl class="mg-parts">{parts}</dl>')
    return "".join(said)


def _escaped(text: str) -> str:
    return html.escape("\n".join(legible(row, len(row)) for row in text.split("\n")))


def _typeset(quantity: Quoted) -> str:
    """Write words with formulas among them; as text where no converter of formulas is installed, or it fails."""
    words = re.split(r"(?<!\\)\$", quantity.latex)
    pieces = [html_of(part) if k % 2 else _escaped(part.replace(DOLLAR, "$")) for k, part in enumerate(words)]
    if not all(p.startswith("<math") for p in pieces[1::2]):
        return _escaped(quantity.text)
    shown = "".join(pieces)
    return f'<span class="mg-unknown">{shown}</span>' if quantity.text == UNKNOWN else shown
