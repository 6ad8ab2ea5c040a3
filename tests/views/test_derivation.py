"""A derivation is the reverse pass, readable: as steps, as NumPy source that computes the gradients, as LaTeX."""

from __future__ import annotations

import builtins
import html
import re
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import microgradnet as mg
from microgradnet.record import traced
from microgradnet.views.derivation import Derivation
from tests.test_simplify import STEPS, computed
from tests.views.formulas import read
from tests.views.test_drawing import HOSTILE


def run(derivation: Derivation, *, loss: bool = False, **others: Any) -> Any:
    """Execute the source with NumPy alone on the recorded arguments, some of them exchanged."""
    names: dict[str, Any] = {}
    exec(compile(derivation.source("backprop", loss=loss), "generated", "exec"), names)
    with np.errstate(all="ignore"):
        return names["backprop"](**{**derivation.arguments, **others})


def article() -> dict[str, Any]:
    x, y = (mg.tensor(v, name=n) for v, n in zip(mg.article.dataset(), "xy", strict=True))
    arrays = mg.article.initial_weights(x.numpy(), y.numpy(), seed=0)
    weights1, weights2 = (mg.tensor(w, requires_grad=True, name=f"weights{i}") for i, w in enumerate(arrays, 1))
    layer1 = mg.sigmoid(x @ weights1)
    output = mg.sigmoid(layer1 @ weights2)
    loss = mg.sum((y - output) ** 2)
    return locals()


def derived() -> Derivation:
    names = article()
    return mg.derive(names["loss"], names=names)


# --- the article's network -------------------------------------------------------------------------------


def by_hand(x: Any, y: Any, weights1: Any, weights2: Any) -> tuple[Any, Any]:
    """The article's formulas in NumPy."""
    layer1 = 1 / (1 + np.exp(-(x @ weights1)))
    output = 1 / (1 + np.exp(-(layer1 @ weights2)))
    delta = 2 * (y - output) * (output * (1 - output))
    return x.T @ (delta @ weights2.T * (layer1 * (1 - layer1))), layer1.T @ delta


class Counted(np.ndarray):
    """An array that counts what is done with it and with what comes from it."""

    operations = 0

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        Counted.operations += 1
        plain = [np.asarray(i) if isinstance(i, Counted) else i for i in inputs]
        return np.asarray(getattr(ufunc, method)(*plain, **options)).view(Counted)

    @property
    def T(self) -> Any:
        Counted.operations += 1
        return np.asarray(self).T.view(Counted)


def test_the_source_has_no_more_array_operations_than_the_formulas_derived_by_hand() -> None:
    names: dict[str, Any] = {}
    exec(derived().source(), names)
    arguments = [np.asarray(v).view(Counted) for v in derived().arguments.values()]
    counts = []
    for function in (by_hand, names["backprop"]):
        Counted.operations = 0
        function(*arguments)
        counts.append(Counted.operations)
    assert counts[1] <= counts[0] == 24


def test_the_source_gives_the_automatic_gradients_and_those_derived_by_hand() -> None:
    names, derivation = article(), derived()
    automatic = mg.gradients(names["loss"], [names["weights1"], names["weights2"]])
    arrays = [names[n].numpy() for n in ("x", "y", "weights1", "weights2")]
    for a, b, c in zip(run(derivation), automatic, mg.article.backprop(*arrays), strict=True):
        np.testing.assert_array_max_ulp(a, b, 2)
        np.testing.assert_allclose(a, -c, rtol=1e-13)
    value, gradients = run(derivation, loss=True)
    np.testing.assert_array_max_ulp(value, names["loss"].numpy(), 2)
    np.testing.assert_array_equal(gradients[0], run(derivation)[0])


def test_the_source_is_a_function_of_other_data_too() -> None:
    random = np.random.default_rng(1)
    arrays = {"x": random.normal(size=(9, 3)), "y": random.normal(size=(9, 1)), "weights1": random.normal(size=(3, 5))}
    arrays["weights2"] = random.normal(size=(5, 1))
    for found, expected in zip(run(derived(), **arrays), mg.article.backprop(*arrays.values()), strict=True):
        np.testing.assert_allclose(found, -expected, rtol=1e-12)


