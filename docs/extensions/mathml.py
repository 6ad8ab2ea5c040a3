"""Formulas as MathML, which browsers typeset themselves: no script, and no font from another host."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

PRIME = re.compile(r"<msup>(<mi>[^<]*</mi>)<mi>(&#x0203[23];)</mi></msup>")
"""A prime as a superscript: it is too high and too small where the font was not made for mathematics."""


def mathml(formula: str, **options: str) -> str:
    """Convert LaTeX; the converter knows ``align*``, which is laid out as ``aligned`` is, and operators of letters."""
    formula = re.sub(r"\\operatorname(?={[^}]*\\)", r"\\mathrm", formula)
    converted = convert(formula.replace("{aligned}", "{align*}"), **options)
    return PRIME.sub(r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>', converted)


def visit_math(writer: HTML5Translator, node: nodes.math) -> None:
    """Write a formula in a line of text."""
    writer.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def visit_math_block(writer: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula of its own."""
    writer.body.append(f'<div class="math" id="{node["ids"][0]}">' if node["ids"] else '<div class="math">')
    writer.body.append(mathml(node.astext(), display="block") + "</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Make ``html_math_renderer = "mathml"`` known."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
