"""`align` and what stands on it: names for observed values, the listing, the line that is wrong, and its repair."""

import inspect
import linecache
import subprocess
import textwrap

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import microgradnet as mg
from microgradnet.check.align import Known, draws_of
from microgradnet.check.by_hand import ByHand
from microgradnet.check.located import Sources, located

from .located import module
from .sources import MODELS
from .test_corpus_of_derivations import FOLDER


def written(source, count=[0]):  # noqa: B006  # files that were written so far
    """Run a source as a file that can be read, and return what it defines."""
    count[0] += 1
    file = f"<by hand {count[0]}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    names = {"__name__": "by_hand"}
    exec(compile(source, file, "exec"), names)
    return names


def argnums(model, names, count):
    if model.parameters is None:
        return list(range(2, count))
    known = list(inspect.signature(names["loss"]).parameters)
    return [known.index(p) for p in model.parameters]


def compared(model, source=None, **options):
    names = written(source or model.source)
    args = names["data"]()
    return mg.compare(names["loss"], names["backprop"], *args, argnums=argnums(model, names, len(args)), **options)


# --- names -------------------------------------------------------------------------------------------------------


def network(x, y, w1, w2):
    z1 = x @ w1
    a1 = np.tanh(z1)
    z2 = a1 @ w2
    return np.sum((z2 - y) ** 2)


def known():
    random = np.random.default_rng(0)
    args = [random.normal(size=s) for s in [(6, 3), (6, 2), (3, 4), (4, 2)]]
    derivation = ByHand.read(
        network, [np.zeros((3, 4)), np.zeros((4, 2))], args, (2, 3), False, "recorded", caller="test"
    )
    return Known(draws_of(derivation))


KNOWN = known()


def at_every_draw(of):
    """Compute a value from the arguments of each draw."""
    return [of(*d.values) for d in KNOWN.draws]


VALUES = {
    "x": lambda x, y, w1, w2: x,
    "z1": lambda x, y, w1, w2: x @ w1,
    "a1ᵀ": lambda x, y, w1, w2: np.tanh(x @ w1).T,
    "∂L/∂z2": lambda x, y, w1, w2: 2 * (np.tanh(x @ w1) @ w2 - y),
    "z2 − y": lambda x, y, w1, w2: np.tanh(x @ w1) @ w2 - y,
    "−∂L/∂w2": lambda x, y, w1, w2: -2 * np.tanh(x @ w1).T @ (np.tanh(x @ w1) @ w2 - y),
    "twice ∂L/∂a1": lambda x, y, w1, w2: 4 * (np.tanh(x @ w1) @ w2 - y) @ w2.T,
    "∂L/∂a1": lambda x, y, w1, w2: 2 * (np.tanh(x @ w1) @ w2 - y) @ w2.T,
    "tanh′(z1)": lambda x, y, w1, w2: 1 - np.tanh(x @ w1) ** 2,
    "Σ over rows of ∂L/∂z2": lambda x, y, w1, w2: 2 * (np.tanh(x @ w1) @ w2 - y).sum(0),
    "(z2 − y) / 3": lambda x, y, w1, w2: (np.tanh(x @ w1) @ w2 - y) / 3,
}


@pytest.mark.parametrize(("name", "of"), VALUES.items(), ids=VALUES)
def test_a_value_is_named_by_what_it_is_in_the_variables_of_the_loss(name, of):
    said = KNOWN.identify(at_every_draw(of)).text()
    assert said.replace("∂(z2 − y)", "∂z2") == name  # both have the same gradient


@given(
    st.integers(0, len(KNOWN.quantities) - 1),
    st.floats(0.01, 100).flatmap(lambda c: st.sampled_from([c, -c])),
    st.booleans(),
)
def test_whatever_is_known_is_recognised_with_a_factor_and_transposed(k, factor, transposed):
    values = [factor * (v.T if transposed else v) for v in KNOWN.quantities[k].values]
    match = KNOWN.identify(values)
    if len({v.tobytes() for v in values}) > 1 or np.ptp(values[0]) > 0:
        turned = [v if match.axes is None else v.transpose(match.axes) for v in match.quantity.values]
        for value, other in zip(values, turned, strict=True):
            np.testing.assert_allclose(value.ravel(), match.factor * other.ravel(), rtol=1e-6, atol=1e-9)


@given(st.integers(0, 2**32 - 1))
def test_what_is_nothing_of_the_derivation_is_unknown(seed):
    random = np.random.default_rng(seed)
    assert KNOWN.identify([random.normal(size=(6, 4)) for _ in KNOWN.draws]) is None


def test_a_factor_that_is_another_at_each_draw_is_none():
    values = [k * v for k, v in enumerate(at_every_draw(VALUES["∂L/∂z2"]), 1)]
    assert KNOWN.identify(values) is None