OF_ONE_NUMBER: dict[str, Any] = {
    "an element": lambda x: x[1],
    "a sum over an axis": lambda x: mg.sum(x, axis=-1),
    "a norm": mg.linalg.norm,
    "a trace": lambda x: mg.trace(mg.reshape(x, (2, 2))),
    "an einsum": lambda x: mg.einsum("i->", x),
    "a number in two axes": lambda x: mg.reshape(mg.sum(x), (1, 1)),
}


@pytest.mark.parametrize("name", OF_ONE_NUMBER)
def test_a_gradient_may_begin_with_a_number_that_becomes_an_array(name: str) -> None:
    x = mg.tensor([0.5, -1.5, 2.0, 0.25], requires_grad=True, name="x")
    output = OF_ONE_NUMBER[name](x)
    value, gradient = run(mg.derive(output), loss=True)
    np.testing.assert_array_max_ulp(gradient, mg.gradients(output, x), 2)
    np.testing.assert_array_max_ulp(value, output.numpy(), 2)


def test_the_source_reads_like_the_formulas() -> None:
    assert (
        derived().source("backprop")
        == '''import numpy as np


def backprop(x, y, weights1, weights2):
    """Return the gradients of loss with respect to weights1 and weights2."""
    layer1 = 1 / (1 + np.exp(-(x @ weights1)))
    output = 1 / (1 + np.exp(-(layer1 @ weights2)))
    d_output = -2 * (y - output)  # back through y − output
    delta2 = d_output * (output * (1 - output))  # back through output = σ(layer1 · weights2)
    d_layer1 = delta2 @ weights2.T  # back through layer1 · weights2
    d_weights2 = layer1.T @ delta2  # back through layer1 · weights2
    delta1 = d_layer1 * (layer1 * (1 - layer1))  # back through layer1 = σ(x · weights1)
    d_weights1 = x.T @ delta1  # back through x · weights1
    return d_weights1, d_weights2
'''
    )


def test_the_steps_say_what_is_computed_and_how() -> None:
    steps = {step.symbol: step for step in derived().steps}
    assert list(steps) == ["∂loss/∂output", "δ₂", "∂loss/∂layer1", "∂loss/∂weights2", "δ₁", "∂loss/∂weights1"]
    assert steps["∂loss/∂output"].formula == "−2 (y − output)"
    assert steps["∂loss/∂weights1"].formula == "xᵀ · δ₁"
    step = steps["∂loss/∂weights2"]
    assert (step.code, step.shape, step.forward) == ("d_weights2 = layer1.T @ delta2", (4, 1), "layer1 · weights2")
    assert derived().graph[step.origin].operation.name == "matmul"
    names = article()
    np.testing.assert_array_max_ulp(step.value, mg.gradients(names["loss"], names["weights2"]), 2)


def test_the_ledger_is_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    lines = str(derived()).splitlines()
    assert len(lines) == 6
    assert len({line.index("back through") for line in lines}) == 1
    assert repr(derived()) == "<Derivation of loss: 22 nodes>"


def test_in_a_narrow_terminal_the_ledger_is_a_paragraph_for_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = str(derived()).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[-3:] == [
        "∂loss/∂weights1 = xᵀ · δ₁   3×4",
        "    d_weights1 = x.T @ delta1",
        "    back through x · weights1",
    ]


