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
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from microgradnet.compiler.javascript import program, runtime
from microgradnet.passes import in_scopes, passes
from microgradnet.text import legible
from microgradnet.views.explorer.picture import drawn, edge_key
from microgradnet.views.explorer.symbols import Symbols
from microgradnet.views.folding import layout
from microgradnet.views.typeset import checked_tensor

if TYPE_CHECKING:
    from microgradnet.typed import Tensor

__all__ = ["Exploration", "explore"]

MODULES = ("model", "values", "picture", "inspector", "training", "state", "main")
"""The modules of the page, in the order in which they use one another."""

MOST = 40_000
"""How many entries a page holds."""


def explore(
    output: Tensor,
    *,
    names: Mapping[str, Any] | None = None,
    step: float | None = None,
    title: str | None = None,
    max_nodes: int = 200,
) -> Exploration:
    """Make a live page of a computation and its gradients: step through it, edit any number, train.

    Forward and reverse pass are computed anew in the browser whenever a number changes, in the dtypes of the arrays.

    Parameters
    ----------
    output : Tensor
        The loss: of one element.
    names : mapping of str to Tensor, optional
        Names for tensors, in place of those they have, such as ``locals()``; see `Graph.of`.
    step : float, optional
        A learning rate: the page can train then, each parameter by ``w -= step * ∂output/∂w``.
    title : str, optional
        Of the page; the output's name by default.
    max_nodes : int
        How many boxes the picture has; what is more is folded, as by `draw`.

    Returns
    -------
    Exploration
        It shows itself in a notebook; ``.save("page.html")`` writes it.

    Raises
    ------
    TypeError
        If the output isn't a tensor.
    ValueError
        If it has more than one element or requires no gradients, or there is too much for a page.
    RuntimeError
        If an earlier reverse pass has freed the graph, or there is no Graphviz to lay it out.

    Examples
    --------
    >>> import microgradnet as mg
    >>> x = mg.tensor([1.0, 2.0], requires_grad=True, name="x")
    >>> mg.explore(mg.sum(mg.exp(x)))
    <Exploration of output: 7 values>
    """
    checked_tensor(output, "explore: the output")
    if step is not None and not (isinstance(step, int | float) and step > 0):
        raise ValueError(f"explore: step must be a learning rate, a positive number; got {legible(repr(step), 40)}")
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
    data = {
        "program": compiled.data(),
        "entries": entries,
        "boxes": [box.key for box in folded.boxes],
        "edges": [[edge.source, edge.target, edge_key(edge)] for edge in folded.edges],
        "seed": both.seed,
        "output": both.output,
        "gradients": {str(i): g for i, g in both.gradients.items()},
        "cotangents": {str(i): g for i, g in both.cotangents.items()},
        "step": step,
    }
    name = title or words[both.output].symbol
    svg = drawn(folded, words)
    return Exploration(legible(name, 80), svg, data, compiled.source(), len(graph))


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
            'style="border: 1px solid #8888; border-radius: 6px" sandbox="allow-scripts"></iframe>'
        )


def _bundled(modules: list[str]) -> str:
    """Join modules of JavaScript into one: what they import from one another is in it."""
    text = "\n".join(re.sub(r"^import [^;]*;\n", "", m, flags=re.M) for m in modules)
    return re.sub(r"^export (?=function|class|const|let)", "", text, flags=re.M)


def _policy(script: str, style: str) -> str:
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (script, style)]
    return f"default-src 'none'; script-src 'sha256-{hashes[0]}'; style-src 'sha256-{hashes[1]}'"
