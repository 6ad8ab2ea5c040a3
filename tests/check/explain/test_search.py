"""The search: what is counted as an explanation, how much is tried, and what is never swallowed."""

import itertools
import time

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.check.explain import itself, links, losses
from microgradnet.check.explain.chain import Chain

RANDOM = np.random.default_rng(0)
X, Y, W, B = RANDOM.normal(size=(6, 3)), RANDOM.normal(size=(6, 1)), RANDOM.normal(size=(3, 1)), RANDOM.normal(size=1)


def said(found):
    return [(d.kind, d.parameters, d.step, d.wrong) for first in found for d in (first, *first.equally_good)]


# --- an explanation is one of all gradients ------------------------------------------------------------------


def line(x, y, w, b, *, loss=np.mean):
    return loss((x @ w + b - y) ** 2)


def line_by_hand(x, y, w, b, *, of_w=1.0, of_b=1.0, n=6):
    e = 2 * (x @ w + b - y) / n
    return of_w * (x.T @ e), of_b * e.sum(axis=0)


@pytest.mark.parametrize(("name", "scale"), [("w", {"of_w": 4.0}), ("b", {"of_b": 4.0}), ("b", {"of_b": 0.5})])
def test_what_would_make_a_right_gradient_wrong_is_no_alternative(name, scale):
    (found,) = mg.diagnose(line, line_by_hand(X, Y, W, B, **scale), X, Y, W, B, argnums=(2, 3))
    assert (found.kind, found.parameters, found.step) == ("scale", (name,), f"∂loss/∂{name}")
    assert "every gradient" not in str(found)


def test_what_is_wrong_in_two_ways_is_not_wrong_in_every_gradient():
    (first, second) = mg.diagnose(line, line_by_hand(X, Y, W, B, of_w=4.0, of_b=0.5), X, Y, W, B, argnums=(2, 3))
    assert {first.parameters, second.parameters} == {("w",), ("b",)}
    assert "every gradient" not in f"{first}{second}"


def test_a_mistake_on_the_way_to_one_of_the_gradients_is_said_to_be_in_that_alone():
    def loss(x, y, w, v):
        return mg.sum(mg.tanh(mg.tanh(x @ w) @ v))

    def manual(x, y, w, v):
        h = np.tanh(x @ w)
        d = 1 - np.tanh(h @ v) ** 2
        return x.T @ (np.ones_like(d) @ v.T * (1 - h**2)), h.T @ d  # tanh′ is there for v, but not for w

    arguments = X, Y, RANDOM.normal(size=(3, 2)), RANDOM.normal(size=(2, 2))
    (found,) = mg.diagnose(loss, manual(*arguments), *arguments, argnums=(2, 3))
    assert (found.kind, found.parameters) == ("missing-factor", ("w",))
    assert found.wrong.endswith("; for ∂loss/∂w alone: the others don't have it")


def test_an_exchange_is_told_once():
    def loss(a, b):
        return mg.sum(mg.tanh(X @ a) * (X @ b))

    def exchanged(a, b):
        t = np.tanh(X @ a)
        return X.T @ t, X.T @ ((1 - t**2) * (X @ b))

    a, b = RANDOM.normal(size=3), RANDOM.normal(size=3)
    (found,) = mg.diagnose(loss, exchanged(a, b), a, b)
    assert found.wrong == "∂loss/∂a and ∂loss/∂b were exchanged"
    assert "was given as" not in str(found)


@pytest.mark.parametrize(
    ("loss", "factor", "kind"),
    [
        (np.mean, 6.0, "sum-for-mean"),
        (lambda e: mg.sum(e) / 6, 6.0, "sum-for-mean"),
        (lambda e: mg.sum(e) / 12, 6.0, "sum-for-mean"),
        (lambda e: e.reshape(6) @ e.reshape(6) / 6, 6.0, "sum-for-mean"),
        (mg.sum, 6.0, "scale"),  # nothing is divided by 6
        (np.mean, 3.0, "scale"),  # x has 3 columns, w 3 rows; the mean is over 6
        (mg.sum, 1 / 6, "mean-for-sum"),
        (mg.sum, 1 / 3, "scale"),
    ],
    ids=map(str, range(8)),
)
def test_a_count_is_one_that_is_added_up_over(loss, factor, kind):
    def of(*arguments):
        return line(*arguments, loss=loss)

    manual = [factor * g for g in mg.grad(of, argnums=(2, 3))(X, Y, W, B)]
    (found,) = mg.diagnose(of, manual, X, Y, W, B, argnums=(2, 3))
    assert found.kind == kind


