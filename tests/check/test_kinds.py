"""The kind of a mistake, from what stands in a derivation and what belongs there, whoever has found the place."""

import ast
import io
import warnings
from contextlib import redirect_stdout

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.check.by_hand import ByHand
from microgradnet.check.kinds import Correction
from microgradnet.check.located import Sources

from .located import module
from .test_corpus_of_derivations import FOLDER, head_of

SOURCE = """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def dsigmoid(a):
    return a * (1 - a)

def loss(x, y, w1, b1, w2):
    a = sigmoid(x @ w1 + b1)
    return np.mean((a @ w2 - y) ** 2) + 0.1 * np.sum(w2 ** 2)

def backprop(x, y, w1, b1, w2):
    m, z = y.size, x @ w1 + b1
    a = sigmoid(z)
    d = 2 * (a @ w2 - y) / m
    da = d @ w2.T
    dz = STATEMENT
    return x.T @ dz, dz.sum(axis=0), a.T @ d + 0.2 * w2

def data():
    r = np.random.default_rng(0)
    return [r.normal(size=s) for s in [(5, 5), (5, 5), (5, 5), (5,), (5, 5)]]
"""

CASES = [
    ("da", "da * a * (1 - a)", "missing-factor"),
    ("da * a * (1 - a) * (1 - a)", "da * a * (1 - a)", "repeated-factor"),
    ("da * (1 - a ** 2)", "da * a * (1 - a)", "wrong-activation"),
    ("da * z * (1 - z)", "da * a * (1 - a)", "wrong-point"),
    ("-da * a * (1 - a)", "da * a * (1 - a)", "sign"),
    ("2 * da * a * (1 - a)", "da * a * (1 - a)", "scale"),
    ("m * da * a * (1 - a)", "da * a * (1 - a)", "sum-for-mean"),
    ("da * a * (1 - a)", "da * a * (1 - a) / m", "sum-for-mean"),
    ("da * a / (m * z)", "da * a / z", "mean-for-sum"),
    ("np.mean(da, axis=0)", "np.sum(da, axis=0)", "mean-for-sum"),
    ("da.sum()", "da.sum(axis=0)", "wrong-axis"),
    ("da.sum(axis=1)", "da.sum(axis=0)", "wrong-axis"),
    ("da", "da.sum(axis=0)", "missing-sum"),
    ("d @ w2", "d @ w2.T", "transpose"),
    ("d @ a", "a.T @ d", "swapped-operands"),
    ("np.dot(d, a)", "np.dot(a, d)", "swapped-operands"),
    ("da * a", "da @ a.T", "elementwise-for-matmul"),
    ("da @ a.T", "da * a.T", "matmul-for-elementwise"),
    ("da[::-1]", "da", "reversed"),
    ("da * (a > 0)", "da * (z > 0)", "wrong-mask"),
    ("da * (z < 0)", "da * (z > 0)", "wrong-mask"),
    ("a.T @ d", "a.T @ d + 0.2 * w2", "missing-term"),
    ("a.T @ d + 0.2 * w2 + w2", "a.T @ d + 0.2 * w2", "repeated-term"),
    ("2 * da * (a + z)", "2 * da * a + 2 * z", "repeated-factor"),
    ("np.zeros_like(da)", "da * a * (1 - a)", "detached"),
    ("(w2 - 0.1 * d) @ d.T", "w2 @ d.T", "updated-parameter"),
    ("y", "y[:, None]", "wrong-shape"),
    ("a * (1 - a) * da", "a * (da - np.sum(da * a, axis=1, keepdims=True))", "diagonal-jacobian"),
    ("np.maximum(z, 0)", "np.tanh(z)", "wrong-activation"),
    ("np.exp(z)", "1 / (1 + np.exp(-z))", "wrong-activation"),
    ("w1 @ d.T", "w2 @ d.T", "wrong-parameter"),
    ("da * (1 - z)", "da * z", "wrong-point"),
    ("np.multiply(*[da, a])", "np.multiply(*[z, a])", "wrong-point"),
    ("da * a", "da * dsigmoid(a)", "missing-factor"),
    ("da * a * (a - 1)", "da * dsigmoid(a)", "sign"),
    ("np.c_[np.ones((5, 1)), da[:, 1:]]", "np.c_[np.zeros((5, 1)), da[:, 1:]]", "repeated-term"),
    ("np.c_[np.zeros((5, 1)), da[:, 1:]]", "np.c_[np.ones((5, 1)), da[:, 1:]]", "missing-term"),
    ("da / a ** 3", "da / a ** 2", "repeated-factor"),
    ("da / a", "da / a ** 2", "missing-factor"),
    ("da / a", "da / np.sqrt(a)", "repeated-factor"),
    ("da / np.sqrt(a)", "da / a", "missing-factor"),
    ("np.cumsum(da)", "np.cumsum(da[::-1])[::-1]", "reversed"),
    ("np.einsum('ij,kj->ik', d, w2)", "np.einsum('ij,jk->ik', d, w2)", "transpose"),
    ("np.matmul(a, d)", "np.matmul(np.swapaxes(a, 0, 1), d)", "transpose"),
    ("da / np.linalg.norm(da)", "da / np.linalg.norm(da, axis=1)", "wrong-axis"),
    ("da.sum(0)", "da.sum(0, keepdims=True)", "wrong-shape"),
    ("da * np.sqrt(5.0)", "da / np.sqrt(5.0)", "scale"),
    ("da * z", "da / z", "wrong-point"),
    ("np.where(z > 0, da, 0)", "np.where(z > 0, 0, da)", "wrong-mask"),
    ("da + z", "da + z + z", "scale"),
    ("da + d if m > 99 else da", "da + d", "missing-term"),
    ("w1[[0, 1]]", "w2[[0, 1]]", "wrong-parameter"),
    ("da.copy()", "da + z", "missing-term"),
    ("np.dot(da, w1)", "np.dot(da + da.T, w1)", "missing-term"),
    ("a * (1 - a) * da", "np.diagflat(a)[:5, :5] - np.outer(a, a)[:5, :5]", "diagonal-jacobian"),
    ("[d, da][0]", "sum([d, da])", "missing-term"),
    ("da * a ** -0.5", "da * a ** -1.5", "missing-factor"),
    ("da * a ** -1.5", "da * a ** -0.5", "repeated-factor"),
    ("da * (1 - np.tanh(z) ** 2)", "da * (1 - z ** 2)", "wrong-point"),
    ("da * (1 - np.square(np.tanh(z)))", "da * (1 - np.power(z, 2))", "wrong-point"),
    ("[d, da].pop(0)", "[d, da].pop()", "reversed"),
    ("da * sigmoid(a) * (1 - sigmoid(a))", "da * a * (1 - a)", "wrong-point"),
    ("da * np.log(a)", "da * a", "wrong-point"),
    ("np.maximum(0, da)", "da * (z > 0)", "wrong-mask"),
    ("da if m < 99 else d", "da + d", "missing-term"),
    ("a.T @ da", "z.T @ da", "wrong-point"),
    ("da / m", "da / (m - 1)", "scale"),
    ("np.outer(z[0], z[0])", "a[0][:, None] * a[0]", "wrong-point"),
    ("da / np.sqrt(m)", "da / m", "scale"),
    ("da / (1 - 0.8)", "da / 0.8", "scale"),
    ("da * (1 - z * z)", "da * (1 - a**2)", "wrong-point"),
    ("da * (z == a) * (1 - a)", "da * ((z == a) - a)", "diagonal-jacobian"),
]