def test_the_latex_is_the_chain_rule_and_the_two_formulas_of_the_article() -> None:
    latex = derived().latex()
    w1, w2 = r"\mathrm{weights}_{1}", r"\mathrm{weights}_{2}"
    output, layer1 = r"\mathrm{output}", r"\mathrm{layer}_{1}"
    delta = rf"-2 \, \left(y - {output}\right) \odot {output} \odot (1 - {output})"
    chain = (
        rf"\frac{{\partial \mathrm{{loss}}}}{{\partial {output}}} \, \frac{{\partial {output}}}{{\partial {layer1}}}"
    )
    assert rf"{chain} \, \frac{{\partial {layer1}}}{{\partial {w1}}} \\" in latex
    assert rf"&= {{{layer1}}}^\top \, \left({delta}\right) \\" in latex
    assert (
        rf"&= {{x}}^\top \, \left(\left({delta}\right) \, {{{w2}}}^\top \odot {layer1} \odot (1 - {layer1})\right)"
    ) in latex
    typesets(latex)


# --- LaTeX and HTML -------------------------------------------------------------------------------------


def typesets(latex: str) -> None:
    """Check that braces and environments match, and that Matplotlib typesets every line."""
    from matplotlib.mathtext import MathTextParser

    depth = 0
    for token in re.findall(r"\\.|[{}]", latex, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(token, 0)
        assert depth >= 0
    assert depth == 0
    assert latex.count(r"\begin{") == latex.count(r"\end{")
    assert len(re.findall(r"\\left\W", latex)) == len(re.findall(r"\\right\W", latex))
    parser = MathTextParser("path")
    for line in re.sub(r"\\(begin|end)\{aligned\}", "", latex).split("\\\\\n"):
        known = (
            re.sub(r"(?<!\\)&", "", line).strip().replace(r"\&", "n")
        )  # which Matplotlib doesn't know.replace(r"\lVert", r"\|").replace(r"\rVert", r"\|")
        if r"\begin{" not in known and r"\bmod" not in known:
            parser.parse(f"${known or 'x'}$")


def test_a_formula_has_parentheses_where_they_are_needed_only() -> None:
    a, b, c = (mg.tensor(np.ones((2, 2)), requires_grad=True, name=n) for n in "abc")
    formulas = {
        r"\left(a + b\right) \odot c": (a + b) * c,
        r"a + b \odot c": a + b * c,
        r"a - \left(b - c\right)": a - (b - c),
        r"a - b - c": a - b - c,
        r"a \, \left(b \odot c\right)": a @ (b * c),
        r"a \, b \odot c": (a @ b) * c,
        r"{\left(a + b\right)}^\top": (a + b).T,
        r"\frac{a + b}{c}": (a + b) / c,
        r"\log \left(a + b\right)": mg.log(a + b),
        r"\sigma(a + b)": mg.sigmoid(a + b),
        r"{\left(a \, b\right)}^{2}": (a @ b) ** 2,
        r"e^{a - b}": mg.exp(a - b),
        r"-2 \, a + b": -2 * a + b,
        r"a \odot \left(-2 \, b\right)": a * (-2 * b),
        r"\sum \left(a - b\right)": mg.sum(a - b),
        r"\sum a \odot b": mg.sum(a * b),
        r"\left(\sum a\right) \odot b": mg.sum(a) * b,
    }
    for expected, expression in formulas.items():
        assert mg.latex(expression) == expected
        typesets(expected)


def test_a_choice_is_typeset_as_cases_which_enclose_what_stands_in_them() -> None:
    a, b, c = (traced(np.ones((2, 2)), name=n) for n in "abc")
    assert mg.latex(mg.where(a > b, a + b, 2 * c)) == (
        r"\begin{cases} a + b & a > b \\ 2 \, c & \text{otherwise} \end{cases}"
    )
    product = mg.latex(a * mg.where((a > b) | (a < c), b, c))
    assert product.startswith(r"a \odot \left(\begin{cases} b & \left(a > b\right) \lor \left(a < c\right) \\ c &")
    typesets(product)


def test_what_is_used_twice_is_defined_once() -> None:
    x = mg.tensor([1.0, 2.0], requires_grad=True, name="x")
    h = mg.exp(x)
    latex = mg.latex(h * mg.sin(h), names={"h": h})
    assert latex == "\\begin{aligned}\nh &= e^{x} \\\\\n&= h \\odot \\sin h\n\\end{aligned}"
    assert mg.latex(x) == "x"


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_are_text_everywhere(name: str) -> None:
    x = mg.tensor([1.0, 2.0], requires_grad=True, name=name)
    y = mg.tensor([1.0, 2.0], requires_grad=True, name=name)
    with mg.scope(name):
        h = mg.exp(x) * y
    loss = mg.sum(h * h)
    loss.name = name
    derivation = mg.derive(loss)
    for found, expected in zip(run(derivation), mg.gradients(loss, [x, y]), strict=True):
        np.testing.assert_array_max_ulp(found, expected, 2)
    assert "<script" not in derivation._repr_html_()
    assert len(str(derivation).splitlines()) == len(derivation.steps)
    typesets("".join(c if c.isascii() else "?" for c in derivation.latex()))


@pytest.mark.parametrize("name", ["β", "Δβ₂", "σ′(z)", "∂L/∂x", "Wᵀ", "it's", '"w"', "a\nb", "\x1b[2J", "w" * 90])
def test_usual_names_are_ascii_in_latex_which_every_tex_reads(name: str) -> None:
    x = mg.tensor([1.0, 2.0], requires_grad=True, name=name)
    typesets(mg.latex(mg.exp(x)))
    assert mg.derive(mg.sum(mg.exp(x))).latex().isascii()


NAMES = ["W 1", "lambda", "x; import os", "δ₂", "np", "backprop", "__debug__", "1", "", "a\nb", 'x"""', "ﬁ", "fi",
         "print", "def", "d_x", "x", "v1", "delta1", "t1", "softmax", "None", "x\\", "#", "{x}", "é", "𝒙"]  # fmt: skip


@given(names=st.lists(st.sampled_from(NAMES) | st.text(max_size=8), min_size=3, max_size=3))
def test_any_name_becomes_an_identifier_of_its_own(names: list[str]) -> None:
    leaves = [mg.tensor([1.0, 2.0], requires_grad=True, name=n) for n in names]
    h = mg.softmax(leaves[0] * leaves[1])
    loss = mg.sum(mg.sin(h + leaves[2]) * h)
    found = run(mg.derive(loss))
    for a, b in zip(found, mg.gradients(loss, leaves), strict=True):
        np.testing.assert_array_max_ulp(a, b, 2)


def test_a_name_is_no_code(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    monkeypatch.setattr(builtins, "print", lambda *a: called.append("print"))
    x = mg.tensor([1.0], requires_grad=True, name='x=print("!")): pass\nprint("!")\n"""\nprint("!")#')
    run(mg.derive(mg.sum(mg.exp(x) * x)))
    assert not called


def test_html_has_a_row_for_each_step_and_escapes_its_text() -> None:
    shown = derived()._repr_html_()
    assert shown.count("<tr>") == 1 + 6
    assert html.escape("d_output = -2 * (y - output)") in shown
    x = mg.tensor([1.0], requires_grad=True, name="<b>&")
    assert "<b>" not in mg.derive(mg.sum(mg.where(x < 2, x, 0) * x))._repr_html_()


def test_html_typesets_formulas_by_itself_where_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = derived()._repr_html_()
    assert "<mfrac>" in shown
    assert 'displaystyle="true"' in shown
    broken = mg.primitive(lambda xp, x: x * 1, [lambda g, y, x: g], name="broken", latex=r"\begin{{b}} <b> {0}")
    x = mg.tensor([1.0], requires_grad=True, name="x")
    shown = mg.derive(mg.sum(broken(x) * broken(x)))._repr_html_()
    assert r"\begin{b} &lt;b&gt; x" in shown
    two_words = mg.primitive(lambda xp, x: x * 1, [lambda g, y, x: g], name="two_words")
    formula = mg.derive(mg.sum(two_words(x) * x))._repr_html_().partition("</math>")[0]
    assert "two_words" in html.unescape(re.sub("<[^>]*>", "", formula))
    assert "<mo />" not in formula
    monkeypatch.setitem(sys.modules, "latex2mathml.converter", None)
    assert r"<td>\(\frac{" in derived()._repr_html_()


# --- what can be derived ---------------------------------------------------------------------------------


def check(loss: Any, wrt: Any) -> Derivation:
    derivation = mg.derive(loss, wrt)
    found = run(derivation)
    for a, b in zip([found] if len(wrt) == 1 else found, mg.gradients(loss, wrt), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-14)
    return derivation


def test_gradients_that_are_numbers_inputs_or_equal() -> None:
    x, y = (mg.tensor([1.0, 2.0], requires_grad=True, name=n) for n in "xy")
    assert (
        "return np.broadcast_to(1.0, (2,))" in mg.derive(mg.sum(x)).source()
        or "d_x = " in mg.derive(mg.sum(x)).source()
    )
    check(mg.sum(x + y), [x, y])
    check(mg.sum(x * y), [x, y])
    z = mg.tensor(3.0, requires_grad=True, name="z")
    assert run(mg.derive(z)) == 1.0
    assert run(mg.derive(2 * z)) == 2.0


def test_a_hessian_vector_product_has_a_derivation() -> None:
    w = mg.tensor([0.5, 1.5], requires_grad=True, name="w")
    v = mg.tensor([1.0, -2.0], name="v")
    (gradient,) = mg.gradients(mg.sum(mg.sin(w) ** 2), [w], create_graph=True)
    derivation = mg.derive(mg.sum(gradient * v))
    np.testing.assert_allclose(run(derivation), 2 * np.cos([1.0, 3.0]) * [1.0, -2.0], rtol=1e-14)
    typesets(derivation.latex())


def test_a_large_index_becomes_an_argument_and_a_small_one_is_written_out() -> None:
    x = mg.tensor(np.arange(100.0), requires_grad=True, name="x")
    small, large = np.array([3, 1, 3]), np.arange(80) % 7
    derivation = check(mg.sum(mg.square(x[small])) + mg.sum(mg.exp(-x[large])), [x])
    assert "np.array([3, 1, 3], np.int64)" in derivation.source()
    np.testing.assert_array_equal(derivation.arguments["index"], large)


def test_float32_stays_float32() -> None:
    w = mg.tensor(np.ones(3, np.float32), requires_grad=True, name="w")
    assert run(mg.derive(mg.mean(mg.sigmoid(3 * w) * 0.1))).dtype == np.float32


def test_results_can_be_differentiated_by_too() -> None:
    names = article()
    derivation = mg.derive(names["loss"], names["output"], names=names)
    np.testing.assert_allclose(run(derivation), mg.gradients(names["loss"], names["output"]))
    assert [step.symbol for step in derivation.steps] == ["∂loss/∂output"]
    assert mg.derive(names["loss"], "output", names=names).source() == derivation.source()


@given(steps=STEPS, seed=st.integers(0, 1000))
def test_the_source_of_a_random_graph_gives_its_gradient(steps: Any, seed: int) -> None:
    random = np.random.default_rng(seed)
    leaves = [mg.tensor(random.uniform(-1, 1, (3, 3)), requires_grad=True, name=n) for n in "ab"]
    loss = computed(steps, leaves)
    found = run(mg.derive(loss, leaves[:1]))
    expected = mg.gradients(loss, leaves[0])
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12 * max(1, np.abs(expected).max()))


def test_a_graph_of_100_000_nodes_is_derived_without_recursion() -> None:
    x = mg.tensor(0.5, requires_grad=True, name="x")
    y = x
    for _ in range(30_000):  # and as many operations more, and twice as many in the reverse pass
        y = mg.sin(y) + 0.5
    derivation = mg.derive(y)
    assert len(derivation.graph) > 100_000
    assert np.isclose(run(derivation), mg.gradients(y, x))


def test_the_arguments_are_those_of_both_functions() -> None:
    data = np.arange(3.0)
    x = mg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    w = mg.tensor([3.0, 2.0, 1.0], requires_grad=True)
    derivation = mg.derive(mg.sum(mg.softmax(x) * w + data))
    assert list(derivation.arguments) == ["w", "w_2", "c"]
    value, gradients = run(derivation, loss=True)
    np.testing.assert_allclose(value, mg.sum(mg.softmax(x) * w + data).numpy(), rtol=1e-15)
    for a, b in zip(run(derivation), gradients, strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(ValueError, match="source: the function calls one named 'softmax'; choose another name"):
        derivation.source("softmax")


# --- the tangent -----------------------------------------------------------------------------------------


def test_a_tangent_is_derived_beside_the_values() -> None:
    names = article()
    derivation = mg.derive(names["output"], names=names, mode="forward")
    assert [f"{step.symbol} = {step.formula}" for step in derivation.steps] == [
        "dlayer1 = (x · dweights1) ⊙ layer1 ⊙ (1 − layer1)",
        "τ₁ = dlayer1 · weights2 + layer1 · dweights2",
        "doutput = τ₁ ⊙ output ⊙ (1 − output)",
    ]
    assert [step.forward for step in derivation.steps] == [
        "layer1 = σ(x · weights1)", "layer1 · weights2", "output = σ(layer1 · weights2)",
    ]  # fmt: skip
    assert (
        derivation.source()
        == '''import numpy as np


def pushforward(x, weights1, weights2, d_weights1, d_weights2):
    """Return the tangent of output where weights1 and weights2 change by d_weights1 and d_weights2."""
    layer1 = 1 / (1 + np.exp(-(x @ weights1)))
    output = 1 / (1 + np.exp(-(layer1 @ weights2)))
    d_layer1 = x @ d_weights1 * (layer1 * (1 - layer1))  # beside layer1 = σ(x · weights1)
    tau1 = d_layer1 @ weights2 + layer1 @ d_weights2  # beside layer1 · weights2
    d_output = tau1 * (output * (1 - output))  # beside output = σ(layer1 · weights2)
    return d_output
'''
    )
    assert derivation.latex().splitlines()[3] == (
        r"\mathrm{d}\mathrm{output} &= \tau_{1} \odot \mathrm{output} \odot (1 - \mathrm{output}) \\"
    )
    assert "beside layer1 = σ(x · weights1)" in str(derivation)
    assert repr(derivation) == "<TangentDerivation of output: 15 nodes>"
    assert "<th>Beside</th>" in derivation._repr_html_()


def test_a_tangent_of_one_of_several_is_that_of_jvp() -> None:
    names = article()
    x, weights1, weights2 = names["x"].numpy(), names["weights1"].numpy(), names["weights2"].numpy()
    v = np.cos(np.arange(weights1.size)).reshape(weights1.shape)
    derivation = mg.derive(names["loss"], "weights1", names=names, mode="forward")
    found = run(derivation, loss=True, d_weights1=v)

    def loss(weights1: Any) -> Any:
        return mg.sum((names["y"] - mg.sigmoid(mg.sigmoid(x @ weights1) @ weights2)) ** 2)

    np.testing.assert_allclose(found, mg.jvp(loss, (weights1,), (v,)), rtol=1e-13)
    by_result = mg.derive(names["loss"], names["output"], names=names, mode="forward")
    assert [step.symbol for step in by_result.steps] == ["t1", "dloss"]
    along = np.ones(names["output"].shape)
    expected = np.sum(mg.gradients(names["loss"], names["output"]) * along)
    np.testing.assert_allclose(run(by_result, d_output=along), expected)


@given(steps=STEPS, seed=st.integers(0, 1000))
def test_the_source_of_the_tangent_of_a_random_graph_is_the_product_with_its_gradient(steps: Any, seed: int) -> None:
    random = np.random.default_rng(seed)
    leaves = [mg.tensor(random.uniform(-1, 1, (3, 3)), requires_grad=True, name=n) for n in "ab"]
    v = random.uniform(-1, 1, (3, 3))
    loss = computed(steps, leaves)
    found = run(mg.derive(loss, leaves[:1], mode="forward"), d_a=v)
    gradient = mg.gradients(loss, leaves[0])
    np.testing.assert_allclose(found, np.sum(gradient * v), rtol=1e-9, atol=1e-11 * max(1, np.abs(gradient).max()))


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_of_tangents_are_text(name: str) -> None:
    w = mg.tensor([1.0, 2.0], requires_grad=True, name=name)
    derivation = mg.derive(mg.sin(w) * w, mode="forward")
    assert np.isfinite(run(derivation)).all()
    assert "\x1b" not in str(derivation) + derivation.latex()


def test_what_has_no_tangent_says_so() -> None:
    w, u = (mg.tensor([1.0, 2.0], requires_grad=True, name=n) for n in "wu")
    with pytest.raises(ValueError, match=r"derive: mode must be 'reverse' or 'forward', got 'both'"):
        mg.derive(w * 2, mode="both")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="derive: no gradients flow from the output to wrt"):
        mg.derive(w * 2, u, mode="forward")
    with pytest.raises(ValueError, match="derive: the output does not require gradients: it has no tangent"):
        mg.derive(w.detach() * 2, mode="forward")


# --- errors ----------------------------------------------------------------------------------------------


def test_errors_say_what_is_missing() -> None:
    x, y = (mg.tensor([1.0, 2.0], requires_grad=True, name=n) for n in "xy")
    loss = mg.sum(x * 2)
    twin = mg.tensor(1.0, requires_grad=True, name="x")
    cases: list[tuple[type[Exception], str, Any]] = [
        (TypeError, "derive: the output must be a Tensor, got float: 1.0", lambda: mg.derive(1.0)),
        (
            ValueError,
            r"derive: gradients are those of one number, and the output has shape \(2,\)",
            lambda: mg.derive(x * 2),
        ),
        (ValueError, "derive: the output does not require gradients", lambda: mg.derive(mg.tensor(1.0))),
        (TypeError, r"derive: wrt\[0\] must be a Tensor, got int: 3", lambda: mg.derive(loss, 3)),
        (ValueError, "no tensor is named 'q'; those with gradients are: x", lambda: mg.derive(loss, "q")),
        (ValueError, "2 tensors are named 'x'", lambda: mg.derive(loss * twin, ["x"])),
        (ValueError, "no gradients flow from the output to all of wrt", lambda: mg.derive(loss, [])),
        (ValueError, r"derive: no gradients flow from the output to wrt\[1\] \(y\)", lambda: mg.derive(loss, [x, y])),
        (ValueError, "source: a function can't be named 'a b'; give a Python", lambda: mg.derive(loss).source("a b")),
        (TypeError, "latex: the expression must be a Tensor, got int: 3", lambda: mg.latex(3)),
    ]
    for kind, words, call in cases:
        with pytest.raises(kind, match=words):
            call()
    loss = mg.sum(mg.exp(x))
    loss.backward()
    with pytest.raises(RuntimeError, match="the graph was freed"):
        mg.derive(loss)


def test_an_operation_without_a_template_is_named() -> None:
    def by_hand(xp, x):
        return np.array([v / 2 for v in x])

    halved = mg.primitive(by_hand, [lambda g, y, x: halved(g)], name="halved_here")
    x = mg.tensor([1.0, 2.0], requires_grad=True, name="x")
    with pytest.raises(TypeError, match="the operation 'halved_here' has no template for NumPy alone"):
        mg.derive(mg.sum(halved(x) * x)).source()
    assert mg.latex(halved(x)) == r"\operatorname{halved\_here}(x)"


def test_ones_own_operation_made_of_others_is_written_as_a_function_of_them() -> None:
    halved = mg.primitive(lambda xp, x: xp.exp(x) / 2, [lambda g, y, x: g * y], name="halved_there", keep="y")
    x = mg.tensor([1.0, 2.0], requires_grad=True, name="halved_there")
    source = mg.derive(mg.sum(halved(x) * x)).source()
    assert "def halved_there(x):\n    return np.exp(x) / 2\n" in source
    names: dict[str, Any] = {"np": np}
    exec(source, names)
    np.testing.assert_allclose(names["backprop"](x.numpy()), mg.grad(lambda x: mg.sum(halved(x) * x))(x.numpy()))


def test_ones_own_operation_is_written_by_its_template() -> None:
    cube = mg.primitive(
        lambda xp, x, k=3: x**k, [lambda g, y, x, k: k * g * x ** (k - 1)],
        name="cube_there", source="def to_the(x, k):\n    return x**k\nto_the({0}, {k})", latex="{{{0}}}^{{{k}}}",
    )  # fmt: skip
    x = mg.tensor([1.0, 2.0], requires_grad=True, name="to_the")
    derivation = mg.derive(mg.sum(cube(x) * x))
    np.testing.assert_allclose(run(derivation), [4.0, 32.0])
    typesets(derivation.latex())


def gradient_of(f: Any, x: Any) -> Any:
    return mg.gradients(mg.sum(f(x)), [x], create_graph=True)[0]


SECOND: dict[str, Any] = {
    "of a sigmoid": lambda x: (lambda g: g * g)(gradient_of(lambda x: mg.sigmoid(x) * 0.3, x)),
    "of a product": lambda x: mg.sum(mg.square(gradient_of(lambda x: mg.sin(x) * x, x))),
    "of a power": lambda x: mg.square(gradient_of(lambda x: 0.3 * x**-1.0, x)),
    "along a vector": lambda x: mg.sum(gradient_of(lambda x: mg.sin(x) * x**3, x) * np.array([1.0, -2.0])),
}


def test_a_step_goes_back_through_a_line_that_its_gradient_is_of() -> None:
    w = mg.tensor([0.5, 1.5], requires_grad=True, name="w")
    (g,) = mg.gradients(mg.sum(mg.sin(w) * w), [w], create_graph=True)
    derivation = mg.derive(mg.sum(g * g), names={"w": w, "g": g})
    steps = {step.symbol: step.forward for step in derivation.steps}
    assert steps["∂loss/∂g"] == "g ⊙ g"
    assert "a constant" not in str(derivation) + derivation.source()


@pytest.mark.parametrize("name", SECOND)
def test_the_line_beside_a_step_is_one_of_the_program(name: str) -> None:
    x = mg.tensor([0.75, 0.5] if "vector" in name else 0.75, requires_grad=True, name="x")
    derivation = mg.derive(SECOND[name](x))
    known = {"np": np, **derivation.arguments}
    for line in derivation.source(loss=True).splitlines():
        if line.startswith("    ") and "return" not in line and '"""' not in line:
            exec(line.strip(), known)
    for step in derivation.steps:
        left, _, right = step.forward.partition(" = ")
        if left in known:
            np.testing.assert_allclose(known[left], read(right, known), rtol=1e-3)


@pytest.mark.parametrize("name", SECOND)
def test_a_second_derivative_is_computed_in_order_and_shown(name: str) -> None:
    x = mg.tensor([0.75, 0.5] if "vector" in name else 0.75, requires_grad=True, name="x")
    output = SECOND[name](x)
    derivation = mg.derive(output)
    value, second = run(derivation, loss=True)
    np.testing.assert_array_max_ulp(value, output.numpy(), 2)
    np.testing.assert_array_max_ulp(second, mg.gradients(output, x), 4)
    assert len(str(derivation).splitlines()) == len(derivation.steps)


def test_the_gradient_of_biases_reads_as_a_person_would_write_it() -> None:
    x, w, b = (mg.tensor(np.ones(s), requires_grad=True, name=n) for s, n in (((4, 3), "x"), ((3, 2), "w"), (2, "b")))
    source = mg.derive(mg.sum(mg.square(x @ w + b)), [x, w, b]).source()
    assert "np.sum(delta1, axis=0)" in source
    assert "with respect to x, w and b." in source
