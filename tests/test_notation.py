"""The one notation: what declarations become as text and as LaTeX, for every view."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import microgradnet as mg
from microgradnet.graph import Graph
from microgradnet.notation import LATEX, TEXT, Notation, Style, cotangent, derivative, expression, names_in, prime
from microgradnet.record import traced, value_of
from microgradnet.text import printable
from tests.ops.cases import CASES, Case

A, B, C = (traced(np.array([[1.0, 2.0], [3.0, 4.0]]) + k / 8, requires_grad=True, name=n) for k, n in enumerate("abc"))


def written(tensor: Any, style: Style = TEXT) -> str | None:
    graph = Graph.of(tensor)
    return Notation(graph, lambda i: None if (n := graph[i].name) is None else style.name(n), style).write(
        len(graph) - 1
    )


EXPRESSIONS: list[tuple[Callable[[Any, Any, Any], Any], str, str]] = [
    (lambda a, b, c: (a + b) * c, "(a + b) ⊙ c", r"\left(a + b\right) \odot c"),
    (lambda a, b, c: a - (b - c), "a − (b − c)", r"a - \left(b - c\right)"),
    (lambda a, b, c: -a * b, "(−a) ⊙ b", r"\left(-a\right) \odot b"),
    (lambda a, b, c: -(a * b), "−a ⊙ b", r"-a \odot b"),
    (lambda a, b, c: a * (-b), "a ⊙ (−b)", r"a \odot \left(-b\right)"),
    (lambda a, b, c: a @ b * c, "(a · b) ⊙ c", r"a \, b \odot c"),
    (lambda a, b, c: a @ (b * c), "a · (b ⊙ c)", r"a \, \left(b \odot c\right)"),
    (lambda a, b, c: a @ b + c, "a · b + c", r"a \, b + c"),
    (lambda a, b, c: a / (b * c), "a / (b ⊙ c)", r"\frac{a}{b \odot c}"),
    (lambda a, b, c: a * (b / c), "a ⊙ (b / c)", r"a \odot \frac{b}{c}"),
    (lambda a, b, c: 2.0 * a, "2 a", r"2 \, a"),
    (lambda a, b, c: 12345.0 * a, "12345 a", r"12345 \, a"),
    (lambda a, b, c: 1.5e-9 * a, "1.5e−09 a", r"1.5 \cdot 10^{-9} \, a"),
    (lambda a, b, c: -2 * (a - b), "−2 (a − b)", r"-2 \, \left(a - b\right)"),
    (lambda a, b, c: 2 * (3 * a), "2 ⊙ 3 a", r"2 \odot 3 \, a"),
    (lambda a, b, c: a / 3 * 0.123456, "(a / 3) ⊙ 0.1235", r"\frac{a}{3} \odot 0.1235"),
    (lambda a, b, c: a**3, "a³", "{a}^{3}"),
    (lambda a, b, c: (-a) ** -2, "(−a)⁻²", r"{\left(-a\right)}^{-2}"),
    (lambda a, b, c: a**0.5, "a^0.5", "{a}^{0.5}"),
    (lambda a, b, c: (a + b) ** (b * c), "(a + b)^(b ⊙ c)", r"{\left(a + b\right)}^{b \odot c}"),
    (lambda a, b, c: mg.abs(a @ b) ** 3 / 3, "|a · b|³ / 3", r"\frac{{\left|a \, b\right|}^{3}}{3}"),
    (lambda a, b, c: mg.sqrt(mg.square(a)), "√(a²)", r"\sqrt{{a}^2}"),
    (lambda a, b, c: mg.exp(a + b) * c, "exp(a + b) ⊙ c", r"e^{a + b} \odot c"),
    (lambda a, b, c: (a + b).T, "(a + b)ᵀ", r"{\left(a + b\right)}^\top"),
    (lambda a, b, c: np.transpose(a, (0, 1)), "transpose(a, (0, 1))", r"\operatorname{transpose}_{0, 1} a"),
    (lambda a, b, c: (a + b)[0, 1:], "(a + b)[0, 1:]", r"\left(a + b\right)[0, 1:]"),
    (lambda a, b, c: mg.sum((a - b) ** 2), "Σ (a − b)²", r"\sum {\left(a - b\right)}^{2}"),
    (lambda a, b, c: mg.sum(a) * b, "(Σ a) ⊙ b", r"\left(\sum a\right) \odot b"),
    (
        lambda a, b, c: mg.sum(a, axis=0, keepdims=True) * b,
        "Σ(a, axis=0, keepdims=True) ⊙ b",
        r"\left(\sum_{\mathrm{axis} = 0, \, \mathrm{keepdims} = \mathrm{True}} a\right) \odot b",
    ),
    (
        lambda a, b, c: mg.reshape(a[0] + b[0], (2, 1)) * c,
        "(a[0] + b[0])[:, None] ⊙ c", r"\left(a[0] + b[0]\right)[:, \mathrm{None}] \odot c",
    ),
    (
        lambda a, b, c: mg.reshape(a, (1, 2, 2))[0],
        "a[None][0]", r"a[\mathrm{None}][0]",
    ),
    (lambda a, b, c: mg.mean(a, axis=1), "mean(a, axis=1)", r"\operatorname{mean}_{\mathrm{axis} = 1} a"),
    (lambda a, b, c: mg.softmax(a), "softmax(a)", r"\operatorname{softmax} a"),
    (
        lambda a, b, c: mg.linalg.norm(a, axis=1),
        "norm(a, axis=1)", r"\operatorname{norm}_{\mathrm{axis} = 1}(a)",
    ),
    (lambda a, b, c: a * (b > c), "a ⊙ 1[b > c]", r"a \odot \mathbf{1}\left[b > c\right]"),
    (
        lambda a, b, c: mg.where((a > b) | (a != c), a, b),
        "where((a > b) ∨ (a ≠ c), a, b)",
        r"\begin{cases} a & \left(a > b\right) \lor \left(a \ne c\right) \\ b & \text{otherwise} \end{cases}",
    ),
    (lambda a, b, c: a % b * c, "(a mod b) ⊙ c", r"\left(a \bmod b\right) \odot c"),
    (lambda a, b, c: c * mg.astype(a + b, np.float32), "c ⊙ (a + b)", r"c \odot \left(a + b\right)"),
    (
        lambda a, b, c: mg.concatenate([a] * 9, axis=1),
        "concat(a, a, a, a, a, a, a, a, …, axis=1)",
        r"\operatorname{concatenate}_{\mathrm{axis} = 1}(a, a, a, a, a, a, a, a, \ldots)",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("f", "text", "latex"), EXPRESSIONS, ids=[case[1] for case in EXPRESSIONS])
def test_an_expression_is_written_from_the_declarations(f: Callable[..., Any], text: str, latex: str) -> None:
    assert written(f(A, B, C)) == text
    assert written(f(A, B, C), LATEX) == latex


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_operation_is_written_with_whatever_arguments(case: Case) -> None:
    graph = Graph.of(
        case.recorded(*(traced(a[()], name=n) for a, n in zip(case.arguments(), "abcdefgh", strict=False)))
    )
    for style in (TEXT, LATEX):
        for entry in graph:
            text = Notation(graph, lambda i: graph[i].name, style).write(entry.id, 1)
            assert text
            assert not re.search("[\ue000-\uf8ff]", text)
            assert text.count("{") == text.count("}")


# --- precedence ----------------------------------------------------------------------------------------------

TREES = st.recursive(
    st.sampled_from([A, B, C]),
    lambda tree: st.one_of(
        st.tuples(st.sampled_from("+-*/@"), tree, tree),
        st.tuples(st.sampled_from([2.0, -3.0, 0.5]), tree),
        st.tuples(tree, st.sampled_from([2, 3, -1])),
        st.tuples(st.sampled_from(["negative", "reciprocal", "transpose", "positive"]), tree),
    ),
    max_leaves=7,
)
BINARY = {"+": mg.add, "-": mg.subtract, "*": mg.multiply, "/": mg.divide, "@": mg.matmul}


def built(tree: Any) -> Any:
    match tree:
        case (str(sign), left, right):
            return BINARY[sign](built(left), built(right))
        case (float(factor), of):
            return factor * built(of)
        case (of, int(exponent)):
            return built(of) ** exponent
        case (str(name), of):
            return getattr(mg, name)(built(of))
    return tree


def as_python(text: str) -> str:
    raised = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    text = re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: f"**({m[0].translate(raised)})", text).replace("ᵀ", ".T")
    text = re.sub(r"(?<![\w.])([0-9.]+) (?=[\w(])", r"\1 * ", text.replace("−", "-"))  # a number before a product
    return text.replace("⊙", "*").replace("·", "@").replace("^", "**")


@given(TREES)
def test_read_as_arithmetic_the_text_of_an_expression_has_its_value(tree: Any) -> None:
    assume(isinstance(tree, tuple))
    graph = Graph.of(built(tree))
    with np.errstate(all="ignore"):
        values = graph.values()
        sizes = [float(np.max(np.abs(v))) for v in values if v is not None]
        assume(np.isfinite(sizes).all() and max(sizes) < 1e8 and min(np.min(np.abs(v)) for v in values) > 1e-4)
        read = eval(as_python(expression(graph, len(graph) - 1, 99)), {t.name: value_of(t) for t in (A, B, C)})
    np.testing.assert_allclose(read, values[-1], rtol=1e-7, atol=1e-7 * max(sizes))


# --- every view ------------------------------------------------------------------------------------------------


def test_every_view_writes_the_same_words_for_the_same_entry() -> None:
    x0, w0 = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([0.5, -0.5])
    x, w = mg.tensor(x0, name="x"), mg.tensor(w0, requires_grad=True, name="w")

    def loss(w: Any, x: Any) -> Any:
        return mg.sum(mg.abs(x @ w) ** 3 / 3)

    by_hand = x0.T @ np.abs(x0 @ w0) ** 2  # numbers, which have no source: the words are those of the loss
    entry = next(e for e in Graph.of(loss(w, x)) if e.title == "|·|")
    words = expression(Graph.of(loss(w, x)), entry.id)
    assert words == "|x · w|"
    (found,) = mg.diagnose(loss, by_hand, w0, x0, argnums=0)
    assert found.step == words
    assert found.wrong.endswith(f"was left out: ∂loss/∂(x · w) = ∂loss/∂{words}")
    derivation = mg.derive(loss(w, x))
    assert [step.formula for step in derivation.steps] == ["3 |v1|²", "0.3333 t1 ⊙ sgn(v1)", "δ₁ · x"]
    assert [step.forward for step in derivation.steps] == ["|v1|³", "|v1|", "v1 = x · w"]
    assert "# back through v1 = x · w\n" in derivation.source()
    assert mg.latex(loss(w, x)) == r"\sum \frac{{\left|x \, w\right|}^{3}}{3}"
    signs = [e.title for e in Graph.of(loss(w, x)) if e.operation is not None]
    assert signs == ["@", "|·|", "xʸ", "/", "Σ"]
    for view in (mg.tree(loss(w, x)), str(Graph.of(loss(w, x)))):
        assert all(sign in view for sign in signs)
    drawn = mg.draw(loss(w, x)).source  # with the numbers in the operations
    assert all(f">{sign}<" in drawn for sign in ["@", "|·|", "·³", "· / 3", "Σ"])


def test_a_value_of_the_forward_pass_is_quoted_in_the_same_words() -> None:
    x, y = (mg.tensor([1.0, 2.0], requires_grad=True, name=n) for n in "xy")
    picture = mg.draw(mg.sum(mg.square(mg.sin(x * y) - y)), direction="backward", operations=True).source
    assert "x ⊙ y" in picture
    assert "(x ⊙ y)" not in picture


def test_a_ledger_chooses_with_iversons_bracket() -> None:
    z = mg.tensor([1.0, -2.0], requires_grad=True, name="z")
    assert "1[z > 0]" in str(mg.derive(mg.sum(mg.relu(z) * mg.exp(z))))


def test_derivatives_are_written_by_one_rule() -> None:
    z = A @ B
    graph = Graph.of(mg.sigmoid(z), mg.abs(z))
    product, sigmoid, size = (e.id for e in graph if e.operation is not None)
    assert cotangent(graph, product) == "∂loss/∂(a · b)"
    assert cotangent(graph, sigmoid) == "∂loss/∂σ(a · b)"
    assert (derivative(graph, sigmoid, product), prime(graph, sigmoid)) == ("σ′(a · b)", "σ′")
    assert derivative(graph, size, product) == "∂|a · b|/∂(a · b)"


def test_what_is_deep_is_left_out() -> None:
    graph = Graph.of(mg.sin(mg.cos(mg.exp(A + B) * 2)))
    end = graph.outputs[0]
    assert expression(graph, end, 3) == "sin(cos(… ⊙ 2))"
    assert expression(graph, end, 0) == "…"


@pytest.mark.parametrize(
    ("f", "spelled"),
    [
        (lambda a, b: a @ b.T, "a @ b.T"),
        (lambda a, b: (a @ b) * a, "(a @ b) * a"),
        (lambda a, b: a**12 / b, "a^12 / b"),
        (lambda a, b: mg.linalg.solve(a, b), "a^-1 @ b"),
        (lambda a, b: mg.sum(mg.sigmoid(a) ** 2), "sum sigma(a)^2"),
        (lambda a, b: -2 * (a * b), "-2 a * b"),
        (lambda a, b: mg.floor(a / b), "floor(a / b)"),
    ],
)
def test_formulas_can_be_spelled_in_ascii(f: Callable[..., Any], spelled: str) -> None:
    assert printable(written(f(A, B)) or "", "ascii") == spelled


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("x¹² e⁻ˣ x⁻¹", "x^12 e^-x x^-1"), ("log(1 + eᵝˣ)", "log(1 + e^(beta x))"), ("eˣᐟᵅ", "e^(x / alpha)"),
        ("ψ⁽ⁿ⁾(x)", "psi^(n)(x)"),
        ("A⁺ · b\n· θᵀ", "A^+ @ b\n@ theta.T"), ("1e-09·|g|", "1e-09*|g|"), ("4×3", "4x3"),
    ],
)  # fmt: skip
def test_signs_are_spelled_in_ascii_without_another_meaning(written: str, spelled: str) -> None:
    assert printable(written, "ascii") == spelled


@pytest.mark.parametrize("name", list(mg.activations))
def test_no_activation_is_spelled_as_a_product_of_matrices(name: str) -> None:
    assert "@" not in printable(mg.activations[name].formula or "", "ascii")


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("W 1", "W_{1}"), ("x^2", r"\mathrm{x\wedge 2}"), ("Δβ₂", r"\mathrm{\Delta \beta}_{2}"),
        ("w′1", r"\mathrm{w{}^{\prime}}_{1}"), ("layer 12", r"\mathrm{layer}_{12}"), ("a ", r"\mathrm{a\ }"),
        ("3", r"\mathrm{3}"), ("δ₁", r"\delta_{1}"), ("a_1", "a_{1}"),
    ],
)  # fmt: skip
def test_digits_at_the_end_of_a_name_are_an_index(name: str, latex: str) -> None:
    assert LATEX.name(name) == latex


# --- one's own operation -------------------------------------------------------------------------------------


def test_an_operation_declared_as_a_built_in_is_written_like_it() -> None:
    times = mg.primitive(
        lambda xp, a, b: a * b, [lambda g, y, a, b: g * b, lambda g, y, a, b: g * a],
        name="times_of_mine", latex=r"{0} \odot {1}", symbol="⊙",
    )  # fmt: skip
    for f in (mg.multiply, times):
        assert written(f(A + B, C)) == "(a + b) ⊙ c"
        assert (written(f(2.0, A)), written(f(2.0, A), LATEX)) == ("2 a", r"2 \, a")


SYMBOLS = {
    "·³": "(a + b)³", "sinc": "sinc(a + b)", "‖·‖": "‖a + b‖", "Ai′": "Ai′(a + b)", "∇": "∇(a + b)",
    "x³": "of_mine(a + b)", "eˣ−1": "of_mine(a + b)", "log₂": "log₂(a + b)",
}  # fmt: skip


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_without_a_template_an_operation_is_written_as_its_symbol_says(symbol: str) -> None:
    f = mg.primitive(lambda xp, x: x * 1, [lambda g, y, x: g], name="of_mine", symbol=symbol)
    assert written(f(A + B)) == SYMBOLS[symbol]


def test_beside_a_sign_that_nobody_knows_everything_is_enclosed() -> None:
    f = mg.primitive(lambda xp, a, b: a + b, [lambda g, y, a, b: g] * 2, name="star_of_mine", symbol="⋆")
    assert written(f(A * B, C) * A) == "((a ⊙ b) ⋆ c) ⊙ a"


def test_an_argument_without_a_place_is_written_after() -> None:
    def scaled(xp: Any, x: Any, by: float = 1.0) -> Any:
        return x * by

    f = mg.primitive(scaled, [lambda g, y, x, by: g * by], name="scaled_of_mine", text="{0}°", latex="{0}^\\circ")
    assert (written(f(A)), written(f(A, by=2.0))) == ("a°", "scaled_of_mine(a, by=2)")
    placed = mg.primitive(scaled, [lambda g, y, x, by: g * by], name="scaled_of_mine", text="{0}°{by}")
    assert written(placed(A, by=2.0)) == "a°2"
    chosen = mg.primitive(
        scaled, [lambda g, y, x, by: g * by], name="scaled_of_mine", text=lambda by: "{0}" if by == 1 else "{0} / {by}"
    )
    assert (written(chosen(A + B)), written(chosen(A + B, by=2.0))) == ("a + b", "(a + b) / 2")


def test_a_template_that_cannot_be_filled_is_an_error_that_names_the_operation() -> None:
    f = mg.primitive(lambda xp, x: x * 1, [lambda g, y, x: g], name="of_mine", text="{0} {1}")
    with pytest.raises(ValueError, match=r"the template '\{0\} \{1\}' of the operation 'of_mine' can't be filled"):
        written(f(A))


# --- names from the code -------------------------------------------------------------------------------------

OUTSIDE = np.array([[0.5, 1.5], [2.5, -0.5]])


class Model:
    def __init__(self) -> None:
        self.x = np.arange(4.0).reshape(2, 2)

    def loss(self, w: Any) -> Any:
        return mg.sum(mg.tanh(self.x @ w))

    __call__ = loss


def closure() -> Callable[..., Any]:
    inside = np.full((2, 2), 0.25)
    return lambda w: mg.sum(mg.tanh(inside @ w))


def attribute() -> Callable[..., Any]:
    data = SimpleNamespace(x=np.full((2, 2), 0.75))
    return lambda w: mg.sum(mg.tanh(data.x @ w))


def item() -> Callable[..., Any]:
    data = {"x": np.full((2, 2), 0.75)}
    return lambda w: mg.sum(mg.tanh(data["x"] @ w))


def of_global(w: Any) -> Any:
    return mg.sum(mg.tanh(OUTSIDE @ w))


def of_two(x: Any, w: Any) -> Any:
    return mg.sum(mg.tanh(x @ w))


def twins() -> Callable[..., Any]:
    one, other = np.ones((2, 2)), np.ones((2, 2))
    return lambda w: mg.sum(mg.tanh(one @ w)) + 0 * mg.sum(other)


NAMED: dict[str, tuple[Callable[..., Any], str]] = {
    "a closure": (closure(), "inside"),
    "a global": (of_global, "OUTSIDE"),
    "in a function that it calls": (lambda w: of_global(w) + 1, "OUTSIDE"),
    "a method": (Model().loss, "self.x"),
    "a callable": (Model(), "self.x"),
    "an attribute": (attribute(), "data.x"),
    "an item": (item(), "data['x']"),
    "a partial": (functools.partial(of_two, np.full((2, 2), 3.0)), "x"),
    "two alike": (twins(), "(a constant)"),
    "computed there": (lambda w: mg.sum(mg.tanh((OUTSIDE + 1) @ w)), "(a constant)"),
}


@pytest.mark.parametrize("case", NAMED)
def test_an_array_from_outside_has_the_name_that_it_has_in_the_code(case: str) -> None:
    f, name = NAMED[case]
    w = np.array([[0.5, -0.25], [0.125, 1.0]])
    graph = Graph.of(f(mg.tensor(w, requires_grad=True)))
    x = next(e.value for e in graph if e.kind == "constant" and e.shape == (2, 2))
    (found,) = mg.diagnose(f, x.T @ np.ones((2, 2)), w)  # the derivative of tanh is left out
    assert f"tanh({name} · w)" in found.step


def test_a_name_that_an_argument_has_is_left_to_it() -> None:
    assert "OUTSIDE" not in names_in(lambda w: OUTSIDE @ w, taken=["OUTSIDE"])


@pytest.mark.parametrize(
    ("name", "written"),
    [("t = 1", "t_1"), ("add & norm", "add_norm"), ("hidden layer", "hidden_layer"), ("W-1", "W-1")],
)
def test_no_sign_in_a_name_of_several_words_reads_as_an_operation(name, written):
    with mg.scope(name):
        inner = mg.exp(mg.tensor([1.0, 2.0], requires_grad=True, name="x"))
    shown = mg.draw(mg.sum(inner * inner), direction="backward").source
    assert TEXT.name(name) == written
    assert f"2 {written}" in shown or f"{written}²" in shown