def reading_of(names, loss="loss", manual="backprop", parameters=None):
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        order = names[loss].__code__.co_varnames
        places = tuple(order.index(name) for name in parameters)
        derivation = ByHand.read(
            names[loss], names[manual], names["data"](), places, False, "recorded", caller="diagnose"
        )
        return Sources.of(derivation)


def kind_between(reading, file, line, new):
    """Say what kind of mistake the statement of a line is, given what belongs there; None where that isn't known."""
    statements = [n for n in ast.walk(reading.program.trees[file]) if isinstance(n, ast.stmt)]
    old = max((s for s in statements if s.lineno <= line <= s.end_lineno), key=lambda s: s.lineno)
    value, other = getattr(old, "value", None), getattr(ast.parse(new).body[0], "value", None)
    place = None if value is None else reading.program.at(value, file)
    if place is None or other is None or ast.dump(value) == ast.dump(other):
        return None
    names = frozenset(reading.derivation.names)
    difference = Correction(place, reading.program, reading.aligned.known, reading.observed, names)
    with np.errstate(all="ignore"):
        return difference.of_text("unexplained", ast.unparse(other))[0]


@pytest.mark.parametrize(("old", "new", "kind"), CASES, ids=[f"{old} for {new}" for old, new, _ in CASES])
def test_a_kind_is_the_difference_between_two_formulas(old, new, kind, tmp_path):
    path = tmp_path / "written.py"
    source = SOURCE.replace("STATEMENT", old).replace("x.T @ dz, dz.sum(axis=0)", "x.T @ d, d.sum(axis=0)")
    reading = reading_of(module(source, path), parameters=["w1", "b1", "w2"])
    line = source[: source.index("    dz =")].count("\n") + 1
    assert kind_between(reading, str(path), line, f"dz = {new}") == kind


