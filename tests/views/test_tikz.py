"""A drawing as TikZ code: all of the layout is there, names are words and never commands, formulas are formulas."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import microgradnet as mg
from microgradnet.views.rendering import render, to_bytes
from microgradnet.views.tikz import as_tikz, typeset
from tests.views.test_drawing import HOSTILE

SVG = "{http://www.w3.org/2000/svg}"
COMMANDS = {"backslash", "asciicircum", "asciitilde", "less", "greater", "bar", "endash"}


def network(**options):
    x, y = mg.article.dataset()
    w1, w2 = (mg.tensor(w, requires_grad=True) for w in mg.article.initial_weights(x, y, seed=0))
    with mg.scope("layer 1"):
        layer1 = mg.sigmoid(x @ w1)
    loss = mg.sum((y - mg.sigmoid(layer1 @ w2)) ** 2)
    return mg.draw(loss, names={"x": x, "y": y, "layer1": layer1, "w1": w1, "w2": w2, "loss": loss}, **options)


def is_balanced(code: str) -> bool:
    depth = 0
    for brace in re.findall(r"(?<!\\)(?:\\\\)*([{}])", code):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


@pytest.mark.parametrize(
    "options", [{}, {"direction": "both", "title": "50 % & more"}, {"size": "page"}, {"theme": "dark"}]
)
def test_all_of_the_layout_is_there(options):
    drawing = network(**options)
    layout = ET.fromstring(to_bytes(drawing, "svg"))
    code = drawing.tikz()
    drawn = [s for kind in ("polygon", "polyline", "path", "ellipse") for s in layout.iter(SVG + kind)]
    seen = [s for s in drawn if {s.get("fill", "none"), s.get("stroke", "none")} - {"none", "transparent"}]
    assert code.count(r"\path[") == len(seen) - 1  # the paper is the paper's
    assert code.count(r"\node[") == sum(bool(t.text) for t in layout.iter(f"{SVG}text"))
    assert code.startswith("% needs")
    assert code.endswith("\\end{tikzpicture}\n")
    assert is_balanced(code)
    assert code.isascii()
    assert set(re.findall(r"(?:fill|draw|text)=(mg\w+)", code)) <= set(re.findall(r"definecolor{(\w+)}", code))


def test_a_size_in_inches_is_the_size_on_the_page():
    code = network(size=(4.0, 3.0)).tikz()
    corners = np.array(re.findall(r"\((-?[\d.]+), (-?[\d.]+)\)", code), float)
    assert (np.ptp(corners, axis=0) <= [4 * 72, 3 * 72]).all()
    assert np.ptp(corners, axis=0).max() > 200


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("σ′(z₁)", r"\ensuremath{\sigma {}^{\prime}}(z\ensuremath{{}_{1}})"),
        ("(y − o)²", r"(y \ensuremath{-} o)\ensuremath{{}^{2}}"),
        ("x⁻¹²", r"x\ensuremath{{}^{- 1 2}}"),
        ("Wᵀ · δ₂", r"W\ensuremath{{}^{\top}} \ensuremath{\cdot} \ensuremath{\delta {}_{2}}"),
        ("ḡ · w̄", r"\ensuremath{\bar{\mathrm{g}}} \ensuremath{\cdot} \ensuremath{\bar{\mathrm{w}}}"),
        ("50 % of $5 & #1_a", r"50 \% of \$5 \& \#1\_a"),
        (r"\input{x}^^5c", r"\textbackslash{}input\{x\}\textasciicircum{}\textasciicircum{}5c"),
        ("a--b", "a-{}-{}b"),
        ("中文 ü", "中文 ü"),
    ],
)
def test_a_label_in_latex(text, code):
    assert typeset(text) == code


@given(st.text())
def test_no_text_is_a_command(text):
    code = typeset(text)
    assert is_balanced(code)
    escaped = re.sub(r"\\[{}$&#%_]", "", code)
    for c in "$&#%~":
        assert c not in escaped.replace("~", "" if "\xa0" in text else "~")
    assert "^^" not in code
    if text.isascii():
        assert {*re.findall(r"\\text([a-z]+)", code)} <= COMMANDS
        assert not re.search(r"\\(?!text)[A-Za-z]", code)


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_a_word(name):
    x = mg.tensor([1.0, 2.0], requires_grad=True, name=name)
    code = mg.draw(mg.exp(x)).tikz()
    assert is_balanced(code)
    assert {*re.findall(r"^  \\(\w+)", code, re.MULTILINE)} == {"definecolor", "path", "node"}


def test_a_file_that_ends_in_tex_is_tikz(tmp_path):
    drawing = network()
    assert render(drawing, tmp_path / "a.tex").read_text() == drawing.tikz()
    drawing.render(tmp_path / "b.tex")
    assert (tmp_path / "b.tex").read_text() == drawing.tikz()
    assert [p.name for p in sorted(tmp_path.iterdir())] == ["a.tex", "b.tex"]


def test_what_is_too_large_for_any_page_is_refused():
    with pytest.raises(ValueError, match="cm large; fold it"):
        as_tikz(b'<svg xmlns="http://www.w3.org/2000/svg" width="20000pt" height="10pt" viewBox="0 0 20000 10"/>')
