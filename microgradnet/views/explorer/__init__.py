"""A live page: both passes of a computation, to step through, to edit and to train, in one file that opens offline.

The page computes with the kernels of `microgradnet.compiler.javascript`, so no derivative is written twice: the reverse
pass is in the graph. Beside this file lie its modules in JavaScript, one idea each, its style sheet and its HTML.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from microgradnet.compiler.javascript import program, runtime
from microgradnet.passes import Passes, in_scopes, passes
from microgradnet.text import legible
from microgradnet.views.drawing import at_least, check_title
from microgradnet.views.explorer.insides import insides_of
from microgradnet.views.explorer.picture import drawn, edge_key
from microgradnet.views.explorer.symbols import Symbols, mathml
from microgradnet.views.folding import layout
from microgradnet.views.typeset import checked_tensor

if TYPE_CHECKING:
    from microgradnet.typed import Tensor

__all__ = ["Exploration", "LineByHand", "page_of"]

MODULES = (
    "model",
    "values",
    "curve",
    "frame",
    "picture",
    "inspector",
    "surface",
    "training",
    "listing",
    "state",
    "main",
)
"""The modules of the page, in the order in which they use one another."""

MOST = 40_000
"""How many entries a page holds."""


def page_of(
    output: Tensor,
    names: Mapping[str, Any] | None,
    beside: Callable[[Passes, Mapping[int, str]], Sequence[LineByHand]],
    step: float | None,
    title: str | None,
    max_nodes: int,
) -> Exploration:
    """Make the page; see `microgradnet.explore`.

    `beside` gives the lines of a derivation by hand, from both passes and the names of forward values.
    """
    checked_tensor(output, "explore: the output")
    if step is not None and not (isinstance(step, int | float) and step > 0):
        raise ValueError(f"explore: step must be a learning rate, a positive number; got {legible(repr(step), 40)}")
    check_title("explore", title)
    at_least("explore", "max_nodes", max_nodes, 1)
    both = passes(output, names=names, caller="explore")
    if len(both.graph) > MOST:
        raise ValueError(
            f"explore: both passes have {len(both.graph):,} values, and a page holds {MOST:,}; "
            "explore fewer steps of it, or a smaller network with the same lines"
        )
    symbols = Symbols(both)
    words = symbols.of()
    graph = in_scopes(both)
    folded = layout(graph, max_nodes=max_nodes, always_open=1)
    compiled = program(both.graph)
    entries = [
        [entry.kind, said.symbol, entry.inputs, "" if entry.operation is None else legible(entry.operation.name, 40),
         said.formula, said.mathml, said.code, " / ".join(legible(s, 40) for s in entry.scope[1:]),
         int(folded.box_of[entry.id]), -1 if entry.origin is None else entry.origin]
        for entry, said in zip(graph, words, strict=True)
    ]  # fmt: skip
    data: dict[str, Any] = {
        "program": compiled.data(),
        "entries": entries,
        "boxes": [box.key for box in folded.boxes],
        "edges": [[edge.source, edge.target, edge_key(edge)] for edge in folded.edges],
        "seed": both.seed,
        "output": both.output,
        "gradients": {str(i): g for i, g in both.gradients.items()},
        "cotangents": {str(i): g for i, g in both.cotangents.items()},
        "step": step,
        "listing": [line.row() for line in beside(both, symbols.titles)],
    }
    data["opens"], data["insides"] = insides_of(graph, folded, words)
    name = title or words[both.output].symbol
    svg = drawn(folded, words)
    return Exploration(legible(name, 80), svg, data, compiled.source(), len(graph))


@dataclass(frozen=True)
class LineByHand:
    """A line of a derivation by hand.

    Attributes
    ----------
    number : int
    code : str
    said : tuple of (str, str)
        What it computes, as text and in LaTeX with the mathematics between dollars.
    entry : int or None
        The value of the graph that this is.
    wrong : tuple of str
        What is wrong there, and what should stand there.
    """

    number: int
    code: str
    said: tuple[tuple[str, str], ...]
    entry: int | None
    wrong: tuple[str, ...]

    def row(self) -> list[Any]:
        """Return it as what JSON can hold."""
        said = [[text, mathml(latex[1:-1]) if latex.count("$") == 2 and latex[0] == latex[-1] == "$" else ""]
                for text, latex in self.said]  # fmt: skip
        return [self.number, self.code, said, self.entry, list(self.wrong)]


class Exploration:
    """A live page. `explore` makes it; in a notebook it shows itself in a frame of its own.

    Attributes
    ----------
    title : str
    """

    def __init__(self, title: str, svg: str, data: Mapping[str, Any], kernels: str, count: int) -> None:
        self.title = title
        self._svg, self._data, self._kernels, self._count = svg, data, kernels, count

    def __repr__(self) -> str:
        return f"<Exploration of {self.title}: {self._count:,} values>"

    def html(self) -> str:
        """Return the page: one file of HTML, which asks no host for anything."""
        here = Path(__file__).parent
        style = (here / "style.css").read_text("utf-8")
        modules = [runtime(), *((here / f"{m}.js").read_text("utf-8") for m in MODULES)]
        script = _bundled([*modules[:1], f"const KERNELS = {self._kernels};", *modules[1:]])
        # Nothing in JSON within a script element ends that element, or begins another.
        data = json.dumps(self._data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        data = data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        page = (here / "page.html").read_text("utf-8")
        parts = {
            "title": html.escape(self.title), "policy": _policy(script, style), "style": style, "picture": self._svg,
            "data": data, "script": script,
        }  # fmt: skip
        return re.sub(r"\{\{(\w+)\}\}", lambda m: parts[m[1]], page)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file, all of it or, on any error, nothing; return its path."""
        from microgradnet.views.rendering import write_whole

        write_whole(self.html().encode(), Path(path))
        return Path(path)

    def _repr_html_(self) -> str:
        page = html.escape(self.html(), quote=True)
        return (
            f'<iframe title="{html.escape(self.title)}" srcdoc="{page}" width="100%" height="760" '
            'sandbox="allow-scripts" '
            'style="border: 1px solid #888; border-radius: 6px; box-sizing: border-box"></iframe>'
        )


def _bundled(modules: list[str]) -> str:
    """Join modules of JavaScript into one, without their comments: what they import from one another is in it."""
    text = "\n".join(re.sub(r"^import [^;]*;\n", "", m, flags=re.M) for m in modules)
    text = re.sub(r"^export (?=function|class|const|let)", "", text, flags=re.M)
    text = re.sub(r"/\*\*.*?\*/", "", text, flags=re.S)
    return re.sub(r"^\s*(//.*)?\n|^ +", "", text, flags=re.M)


def _policy(script: str, style: str) -> str:
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (script, style)]
    return f"default-src 'none'; script-src 'sha256-{hashes[0]}'; style-src 'sha256-{hashes[1]}'"
