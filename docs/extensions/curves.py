"""``{activations}``: every registered activation with its curve and what is known about it, from its declaration."""

from __future__ import annotations

import base64
import io
import warnings
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import numpy as np
from docutils import nodes
from docutils.statemachine import StringList
from matplotlib.figure import Figure
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from vjps import bulleted, lines_of

import microgradnet as mg
from microgradnet.nn import Activation
from microgradnet.nn.activate.declaration import as_numbers
from microgradnet.nn.activate.pictures import SLOPE, VALUE
from microgradnet.notation import LATEX
from microgradnet.record import traced
from microgradnet.text import number


def picture(activation: Activation) -> str:
    """Draw f and f′ from −4 to 4, interrupted at kinks, as an element of HTML."""
    ends = [-4.0, *(k for k in activation.kinks or () if -4 < k < 4), 4.0]
    slope = mg.grad(lambda x: mg.sum(activation(x)))
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": activation.name}):
        figure = Figure(figsize=(2.6, 1.9), layout="constrained")
        axes = figure.add_subplot()
        for low, high in pairwise(ends):
            x = np.linspace(low + 1e-6, high - 1e-6, 100)
            axes.plot(x, np.asarray(activation(x)), color=VALUE, linewidth=2)
            axes.plot(x, np.asarray(slope(x)), color=SLOPE, linestyle="--", linewidth=1.5)
        axes.axhline(0, color="0.6", linewidth=0.6, zorder=0)
        axes.axvline(0, color="0.6", linewidth=0.6, zorder=0)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(visible=False)
        axes.set(xlim=(-4, 4), xticks=(-3, 0, 3))
        axes.tick_params(labelsize=8, length=2)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    data = base64.b64encode(text.getvalue().encode()).decode()
    told = f"{activation.name} from −4 to 4, solid, and its derivative, dashed"
    return f'<img class="curve" alt="{told}" src="data:image/svg+xml;base64,{data}">'


def derivative(activation: Activation) -> list[str]:
    """Typeset the derivatives that were worked out by hand, where they are short; a is the value f(x)."""
    x = traced(np.float64(0.25) if activation.elementwise else np.array([[-1.5, -0.25], [0.25, 1.5]]), name="x")
    a = traced(np.asarray(activation(x._value)), name="a")
    g = traced(np.ones_like(a._value), name="g")
    learned = {name: traced(np.float64(activation.parameters[name]), name=name) for name in activation.learnable}
    parameters = {**activation.parameters, **learned}
    given = (x, a) if activation.elementwise else (g, x, a)
    found = {name: as_numbers(derive(*given, **parameters)) for name, derive in activation.derivatives.items()}
    variable = {name: "x" if name == activation.argument else LATEX.name(name) for name in found}
    if activation.elementwise:
        lines, _ = lines_of(found, lambda name: rf"\frac{{\partial f}}{{\partial {variable[name]}}}")
    else:
        lines, _ = lines_of(found, lambda _: r"\bar{x}")
    return [f"${line}$" for line in lines] if len(lines) <= 1 + len(found) else []


def interval(limits: tuple[float, float]) -> str:
    """Write a range; what is infinite is not in it, and whether an end is reached is not said."""
    return " … ".join(number(end) for end in limits)


def row(activation: Activation) -> list[list[str]]:
    """Write the cells of an activation, each as paragraphs."""
    parameters = [f"{n} = {number(v)}" for n, v in activation.parameters.items()]
    facts = [
        activation.formula or "",
        f"range {interval(activation.range)}" if activation.range else "",
        f"kinks at {', '.join(map(number, activation.kinks))}" if activation.kinks else "",
        f"parameters {', '.join(parameters)}" if parameters else "",
        f"learnable: {', '.join(activation.learnable)}" if activation.learnable else "",
        *derivative(activation),
        f"*{activation.source}*" if activation.source else "",
    ]
    summary = (activation.function.__doc__ or "").partition("\n")[0]
    return [
        [f"`{activation.name}`", *([picture(activation)] if activation.elementwise else [])],
        [summary, *filter(None, facts)],
    ]


class Activations(SphinxDirective):
    """Make the table of the activations that work number by number, or of those that work along an axis."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Write the table as Markdown, and have it read."""
        lines = ["```````{list-table}", ":header-rows: 1", ":class: operations", ""]
        lines += bulleted([["Activation"], ["What is known"]])
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            for name, activation in mg.activations.items():
                if activation.name == name and activation.elementwise == (self.arguments[0] == "elementwise"):
                    lines += bulleted(row(activation))
        where, _ = self.get_source_info()
        node = nodes.container()
        self.state.nested_parse(StringList([*lines, "```````"], where), self.content_offset, node)
        return node.children


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the directive known."""
    app.add_directive("activations", Activations)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