LOOP = """
import numpy as np

def loss(x, w, b):
    return np.sum((x @ w + b) ** 2)

def backprop(x, w, b):
    dw, db, seen = np.zeros(4), 0.0, np.zeros(3)
    last = 2
    for k in range(TURNS):
        error = 2 * (x[k] @ w + b)
        at = INDEX
        row = x[k]
        row_sum = row.sum()
        row *= 2
        seen[at] = np.sum(ROW)
        dw += error * x[k] / 2
        db += error
    seen[SECOND] = 0
    return dw, db

def data():
    r = np.random.default_rng(0)
    return [r.normal(size=s) for s in [(6, 4), (4,), ()]]
"""


@pytest.mark.parametrize(
    ("name", "old", "new", "kind"),
    [
        ("TURNS", "len(x) - 3", "len(x)", "missing-term"),
        ("TURNS", "len(x)", "1, len(x)", "repeated-term"),
        ("INDEX", "k % 3", "(k + 1) % 3", "wrong-point"),
        ("INDEX", "last - 1", "last", "wrong-point"),
        ("ROW", "row", "row / 2", "stale-value"),
        ("SECOND", "1", "0", "wrong-mask"),
    ],
)
def test_a_kind_is_told_in_a_loop(name, old, new, kind, tmp_path):
    path = tmp_path / "looped.py"
    usual = {"TURNS": "len(x)", "INDEX": "k % 3", "ROW": "row", "SECOND": "0"}
    source = LOOP
    for word, text in {**usual, name: old}.items():
        source = source.replace(word, text)
    reading = reading_of(module(source, path), parameters=["w", "b"])
    line = LOOP[: LOOP.index(name)].count("\n") + 1
    places = [p for p in reading.program.places if p.line == line and p.kind == "expression"]
    text, start = source.splitlines()[line - 1], LOOP.splitlines()[line - 1].index(name)
    assert text[start:].startswith(old)
    place = next(p for p in places if (p.node.col_offset, p.node.end_col_offset) == (start, start + len(old)))
    around = next((p for p in places if p.index == place.parent and name == "TURNS"), place)
    corrected = f"range({new})" if around is not place else new
    names = frozenset(reading.derivation.names)
    difference = Correction(around, reading.program, reading.aligned.known, reading.observed, names)
    assert difference.of_text("unexplained", corrected)[0] == kind


@pytest.mark.filterwarnings("ignore:overflow")  # of numbers that are looked up, and found nowhere
def test_of_what_people_corrected_nine_in_ten_are_named_right(tmp_path):
    right, wrong = [], []
    for path in sorted(FOLDER.glob("*.py")):
        source = path.read_text(encoding="utf-8")
        head, copy = head_of(source), tmp_path / path.name
        if " + " in head["expected kind"] or head["expected kind"].startswith("another-loss"):
            continue  # which of several it is, and what the forward pass does, takes more than a statement
        names = module(source, copy)
        reading = reading_of(names, parameters=names["PARAMETERS"])
        line = int(head["wrong line"].split(" or ")[0].split(" and ")[0])
        try:
            kind = kind_between(reading, str(copy), line, head[f"correction {line}"])
        except SyntaxError:  # the head of a block
            continue
        if kind is not None:
            (right if kind in head["expected kind"].split(" or ") else wrong).append((path.stem, kind))
    assert len(right) >= 60
    assert len(right) >= 0.9 * len(right + wrong), wrong