def test_a_list_of_arrays_of_several_shapes_is_no_quantity():
    assert KNOWN.identify([[np.zeros(2), np.zeros((2, 3))] for _ in KNOWN.draws]) is None


def test_an_index_is_no_multiple_of_an_element():
    def steps(w, x):
        return mg.sum(mg.floor(9 * (x @ w)) * (x @ w))

    x = np.random.default_rng(0).normal(size=(5, 3))
    derivation = ByHand.read(steps, np.zeros(3), [x[0], x], 0, False, "recorded", caller="test")
    stairs = Known(draws_of(derivation))
    values = [2 * np.floor(9 * (x[1] @ w)) for w, x in (d.values for d in stairs.draws)]
    assert stairs.identify(values) is not None
    assert stairs.identify([int(v) for v in values]) is None


def test_pieces_of_rows_put_together_are_no_quantity():
    gradients = at_every_draw(VALUES["∂L/∂a1"])  # of shape (6, 4)
    assert KNOWN.identify([g.ravel() for g in gradients]).text() == "∂L/∂a1"
    assert KNOWN.identify([g.T.ravel() for g in gradients]).text() == "(∂L/∂a1)ᵀ"
    assert KNOWN.identify([g.reshape(2, 3, 4) for g in gradients]).text() == "∂L/∂a1"
    assert KNOWN.identify([g.reshape(4, 6) for g in gradients]) is None
    assert KNOWN.identify([g.reshape(3, 8) for g in gradients]) is None


def test_what_hears_a_parameter_twice_is_one_part_of_its_gradient():
    def penalised(w, x):
        return mg.sum(x @ w) + 0.3 * mg.sum(w * w)

    x = np.random.default_rng(0).normal(size=(5, 3))
    derivation = ByHand.read(penalised, np.zeros(3), [x[0], x], 0, False, "recorded", caller="test")
    known = Known(draws_of(derivation))
    parts = [q for q in known.quantities if q.kind == "contribution"]
    assert any(np.allclose(q.values[0], 0.6 * x[0]) for q in parts)
    assert not any(np.allclose(q.values[0], 0.3 * x[0]) for q in parts)  # which is half of it


# --- right derivations -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_a_right_derivation_is_listed_and_nothing_is_blamed(model):
    report = compared(model)
    assert report
    assert report.diagnosis == ()
    assert report.listing
    text = str(report.listing)
    assert "✗" not in text
    assert "∂L/∂" in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_listing_of_the_article_says_what_each_statement_is():
    x, y = mg.article.dataset()
    weights = mg.article.initial_weights(x, y, seed=0)
    report = mg.compare(
        mg.article.loss, mg.article.backprop, x, y, *weights, argnums=(2, 3), descent=True
    )  # fmt: skip
    told = [q.text for line in report.listing.lines for q in line.quantities]
    assert told == [
        "σ(x · weights1)", "σ(layer1 · weights2)", "−∂L/∂(layer1 · weights2)",
        "−∂L/∂weights2 = layer1ᵀ · delta", "−∂L/∂weights1",
        "d_weights1: −∂L/∂weights1", "d_weights2: −∂L/∂weights2",
    ]  # fmt: skip


# --- wrong ones --------------------------------------------------------------------------------------------------


CHANGES = [(m, *change) for m in MODELS for change in m.changes]


def lines_of(model, old, new):
    """Return the lines at which a change may be said to be: that of the text, or beside a line that is left out."""
    line = model.source[: model.source.index(old)].count("\n") + 1
    return {line - 1, line} if new == "" and old.endswith("\n") else {line}


@pytest.mark.parametrize(
    ("model", "old", "new", "kind"), CHANGES, ids=[f"{m.name}: {new or 'no ' + old}" for m, old, new, _ in CHANGES]
)
def test_the_line_that_is_wrong_is_found_and_no_other(model, old, new, kind):
    names = written(model.source.replace(old, new, 1))
    args = names["data"]()
    numbers = argnums(model, names, len(args))
    derivation = ByHand.read(names["loss"], names["backprop"], args, numbers, False, "recorded", caller="test")
    (found,), _ = located(Sources.of(derivation), list(derivation.gradients), np.inf)
    assert found.line in lines_of(model, old, new)
    assert found.expression
    assert found.correction is None or found.patch is not None