# --- effort --------------------------------------------------------------------------------------------------


def deep(x, w, u, v):
    h = mg.tanh(x @ w)
    h = mg.tanh(x @ w + mg.sigmoid(h @ u) * h)
    return mg.mean((h @ v) ** 2)


DEEP = [RANDOM.normal(size=shape) for shape in ((5, 3), (3, 4), (4, 4), (4, 2))]


def diagnose_deep(budget, odd):
    g = mg.grad(lambda *p: deep(DEEP[0], *p), argnums=(0, 1, 2))(*DEEP[1:])
    manual = g[0], g[1] * (1.0 + np.arange(16.0).reshape(4, 4)) if odd else g[1] / 2, -g[2]
    return mg.diagnose(deep, manual, *DEEP, argnums=(1, 2, 3), budget=budget)


@pytest.mark.parametrize("odd", [False, True])
@pytest.mark.parametrize("budget", [0.0, 1e-3, 1e-2, 1.0])
def test_what_is_found_depends_on_what_may_be_tried_and_on_no_clock(monkeypatch, budget, odd):
    expected = diagnose_deep(budget, odd)
    ticks = itertools.count()  # a clock that goes on by a second whenever it is read
    monkeypatch.setattr(time, "process_time", lambda: float(next(ticks)))
    assert said(diagnose_deep(budget, odd)) == said(expected)
    assert all(("stopped" in str(d)) == (budget < 1) for d in expected)
    if budget == 1.0:
        assert {d.kind for d in expected} == {"sign", "unexplained" if odd else "scale"}


def test_what_costs_as_much_on_every_machine_is_counted_by_its_size():
    def chain(rows):
        return Chain.of(lambda w: mg.sum(mg.tanh(np.ones((rows, 30)) @ w)), [np.ones((30, 20))], ["w"], [0])

    small, large = chain(2), chain(20_000)
    assert all(1 <= small.cost(e.id) < 1.2 for e in small.graph)
    product, tanh = (
        next(e.id for e in large.graph if e.operation and e.operation.name == n) for n in ("matmul", "tanh")
    )
    assert large.cost(product) > large.cost(tanh) > 10


# --- errors --------------------------------------------------------------------------------------------------


def everything(x, y, w, b, u, s):
    h = mg.tanh(x @ w + b)
    p = mg.softmax(mg.exp(h @ u) * mg.sigmoid(h @ u), axis=1)
    n = p / mg.linalg.norm(p, axis=1, keepdims=True)
    z = mg.reshape(n[np.array([0, 2, 2, 1])], (8,)) * s
    kept = mg.where(z > 0.5, z**3, mg.relu(z))
    return mg.mean(kept**2) + mg.sum(mg.max(h, axis=1)) + mg.sum(p[np.arange(6), y])


EVERYTHING = [
    RANDOM.normal(size=(6, 3)), np.array([0, 1, 1, 0, 1, 0]), RANDOM.normal(size=(3, 4)), RANDOM.normal(size=4),
    RANDOM.normal(size=(4, 2)), RANDOM.normal(size=8),
]  # fmt: skip

EDITS = [
    (itself, "_changed"), (itself, "_shifted"), (itself, "_plus"), (itself, "_of_another"),
    (links, "_summed_otherwise"), (links, "_last"), (links, "_skip"), (links, "_twice"), (links, "_slope"),
    (links, "_with_operand"), (links, "_matmul"), (links, "_moved"), (losses, "_pulled"),
]  # fmt: skip
"""What every family of hypotheses does to a chain."""


def reshaped(w, v):
    t = mg.transpose(mg.reshape(w, (2, 2, 3)) * v, (1, 0, 2))
    return mg.sum(mg.exp(mg.reshape(t, (4, 3)) @ np.eye(3)) ** 2)


def diagnose_nonsense():
    w, v = RANDOM.normal(size=(4, 3)), RANDOM.normal(size=(2, 2, 3))
    mg.diagnose(reshaped, (np.cos(37 * w), np.cos(37 * v)), w, v, budget=60.0)
    a, b = v[0], v[1]
    mg.diagnose(lambda a, b: mg.sum(a**2 * b), (a**2, 2 * a * b), a, b)  # exchanged
    nonsense = [np.cos(37 * a) for a in EVERYTHING[2:]]
    mg.diagnose(everything, nonsense, *EVERYTHING, argnums=(2, 3, 4, 5), budget=60.0)