# --- what is said beside the kind ---------------------------------------------------------------------------------


def line(x, y, w, b):
    return np.mean((x @ w + b - y) ** 2) + 0.1 * np.sum(w**2)


def not_divided(x, y, w, b):
    d = 2 * (x @ w + b - y)
    return x.T @ d + 0.2 * w, d.sum()


def penalised(x, y, w, b):
    d = 2 * (x @ w + b - y) / len(y)
    return x.T @ d + 0.2 * w, d.sum() + 0.2 * b


def of_a_square(x, y, w, b):
    d = 2 * (x @ w[:, None] + b - y) / len(y) / len(y)
    return (x.T @ d).sum(axis=1) + 0.2 * w, d.sum()


@pytest.mark.parametrize("with_source", [True, False])
@pytest.mark.parametrize(
    ("manual", "kind", "words"),
    [
        (not_divided, "sum-for-mean", "7, the rows of x: not divided by that"),
        (penalised, "repeated-term", "you penalise b, the loss doesn't"),
        (of_a_square, "another-loss", "the right gradient of another loss"),
    ],
)
def test_a_diagnosis_says_what_it_is_about(manual, kind, words, with_source):
    random = np.random.default_rng(0)
    arguments = [random.normal(size=(7, 3)), random.normal(size=7), random.normal(size=3), np.array(0.3)]
    given = manual if with_source else manual(*arguments)
    (found,) = mg.diagnose(line, given, *arguments, argnums=(2, 3), budget=20.0)
    assert found.kind == kind
    assert any(words in d.wrong for d in (found, *found.equally_good))


def without_the_mask(x, y, mask, w1, w2):
    a = np.tanh(x @ w1)
    d = 2 * (a @ w2 - y)
    return x.T @ (d @ w2.T * (1 - a**2)), a.T @ d


def by_the_sample(x, y, mask, w1, w2):
    z = x @ w1
    c = z - z.mean(axis=0)
    v = (c**2).sum(axis=0) / (len(x) - 1)
    d = (2 * (c / np.sqrt(v) @ w2 - y)) @ w2.T
    dc = d / np.sqrt(v) - (d * c).sum(axis=0) * c / v**1.5 / (len(x) - 1)
    return x.T @ (dc - dc.mean(axis=0)), (c / np.sqrt(v)).T @ (2 * (c / np.sqrt(v) @ w2 - y))


def another_activation(x, y, mask, w1, w2):
    a = 1 / (1 + np.exp(-(x @ w1)))
    d = 2 * (a * mask @ w2 - y)
    return x.T @ (d @ w2.T * mask * a * (1 - a)), (a * mask).T @ d


LOSSES = {
    without_the_mask: lambda x, y, mask, w1, w2: mg.sum((mg.tanh(x @ w1) * mask @ w2 - y) ** 2),
    by_the_sample: lambda x, y, mask, w1, w2: mg.sum(
        ((x @ w1 - mg.mean(x @ w1, axis=0)) / mg.sqrt(mg.var(x @ w1, axis=0)) @ w2 - y) ** 2
    ),
    another_activation: lambda x, y, mask, w1, w2: mg.sum((mg.tanh(x @ w1) * mask @ w2 - y) ** 2),
}


@pytest.mark.parametrize("with_source", [True, False])
@pytest.mark.parametrize("manual", LOSSES, ids=lambda manual: manual.__name__)
def test_the_right_gradient_of_another_loss_is_named_as_that(manual, with_source):
    random = np.random.default_rng(0)
    x, y, w1, w2 = (random.normal(size=s) for s in ((6, 3), (6, 2), (3, 4), (4, 2)))
    arguments = x, y, (random.random((6, 4)) > 0.4) * 1.0, w1, w2
    given = manual if with_source else manual(*arguments)
    found = mg.diagnose(LOSSES[manual], given, *arguments, argnums=(3, 4), budget=20.0)
    assert "another-loss" in {e.kind for d in found for e in (d, *d.equally_good)}


