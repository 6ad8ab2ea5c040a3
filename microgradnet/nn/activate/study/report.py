"""What was found about several activations, side by side: as data, as text, in a notebook, as one page, as figures."""

from __future__ import annotations

import html
import os
import shutil
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from microgradnet.check.report import for_json
from microgradnet.nn.activate.declaration import Activation
from microgradnet.nn.activate.study.changed import ChangedNetwork, changed
from microgradnet.nn.activate.study.chapters import CHAPTERS, Chapter, in_use
from microgradnet.nn.activate.study.charts import STYLE, Chart, drawn, legend, svg
from microgradnet.nn.activate.study.cost import Cost
from microgradnet.nn.activate.study.curve import Curve
from microgradnet.nn.activate.study.kin import Relative
from microgradnet.nn.activate.study.numerics import Numerics
from microgradnet.nn.activate.study.propagation import Propagation
from microgradnet.nn.activate.study.shape import Shape
from microgradnet.nn.activate.study.simulation import Simulation
from microgradnet.nn.activate.study.using import Trained
from microgradnet.text import legible

__all__ = ["Studied", "Study"]

_LABEL, _NARROWEST = 25, 16

_NOT_TRAINED = "Nothing was trained: seeds=5 trains small networks with each activation, which takes a minute or more."


@dataclass(frozen=True)
class Studied:
    """What was found about one activation.

    Attributes
    ----------
    name : str
    activation : Activation
    propagation : Propagation
        Signals and gradients through layers, as expected.
    simulation : Simulation or None
        The same, measured; None where no gain keeps a signal.
    shape : Shape
    numerics : Numerics
    cost : Cost
    kin : tuple of Relative
        The nearest first.
    trained : tuple of Trained
        Networks with it, a problem after the other; empty unless seeds were given.
    """

    name: str
    activation: Activation
    propagation: Propagation
    simulation: Simulation | None
    shape: Shape
    numerics: Numerics
    cost: Cost
    kin: tuple[Relative, ...]
    trained: tuple[Trained, ...] = ()