@pytest.mark.parametrize(("model", "old", "new", "kind"), CHANGES[::5], ids=[c[2] or "left out" for c in CHANGES[::5]])
def test_a_patch_makes_the_derivation_right(model, old, new, kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = model.source.replace(old, new, 1)
    (tmp_path / "net.py").write_text(source)
    linecache.checkcache()
    names = {"__name__": "net"}
    exec(compile(source, str(tmp_path / "net.py"), "exec"), names)
    args = names["data"](1)
    report = mg.compare(names["loss"], names["backprop"], *args, argnums=argnums(model, names, len(args)))
    (found,) = report.diagnosis
    if found.patch is None:
        pytest.skip("it isn't known how to write it")
    subprocess.run(["git", "apply", "-"], input=found.patch, text=True, check=True, cwd=tmp_path)
    patched = (tmp_path / "net.py").read_text()
    assert all(statement in patched for statement in (found.correction or "").split("; "))
    again = {"__name__": "net"}
    exec((tmp_path / "net.py").read_text(), again)
    assert mg.compare(
        again["loss"], again["backprop"], *again["data"](2), argnums=argnums(model, again, len(args))
    )  # fmt: skip


def test_several_mistakes_are_each_named_at_their_own_line():
    model = MODELS[0]
    source = model.source.replace("scores.sum(axis=0)", "scores.mean(axis=0)").replace(
        "X.T.dot(dhidden) + reg * W1", "X.T.dot(dhidden)"
    )
    found = compared(model, source).diagnosis
    assert {d.line for d in found} == {
        source[: source.index(text)].count("\n") + 1 for text in ("scores.mean", "X.T.dot(dhidden)")
    }
    assert {d.parameters for d in found} == {("b2",), ("W1",)}
    listing = str(compared(model, source).listing)
    assert listing.count("✗") == 2


# --- where nothing can be said -------------------------------------------------------------------------------------


def test_without_source_there_is_a_diagnosis_as_before_and_no_line():
    x = np.array([[1.0, 2.0], [0.5, -1.0], [0.0, 0.3]])
    w = np.array([0.2, -0.4])
    report = mg.compare(lambda w: mg.sum(mg.tanh(x @ w) ** 2), 2 * x.T @ np.tanh(x @ w), w)
    (found,) = report.diagnosis
    assert (found.kind, found.line, found.patch) == ("missing-factor", None, None)
    assert not report.listing
    assert "given as arrays" in str(report.listing)


def test_a_derivation_that_is_another_one_at_every_call_is_not_blamed():
    names = written(
        textwrap.dedent(
            """
            import numpy as np
            random = np.random.default_rng()

            def loss(w):
                return np.sum(w ** 2)

            def backprop(w):
                return 2 * w * (random.random(w.shape) > 0.5)
            """
        )
    )
    report = mg.compare(names["loss"], names["backprop"], np.arange(1.0, 200.0))  # two masks are never the same
    assert all(d.line is None for d in report.diagnosis)
    assert "another one at every call" in " ".join(str(report.listing).split())


def test_a_change_that_ends_no_loop_is_given_up(tmp_path):
    names = module((FOLDER / "adjoint_state_of_the_wrong_end.py").read_text(encoding="utf-8"), tmp_path / "endless.py")
    found = mg.diagnose(names["loss"], names["backprop"], *names["data"](), argnums=(1, 2, 3))
    assert found  # and there is an end to it


def test_a_number_that_grows_with_every_call_is_given_up(tmp_path):
    path = FOLDER.with_name("thirtyfirst") / "tiller_square_of_steering_counted_three_times.py"
    names = module(path.read_text(encoding="utf-8"), tmp_path / "endless.py")
    (found,) = mg.diagnose(names["loss"], names["backprop"], *names["data"](), argnums=(0, 1, 2))
    assert found.expression == "3 * u"  # left * left for left - 1 was tried before: there is an end to it


def test_the_values_in_a_loop_over_rows_are_rows_of_a_quantity():
    random = np.random.default_rng(0)
    x, w = random.standard_normal((5, 3)), random.standard_normal((3, 4))
    labels = np.array([0, 2, 1, 3, 2])

    def loss(w):
        s = x @ w
        logp = s - np.log(np.sum(np.exp(s), axis=1, keepdims=True))
        return -np.sum(logp[np.arange(5), labels])

    def by_hand(w):
        g = np.zeros_like(w)
        for t in range(5):
            row = x[t] @ w
            d = np.exp(row) / np.exp(row).sum()
            d[labels[t]] -= 1
            g += np.outer(x[t], d)
        return g

    told = {line.code.strip(): [q.text for q in line.quantities] for line in mg.compare(loss, by_hand, w).listing.lines}
    assert told["row = x[t] @ w"] == ["s[0], …, s[4]"]
    assert told["d[labels[t]] -= 1"] == ["∂L/∂s[0], …, ∂L/∂s[4]"]
    assert told["g += np.outer(x[t], d)"] == ["in the end ∂L/∂w, adding x[1] ⊗ ∂L/∂s[1]"]
