"""A drawing tells nodes apart, is the same on every run, and shows user text as text."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import graphviz
import numpy as np
import pytest

import microgradnet as mg
from microgradnet.passes import backward_graph
from microgradnet.text import legible, short
from microgradnet.views.rendering import to_bytes

ARTICLE = """
import numpy as np
import microgradnet as mg

x = mg.tensor(np.arange(12.0).reshape(4, 3), name="x")
y = mg.tensor(np.ones((4, 1)), name="y")
weights1 = mg.tensor(np.full((3, 4), 0.1), requires_grad=True)
weights2 = mg.tensor(np.full((4, 1), 0.2), requires_grad=True)
with mg.scope("network"):
    with mg.scope("hidden layer"):
        layer1 = mg.sigmoid(x @ weights1)
    with mg.scope("output layer"):
        output = mg.sigmoid(layer1 @ weights2)
loss = mg.sum((y - output) ** 2)
"""

DIRECTIONS = ("forward", "backward", "both", "tangents")


def article() -> dict[str, mg.Tensor]:
    names: dict[str, mg.Tensor] = {}
    exec(ARTICLE, names)
    return names


def texts(drawing: graphviz.Digraph) -> list[str]:
    root = ET.fromstring(to_bytes(drawing, "svg"))
    return ["".join(t.itertext()) for t in root.iter("{http://www.w3.org/2000/svg}text")]


def node_line(source: str, words: str) -> str:
    (line,) = (line for line in source.splitlines() if words in line and "label=<" in line)
    return line


def test_it_is_a_graphviz_digraph_with_names_symbols_shapes_and_scopes():
    names = article()
    drawing = mg.draw(names["loss"], names=names)
    assert isinstance(drawing, graphviz.Digraph)
    shown = texts(drawing)
    for text in ("x", "y", "weights1", "weights2", "layer1", "output", "loss", "σ", "Σ", "−", "·²", "4×3", "3×4"):
        assert text in shown
    assert {"network", "hidden layer", "output layer"} <= set(shown)
    assert len(re.findall(r"^\t+subgraph cluster_\d+", drawing.source, re.MULTILINE)) == 3


def test_kinds_have_their_own_shapes_and_colours():
    names = article()
    fixed = np.ones((4, 1))
    source = mg.draw(names["loss"] + mg.sum(names["output"] * fixed), names=names).source
    forms = {
        what: re.sub(r'^.*tooltip="[^"]*" ', "", node_line(source, words))
        for what, words in {
            "parameter": "<b>weights1</b>",
            "input": "<b>x</b>",
            "operation": "<b>layer1</b>",
            "constant": "constant · 4×1",
            "output": "peripheries=2",
        }.items()
    }
    assert len(set(forms.values())) == len(forms)
    fills = [re.search('fillcolor="(.*?)"', f) for f in forms.values()]
    assert len({f[1] for f in fills if f}) == 4  # constants and operations share white, told apart by dashes


def test_gradients_flow_along_solid_edges():
    x = mg.tensor([1.0, 2.0], name="x")
    w = mg.tensor([1.0, 2.0], requires_grad=True, name="w")
    source = mg.draw(x * w).source
    assert re.search(r"n0 -> n2:a0 \[style=dashed", source)
    assert re.search(r"n1 -> n2:a1$", source, re.MULTILINE)


@pytest.mark.parametrize("values", ["shape", "statistics", "numbers"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("rankdir", ["LR", "TB"])
def test_every_option_renders(values, theme, rankdir):
    names = article()
    shown = texts(mg.draw(names["loss"], values=values, theme=theme, rankdir=rankdir))
    assert ("mean 5.5" in shown) is (values == "statistics")
    assert ("11" in shown) is (values == "numbers")


def test_values_of_odd_arrays():
    x = mg.tensor(np.array([np.nan, 1.0, np.inf]), requires_grad=True)
    assert "2 not finite" in texts(mg.draw(x, values="statistics"))
    assert {"NaN", "1", "∞"} <= set(texts(mg.draw(x, values="numbers")))
    empty = mg.tensor(np.ones((0, 3)), requires_grad=True)
    assert "empty" in texts(mg.draw(empty, values="numbers"))
    texts(mg.draw(empty, values="statistics"))
    large = mg.tensor(np.arange(1000.0).reshape(10, 10, 10), requires_grad=True)
    shown = texts(mg.draw(large, values="numbers"))
    assert {"0", "999", "…", "⋮"} <= set(shown)
    assert len(shown) < 45


def test_values_that_were_freed_say_so():
    x = mg.tensor([1.0, 2.0], requires_grad=True)
    loss = mg.sum(mg.exp(3 * x))
    loss.backward()
    shown = texts(mg.draw(loss, values="numbers"))
    assert "value freed" in shown
    assert "?" in shown


def test_the_same_computation_gives_the_same_text_on_every_run():
    program = ARTICLE + "\nimport sys; sys.stdout.buffer.write(mg.draw(loss, names=locals()).source.encode())"
    root = str(Path(mg.__file__).parents[1])
    runs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": root},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    names = article()
    assert runs == {mg.draw(names["loss"], names=names).source.encode()}


HOSTILE = {
    "quotes": "a \"quoted\" 'name'",
    "backslashes": r"C:\new\N\G\l \ ",
    "one backslash": "\\",
    "entities": "&amp; &lt;b&gt; &#65; & &",
    "markup": "<b>bold</b>",
    "html label": "<<table>>",
    "script": "</svg><script>alert(1)</script>",
    "comment": "--> <!-- ]]>",
    "DOT": '"]; evil [label="',
    "braces": "} subgraph cluster_0 {",
    "newlines": "one\ntwo\r\nthree",
    "control": "\x00\x07\x1b[31m",
    "right to left": "משקל وزن",
    "direction override": "\u202egnp.exe",
    "lone surrogate": "\ud800",
    "blank": "   ",
    "port": "a:b:c",
    "very long": "long " * 500,
    "emoji": "👩\u200d🔬 ∂ 中文",
    "keyword": "graph",
}


def shown_as(name: str, most: int) -> str:
    return re.sub(r"\s+", " ", legible(name, most)).strip()


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_drawn_as_text(name):
    x = mg.tensor([1.0, 2.0], requires_grad=True, name=name)
    with mg.scope(name):
        y = mg.exp(x)
    y.name = name
    drawing = mg.draw(y)
    svg = to_bytes(drawing, "svg")
    root = ET.fromstring(svg)
    found = [re.sub(r"\s+", " ", text).strip() for text in texts(drawing)]
    shown = {shown_as(name, 60), *(shown_as(short(text), 60) for text in (name, f"{name}_2"))}
    assert sum(text in shown for text in found) == 3
    tags = {element.tag.split("}")[1] for element in root.iter()}
    assert tags <= {"svg", "g", "title", "polygon", "polyline", "path", "text", "a", "ellipse"}
    titles = [t.text for t in root.iter("{http://www.w3.org/2000/svg}title")]
    assert all(re.fullmatch(r"%3|n\d+(_\d)?(:a\d)?->n\d+(:a\d)?|n\d+(_\d)?|cluster_\d+", t or "%3") for t in titles)
    links = [a.get("{http://www.w3.org/1999/xlink}title") for a in root.iter("{http://www.w3.org/2000/svg}a")]
    tooltip = shown_as(name, 200)[:100].replace("\\", "⧵")
    assert sum(tooltip in re.sub(r"\s+", " ", link or "") for link in links) == 3
    assert b"<script" not in svg


@pytest.mark.parametrize("scope", ["", " ", "x" * 1000])
def test_odd_scopes_render(scope):
    with mg.scope(scope):
        y = mg.exp(mg.tensor([1.0], requires_grad=True))
    texts(mg.draw(y))


def test_repeated_and_many_arguments():
    x = mg.tensor([1.0, 2.0], requires_grad=True, name="x")
    assert mg.draw(x * x).source.count("n0 -> n1:a") == 2
    many = mg.concatenate([x] * 20)
    assert mg.draw(many).source.count("n0 -> n1\n") == 20


def test_a_long_chain_is_folded_and_the_drawing_says_so():
    y = mg.tensor(1.0, requires_grad=True)
    for _ in range(500):
        y = mg.sin(y)
    shown = texts(mg.draw(y))
    assert {"sin", "× 499"} <= set(shown)
    assert any("501 nodes" in text for text in shown)
    assert "n500" in mg.draw(y, max_nodes=501).source


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"values": "all"}, "values must be one of 'shape', 'statistics', 'numbers'; got 'all'"),
        ({"theme": "blue"}, "theme must be one of 'light', 'dark'; got 'blue'"),
        ({"rankdir": "BT"}, "rankdir must be one of 'LR', 'TB'; got 'BT'"),
        ({"theme": ["light"]}, r"theme must be one of 'light', 'dark'; got \['light'\]"),
        ({"depth": "two"}, "depth must be at least 0, got 'two'"),
        ({"max_nodes": "few"}, "max_nodes must be at least 10, got 'few'"),
        ({"fontsize": None}, "fontsize must be at least 1, got None"),
    ],
)
def test_unknown_options_are_named(options, words):
    with pytest.raises(ValueError, match=words):
        mg.draw(mg.tensor([1.0]), **options)


@pytest.mark.parametrize("title", [3, b"net", ["a"], np.float64(1.0)])
@pytest.mark.parametrize("door", ["draw", "draw_network", "explore"])
def test_a_title_is_text_everywhere(door, title):
    given = np.ones((2, 2)) if door == "draw_network" else mg.tensor(1.0, requires_grad=True, name="u") * 2
    with pytest.raises(TypeError, match=f"^{door}: title must be text, got {type(title).__name__}: "):
        getattr(mg, door)(given, title=title)


def test_drawing_loads_graphviz_only_when_called():
    program = "import sys, microgradnet.views; sys.exit('graphviz' in sys.modules)"
    root = str(Path(mg.__file__).parents[1])
    subprocess.run([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": root}, check=True)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("letters", ["n", "1", "x1", "δ", "(", "a_", "\\", "\n", "x'"])
def test_a_name_may_be_of_any_length(letters: str, direction: str) -> None:
    name = letters * (5000 // len(letters))
    with mg.scope(name):
        w = mg.tensor([1.0], requires_grad=True, name=name)
        h = mg.exp(w)
        h.name = name
    loss = mg.sum(h * w)
    ET.fromstring(to_bytes(mg.draw(loss, direction=direction), "svg"))


def test_arguments_enter_in_the_order_in_which_they_are_written() -> None:
    h, v = (mg.tensor([1.0] * n, requires_grad=True, name=name) for name, n in (("h", 3), ("v", 2)))
    h = mg.exp(h)
    h[1:] = v
    source = mg.draw(h).source
    (label,) = re.findall(r".*\[·\] =.*", source)
    first, second = re.findall('port="(a.)"', label)
    starts = {port: key for key, port in re.findall(r"(n\d+) -> n\d+:(a\d)", source)}
    assert re.search(rf"\t{starts[first]} .*>exp<", source)
    assert re.search(rf"\t{starts[second]} .*>v<", source)
    assert mg.tree(h).index("exp") < mg.tree(h).index("v")
    assert any("set(exp(h), [1:]" in text for text in texts(mg.draw(mg.sum(h), direction="both")))


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("other", [{}, {"operations": True}])
def test_two_of_one_name_are_told_apart(direction: str, other: dict[str, bool]) -> None:
    u, v = (mg.tensor([1.0, 2.0], requires_grad=True, name="u") for _ in range(2))
    product = u * mg.sin(v)
    product.name = "u"
    named = re.findall("<b>([^<]+)</b>", mg.draw(mg.sum(product * v), direction=direction, **other).source)
    assert len(named) == len(set(named))
    assert {"u", "u_2", "u_3"} <= set(named) or direction == "backward"


VIEWS = {
    "tree": mg.tree,
    "latex": mg.latex,
    "graph": lambda loss: str(mg.Graph.of(loss)),
    "derivation": lambda loss: str(mg.derive(loss)),
    "derivation in latex": lambda loss: mg.derive(loss).latex(),
    **{d: lambda loss, d=d: mg.draw(loss, direction=d).source for d in DIRECTIONS},
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("layers", ["transformer.encoder.layers.0", "model.transformer.decoder.layers.11.attention"])
def test_long_names_are_told_apart_by_their_ends(view, layers: str) -> None:
    q, k = (mg.tensor([[2.0]], requires_grad=True, name=f"{layers}.self_attn.{c}Proj.weight") for c in "qk")
    shown = view(mg.sum((mg.tensor([[3.0]], name="x") @ q) * mg.exp(k)))
    assert "qProj.weight" in shown
    assert "kProj.weight" in shown


@pytest.mark.parametrize("outside", [False, True])
def test_scopes_tell_apart_what_has_one_name_in_each(outside: bool) -> None:
    weights = [mg.tensor(2.0, requires_grad=True, name="w") for _ in range(2)]
    h = mg.tensor(1.0, name="x")
    for k, weight in enumerate(weights):
        with mg.scope(f"layer {k}"):
            h = h * (weight if outside else mg.tensor(2.0, requires_grad=True, name="w"))
    assert re.findall("<b>(w.*?)</b>", mg.draw(h).source) == ["w", "w"]


def test_gradients_of_two_of_one_name_are_told_apart() -> None:
    u, v = (mg.tensor([1.0, k], requires_grad=True, name="u") for k in (2.0, 3.0))
    shown = texts(mg.draw(mg.sum(u * v * v), gradients=True))
    assert [text for text in shown if "/∂u" in text] == ["∂loss/∂u: 6.4", "∂loss/∂u_2: 8.6"]


def test_what_the_reverse_pass_reads_of_the_forward_pass_is_named_by_its_formula():
    w, v = (mg.tensor([1.0, 2.0], requires_grad=True, name=n) for n in "wv")
    y = mg.sum(mg.square(2.0 * w) + mg.exp(w - v) * mg.sqrt(w) * mg.maximum(w @ v, mg.exp(v)))
    named = {e.name for e in backward_graph(y) if e.kind in ("input", "parameter", "constant")}
    assert {"2 w", "exp(…)", "√w"} <= named


def test_tangents_are_drawn_beside_the_computation_whatever_its_shape() -> None:
    x = mg.tensor(np.ones((4, 3)), name="x")
    w = mg.tensor(np.ones((3, 2)), requires_grad=True, name="w")
    layer = mg.sigmoid(x @ w)
    layer.name = "layer"
    source = mg.draw(layer, direction="tangents").source
    assert all(name in source for name in ("<b>dw</b>", "<b>dlayer</b>", "<b>layer</b>", "tangent"))
    with pytest.raises(ValueError, match="gradients= and direction= are for one tensor, got 2 outputs"):
        mg.draw(layer, w, direction="tangents")