class Study(Mapping[str, Studied]):
    """What was found about activations, by name, in the order in which they were given.

    Printed, a table for each chapter; shown in a notebook, the tables with figures; ``study.save("page.html")`` writes
    that as a page. ``study["gelu"].propagation.gain`` is a number of it.

    Attributes
    ----------
    charts : tuple of Chart
        The figures as data.
    """

    def __init__(self, found: Sequence[Studied], charts: Sequence[Chart]) -> None:
        self._found = {s.name: s for s in found}
        self.charts = tuple(charts)

    def __getitem__(self, name: str) -> Studied:
        if name not in self._found:
            raise KeyError(f"{name!r} was not studied; there are {list(self._found)}")
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    @property
    def title(self) -> str:
        """What was studied, in one line."""
        return f"A study of {', '.join(legible(name) for name in self)}"

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """The tables: that of networks in use is among them if some were trained."""
        (*_, last) = self._found.values()
        return (*CHAPTERS, in_use(last.trained)) if last.trained else CHAPTERS

    def rows(self, chapter: Chapter) -> list[tuple[str, ...]]:
        """Write the quantities of a chapter: a label, and a cell for each activation."""
        return [
            (m.label, *(_cell(m.written, getattr(s, chapter.of)) for s in self._found.values()))
            for m in chapter.measures
        ]

    def __str__(self) -> str:
        return self.text(min(max(60, shutil.get_terminal_size().columns), 120))

    def __repr__(self) -> str:
        return str(self)

    def text(self, width: int = 80) -> str:
        """Write all tables into lines of that many columns; a table that is too wide goes on below."""
        names = [legible(name, 24) for name in self]
        at_once = max(1, (width - _LABEL) // (_NARROWEST + 2))
        lines = [*textwrap.wrap(self.title, width), ""]
        for chapter in self.chapters:
            rows = self.rows(chapter)
            lines += [chapter.title, *textwrap.wrap(chapter.about, width)]
            for first in range(0, len(names), at_once):
                chosen = slice(first, first + at_once)
                lines += _table(names[chosen], [(r[0], *r[1:][chosen]) for r in rows], width)
            lines.append("")
        if len(self.chapters) == len(CHAPTERS):
            lines += textwrap.wrap(_NOT_TRAINED, width)
        return "\n".join(lines).rstrip()

    # --- HTML ------------------------------------------------------------------------------------------

    def _repr_html_(self) -> str:
        return f'<div class="mg-study"><style>{_OWN}{STYLE}</style>{self._body("h3")}</div>'

    def html(self) -> str:
        """Write a page that needs nothing else, in the reader's colours, light or dark."""
        return (
            '<!doctype html>\n<html lang="en"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{html.escape(self.title)}</title>"
            f"<style>{_PAGE}{_OWN}{STYLE}</style>"
            f'<main class="mg-study"><h1>{html.escape(self.title)}</h1>{self._body("h2")}</main></html>\n'
        )

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file, all of it or, on any error, nothing; return its path."""
        from microgradnet.views.rendering import write_whole

        write_whole(self.html().encode(), Path(path))
        return Path(path)

    def _body(self, heading: str) -> str:
        names = list(self)
        figures = "".join(
            f"<figure>{svg(c, names)}<figcaption>{html.escape(c.note)}</figcaption></figure>" for c in self.charts
        )
        parts = [legend(names), f'<div class="mg-figures">{figures}</div>']
        head = "".join(f'<th scope="col">{html.escape(legible(name))}</th>' for name in names)
        for chapter in self.chapters:
            rows = "".join(
                f'<tr><th scope="row">{html.escape(label)}</th>'
                + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
                + "</tr>"
                for label, *cells in self.rows(chapter)
            )
            title = html.escape(chapter.title)
            parts.append(
                f"<section><{heading}>{title}</{heading}><p>{html.escape(chapter.about)}</p>"
                f'<div class="mg-wide" tabindex="0" role="region" aria-label="{title}"><table><thead>'
                f'<tr><th scope="col"></th>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
                f"{_definitions(chapter)}</section>"
            )
        return "".join(parts)

    # --- figures and data --------------------------------------------------------------------------------

    def plot(self) -> Any:
        """Draw all figures as one.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        ImportError
            If there is no Matplotlib (the extra "plot").
        """
        return drawn(self.charts, list(self))

    def in_class(self, network: Any, *data: Any, activation: str | None = None) -> ChangedNetwork:
        """Show which lines of somebody's own class to change for an activation, and compare the changed class.

        Parameters
        ----------
        network : class, object or str
            A class with an activation and its derivative in it or beside it, a network, or its file,
            ``"network.py:NAME"``, which is run. It stays as it is.
        *data : array_like
            What its constructor takes, if that is more than x and y.
        activation : str, optional
            Which one of the study. The default is the first.

        Returns
        -------
        ChangedNetwork
            Print it; ``.patch`` is the change as a diff, ``.report`` the gradients by hand beside the automatic ones.

        Raises
        ------
        ValueError
            If there is no activation with its derivative, or the change can't be written.

        Examples
        --------
        >>> import microgradnet as mg
        >>> study = mg.study_activation("tanh", "relu")
        >>> print(study.in_class("examples/network_class.py").patch)  # doctest: +SKIP
        """
        chosen = self[next(iter(self)) if activation is None else activation]
        return changed(Curve(chosen.name, chosen.activation), network, *data)

    def to_dict(self) -> dict[str, Any]:
        """Return everything that was found, as JSON knows it: what isn't finite becomes None."""
        return {name: for_json(_data(studied)) for name, studied in self._found.items()}


def _cell(written: Any, found: Any) -> str:
    return "–" if found is None else str(written(found))


def _data(value: Any) -> Any:
    """Take dataclasses and arrays apart."""
    if is_dataclass(value):
        return {f.name: _data(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, np.ndarray):
        return [_data(v) for v in value.tolist()]
    if isinstance(value, Mapping):
        return {k: _data(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [_data(v) for v in value]
    return value if isinstance(value, float | int | str | None) else str(value)


def _table(names: Sequence[str], rows: Sequence[tuple[str, ...]], width: int) -> list[str]:
    """Write a table; a long cell takes several lines."""
    column = (width - _LABEL - 1) // len(names) - 2
    column = min(column, 48)
    lines = [" " * _LABEL + "".join("  " + name.ljust(column) for name in names).rstrip()]
    for label, *cells in rows:
        wrapped = [textwrap.wrap(cell, column, break_on_hyphens=False) or [""] for cell in cells]
        labels = textwrap.wrap(label, _LABEL - 1)
        for i in range(max(len(labels), *map(len, wrapped))):
            parts = [w[i] if i < len(w) else "" for w in wrapped]
            first = labels[i] if i < len(labels) else ""
            lines.append((first.ljust(_LABEL) + "".join("  " + p.ljust(column) for p in parts)).rstrip())
    return lines


def _definitions(chapter: Chapter) -> str:
    told: dict[tuple[str, str], list[str]] = {}
    for m in chapter.measures:
        told.setdefault((m.definition, m.source), []).append(m.label)
    items = "".join(
        f"<dt>{html.escape('; '.join(labels))}</dt><dd>{html.escape(definition)}"
        + (f" <cite>{html.escape(source)}</cite>" if source else "")
        + "</dd>"
        for (definition, source), labels in told.items()
    )
    return f"<details><summary>What these are, and where it is defined</summary><dl>{items}</dl></details>"


_PAGE = (
    ":root{color-scheme:light dark}body{margin:0;background:#fff;color:#1b1b1b}"
    "@media (prefers-color-scheme:dark){body{background:#141619;color:#e8e6e3}}"
    "main{max-width:1180px;margin:0 auto;padding:16px}"
)

_OWN = (
    ".mg-study{font:15px/1.5 system-ui,sans-serif}.mg-study h1{font-size:1.5em;line-height:1.25;overflow-wrap:anywhere}"
    ".mg-study h2,.mg-study h3{font-size:1.15em;margin:1.6em 0 .2em}.mg-study p{margin:.2em 0 .6em}"
    ".mg-figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(320px,100%),1fr));gap:14px 18px}"
    ".mg-study figure{margin:0}.mg-study figcaption{font-size:12px;opacity:.8}"
    ".mg-wide{overflow-x:auto}.mg-study table{border-collapse:collapse;font-size:14px}"
    ".mg-study th,.mg-study td{text-align:left!important;vertical-align:top;padding:4px 14px 4px 0;"
    "border-bottom:1px solid rgba(128,128,128,.3);white-space:normal}"
    ".mg-study td{min-width:8.5em}.mg-study th[scope=row]{font-weight:500;min-width:8em}"
    ".mg-study details{font-size:13px;margin-top:.5em}.mg-study summary{cursor:pointer}"
    ".mg-study dt{font-weight:600;margin-top:.4em}.mg-study dd{margin:0}.mg-study cite{opacity:.8}"
    ".mg-legend span{white-space:nowrap;margin-right:1.2em}"
)