@pytest.mark.parametrize(("room", "edit"), EDITS)
def test_a_programming_error_in_a_hypothesis_is_not_swallowed(monkeypatch, room, edit):
    error = (NameError, AttributeError, TypeError, UnboundLocalError)[len(edit) % 4]

    def faulty(*args, **options):
        raise error(f"planted in {edit}")

    monkeypatch.setattr(room, edit, faulty)
    with pytest.raises(error, match=f"planted in {edit}"):
        diagnose_nonsense()


def test_a_programming_error_in_what_is_fitted_is_not_swallowed(monkeypatch):
    monkeypatch.setattr(itself, "times", lambda c: undefined)  # noqa: F821
    w = np.array([1.0, 2.0, 3.0])
    with pytest.raises(NameError):
        mg.diagnose(lambda w: mg.sum(w**2), 3 * w, w)


@pytest.mark.parametrize("error", [NameError, ValueError, RuntimeError, ZeroDivisionError])
def test_what_a_users_operation_raises_where_it_was_not_made_for_is_no_error(error):
    def checked(x):
        if np.any(np.asarray(x) < 0):
            raise error("only of what isn't negative")
        return x

    def vjp(g, y, x):
        if not isinstance(g, np.ndarray):
            raise error("not recorded")
        return g / (2 * checked(y))

    root = mg.primitive(lambda xp, x: xp.sqrt(checked(x)), [vjp], name=f"root_{error.__name__}")
    (found,) = mg.diagnose(lambda w: mg.sum(root(w) ** 3), lambda w: 3 * w, np.array([1.0, 2.0, 3.0]))
    assert found.kind == "missing-factor"


# --- labels, masks and indices -------------------------------------------------------------------------------

K = 3
LABELS = np.array([0, 1, 2, 0, 1, 2])
MASK = np.array([True, False, True, True, False, True])
PICKED = {
    "rows": lambda p, y: p[np.arange(6), y],
    "lists": lambda p, y: p[list(range(6)), [0, 1, 2, 0, 1, 2]],
    "tuples": lambda p, y: p[(0, 5), (1, 2)],
    "two axes": lambda p, y: p[np.array([[0, 1], [2, 0]])],
    "along": lambda p, y: np.take_along_axis(p, y[:, None], axis=1),
    "take": lambda p, y: np.take(p, y, axis=0),
    "one-hot": lambda p, y: p * np.eye(K)[y],
    "compared": lambda p, y: p * (y[:, None] == np.arange(K)),
    "where": lambda p, y: np.where(y[:, None] == np.arange(K), p, 1.0),
    "mask of rows": lambda p, y: p[MASK],
    "mask of elements": lambda p, y: p[np.eye(6, K, dtype=bool)],
    "ix_": lambda p, y: p[np.ix_([0, 2], [1, 0])],
    "slices": lambda p, y: p[::-2, None, 1:] - p[None, 0, ..., :2],
    "argmax": lambda p, y: p[np.arange(6), np.argmax(p, axis=1)],
    "argsort": lambda p, y: p[np.arange(6), np.argsort(p, axis=1)[:, -1]],
    "above": lambda p, y: p[p > 0.1],
    "an operand": lambda p, y: p ** (1 + y[:, None]) / (2 + y[:, None]),
}
MISTAKES = (lambda g: -g, lambda g: g / 2, lambda g: g * g, lambda g: g.T, lambda g: g + np.arange(12.0).reshape(4, 3))


DTYPES = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?"]
OF_EVERY_DTYPE = ("rows", "an operand")


@pytest.mark.parametrize(
    ("pick", "dtype"),
    [
        (pick, dtype)
        for (k, pick), (i, dtype) in itertools.product(enumerate(PICKED), enumerate(DTYPES))
        if (pick in OF_EVERY_DTYPE or (i + k) % 3 == 0)
        and not (dtype == "?" and pick in ("rows", "along", "take", "one-hot"))
    ],
)
def test_no_index_makes_a_diagnosis_raise(pick, dtype):
    y = LABELS % 2 == 0 if dtype == "?" else LABELS.astype(dtype)

    def loss(x, y, w):
        e = np.exp(x @ w)
        return np.mean(PICKED[pick](e / np.sum(e, axis=1, keepdims=True), y) ** 2)

    random = np.random.default_rng(1)
    x, w = random.normal(size=(6, 4)), random.normal(size=(4, K))
    right = mg.grad(loss, argnums=2)(x, y, w)
    mistake = MISTAKES[(len(pick) + np.dtype(dtype).num) % len(MISTAKES)]
    assert mg.diagnose(loss, right, x, y, w, argnums=2) == ()
    assert mg.diagnose(loss, mistake(right), x, y, w, argnums=2, budget=0.3)