ADDED = """
import numpy as np

def loss(w, x, target):
    return np.sum((x @ w - target) ** 2)

def backprop(w, x, target):
    d = 2 * (x @ w - target) + target
    return x.T @ d
"""


def test_what_is_added_and_not_learnt_is_no_penalty(tmp_path):
    names = module(ADDED, tmp_path / "added.py")
    random = np.random.default_rng(0)
    arguments = random.normal(size=3), random.normal(size=(4, 3)), random.normal(size=4)
    (found,) = mg.diagnose(names["loss"], names["backprop"], *arguments, argnums=0)
    assert (found.line, found.kind) == (8, "repeated-term")
    assert "penalise" not in str(found)


BASELINE = """
import numpy as np

def loss(w, x, returns, values):
    return np.sum(np.sin(x @ w) * (returns - values))

def scaled(d, returns, advantages):
    return d * returns

def backprop(w, x, returns, values):
    return x.T @ scaled(np.cos(x @ w), returns, returns - values)
"""


def test_a_baseline_that_is_not_taken_off_is_a_missing_term(tmp_path):
    names = module(BASELINE, tmp_path / "baseline.py")
    random = np.random.default_rng(0)
    arguments = random.normal(size=3), random.normal(size=(4, 3)), *random.normal(size=(2, 4))
    (found,) = mg.diagnose(names["loss"], names["backprop"], *arguments, argnums=0)
    assert (found.line, found.kind) == (8, "missing-term")


TWO_OTHERS = """
import numpy as np

def loss(w, b, x):
    c = 1 / np.sqrt(len(x))
    return np.sum(np.sin(x[:, 0] + c * x @ w)) + np.sum(np.sin(b)) + 0.5 * np.sum(b ** 2)

def backprop(w, b, x):
    c = 1 / len(x)
    z = x[:, 0] + c * x @ w
    dw = c * x.T @ np.cos(z)
    db = np.cos(b) - b
    return dw, db
"""


def test_two_mistakes_that_make_it_another_loss_have_a_line_each(tmp_path):
    names = module(TWO_OTHERS, tmp_path / "others.py")
    random = np.random.default_rng(0)
    arguments = random.normal(size=3), random.normal(size=2), random.normal(size=(5, 3))
    found = mg.diagnose(names["loss"], names["backprop"], *arguments, argnums=(0, 1))
    assert {(d.line, d.kind) for d in found} == {(9, "another-loss"), (12, "another-loss")}


ENDLESS = """
import itertools
import numpy as np

def loss(w, x):
    return np.sum((x @ w) ** 2)

def backprop(w, x):
    dw, parts = np.zeros(3), [np.zeros(2), np.zeros(3)]
    for k in itertools.count(1):
        if k == len(x):
            break
        dw += 2 * (x[k] @ w) * x[k]
    parts = dw
    return parts
"""


def test_a_loop_without_an_end_has_no_number_of_turns(tmp_path):
    names = module(ENDLESS, tmp_path / "endless.py")
    random = np.random.default_rng(0)
    arguments = random.normal(size=3), random.normal(size=(4, 3))
    found = mg.diagnose(names["loss"], names["backprop"], *arguments, argnums=0)
    assert "for k in itertools.count(" in "".join(d.correction for d in found)


def test_a_label_for_a_probability_is_no_parameter_after_its_update():
    random = np.random.default_rng(0)
    w, x, y = random.normal(size=3), random.normal(size=(6, 3)), np.array([0, 1, 1, 0, 1, 0])

    def loss(w, x, y):
        p = 1 / (1 + mg.exp(-(x @ w)))
        return -mg.sum(y * mg.log(p) + (1 - y) * mg.log(1 - p))

    def backprop(w, x, y):
        p = 1 / (1 + np.exp(-(x @ w)))
        return x.T @ (p - y * p)

    (found,) = mg.diagnose(loss, backprop, w, x, y, argnums=0)
    assert found.kind != "updated-parameter"
