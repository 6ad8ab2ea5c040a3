"""What `compare` makes of two gradients that are not the same: a table of cases for every verdict."""

import json
from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.check.explain.chain import Chain
from microgradnet.check.kinks import _bounded
from microgradnet.check.precision import disturbed_calls, rounds_to_float32

W = np.array([0.3, -1.2, 2.0])

wrong_slope = mg.primitive(lambda xp, x: xp.exp(x), [lambda g, y, x: 1.01 * g * y], name="wrong_slope")
wrong_in_one = mg.primitive(
    lambda xp, x: x * x, [lambda g, y, x: g * np.array([2.0, 2.0, 4.0]) * x], name="wrong_in_one"
)


def with_penalty(w):
    return mg.sum(w**2) + mg.sum(w**4).item()


def half_by_numpy(w):
    return mg.sum(w * np.tanh(w.numpy()))


def in_float32(w):
    return mg.sum(mg.astype(mg.astype(w, np.float32) ** 3, np.float64))


def elu(w):
    return mg.sum(mg.where(w > 0, w, mg.exp(w) - 1))


def elu_by_hand(w):
    return np.where(w > 0, 1, np.exp(np.minimum(w, 0)))


def branching(w):
    return 2 * w if w > 0 else 0.5 * w


def cubed_in_float32(w):
    return (3 * w.astype(np.float32) ** 2).astype(np.float64)


def cubed_in_float32_by_asarray(w):
    return np.asarray(3 * np.asarray(w, dtype=np.float32) ** 2, dtype=np.float64)


def array(*numbers):
    return np.array(numbers, dtype=np.float64)


AGREES = "agrees"
DIFFERS = "differs"
KINK = "agrees (at a kink)"
FLOAT32 = "agrees (to float32)"
DIFFERENCES = "agrees with differences"
NOT_BELIEVED = "not to be believed"
NOT_FINITE = "not finite"

CASES = {
    # --- finite differences contradict the automatic gradient
    "a number by item, and right": (with_penalty, lambda w: 2 * w + 4 * w**3, W, DIFFERENCES),
    "a number by item, and as the automatic one": (with_penalty, lambda w: 2 * w, W, NOT_BELIEVED),
    "a number by item, and wrong": (with_penalty, lambda w: 2 * w + 5 * w**3, W, NOT_BELIEVED),
    "a number by item, wrong in one element": (
        with_penalty, lambda w: 2 * w + 4 * w**3 * array(1, 1, 1.01), W, NOT_BELIEVED,
    ),
    "a number by item, arrays": (with_penalty, [2 * W + 4 * W**3], W, DIFFERENCES),
    "an array by numpy": (half_by_numpy, lambda w: np.tanh(w) + w * (1 - np.tanh(w) ** 2), W, DIFFERENCES),
    "an array by data": (
        lambda w: mg.sum(w * np.tanh(w.data)), lambda w: np.tanh(w) + w * (1 - np.tanh(w) ** 2), W, DIFFERENCES,
    ),
    "a wrong VJP, and right": (lambda w: mg.sum(wrong_slope(w)), np.exp, W, DIFFERENCES),
    "a wrong VJP, and its mistake": (lambda w: mg.sum(wrong_slope(w)), lambda w: 1.01 * np.exp(w), W, NOT_BELIEVED),
    "a wrong VJP, and another mistake": (lambda w: mg.sum(wrong_slope(w)), lambda w: 1.02 * np.exp(w), W, NOT_BELIEVED),
    "a VJP that is wrong in one element": (lambda w: mg.sum(wrong_in_one(w)), lambda w: 2 * w, W, DIFFERENCES),
    "two conventions that don't fit": (
        lambda w: mg.sum(mg.relu(w) - mg.relu(-w)), lambda w: np.ones_like(w), array(0, 0, 1), DIFFERENCES,
    ),
    # --- and where they can't, or what they see was meant
    "a shift by item that changes nothing": (
        lambda w: (lambda s: mg.log(mg.sum(mg.exp(w - s))) + s)(mg.max(w).item()),
        lambda w: np.exp(w) / np.exp(w).sum(), W, AGREES,
    ),
    "detached, and held constant by hand too": (lambda w: mg.sum(w.detach() * w), lambda w: w, W, AGREES),
    "detached, and not by hand": (lambda w: mg.sum(w.detach() * w), lambda w: 2 * w, W, DIFFERENCES),
    "detached, and wrong": (lambda w: mg.sum(w.detach() * w), lambda w: 3 * w, W, DIFFERS),
    "beside a large number": (lambda w: 1e10 + mg.sum(w**2), lambda w: 2 * w, W, AGREES),
    "beside a large number, and wrong": (lambda w: 1e10 + mg.sum(w**2), lambda w: 3 * w, W, DIFFERS),
    "steps": (lambda w: mg.sum(mg.floor(10 * w) * w), lambda w: np.floor(10 * w), W, AGREES),
    "small steps": (lambda w: mg.sum(mg.floor(w * 1e6) / 1e6), lambda w: 0 * w, W, AGREES),
    "an index that jumps": (lambda w: w[mg.argmax(w)] ** 2, lambda w: 2 * w * (w == w.max()), W, AGREES),
    # --- not finite
    "NaN of a branch not taken": (elu, elu_by_hand, array(800, -1), DIFFERENCES),
    "NaN of a branch not taken, wrong there": (elu, lambda w: elu_by_hand(w) * (1 + (w > 0)), array(800, -1), DIFFERS),
    "NaN of a branch not taken, wrong elsewhere": (
        elu, lambda w: elu_by_hand(w) * (1 + (w < 0)), array(800, -1), DIFFERS,
    ),
    "an infinite slope": (lambda w: mg.sum(mg.sqrt(w)), [array(0, 0.5)], array(0, 1), NOT_FINITE),
    "NaN at a kink": (lambda w: mg.sum(mg.sqrt(w * w)), [array(0, 1)], array(0, 1), KINK),
    "NaN at the tip of a cone": (lambda w: mg.sqrt(mg.sum(w * w)), [array(0.6, -0.6)], array(0, 0), KINK),
    "NaN at the tip of a cone, too steep": (lambda w: mg.sqrt(mg.sum(w * w)), [array(1, 1)], array(0, 0), NOT_FINITE),
    # --- kinks
    "|0|, 1": (lambda w: mg.sum(mg.abs(w)), lambda w: np.where(w >= 0, 1.0, -1), array(0, 2, -1), KINK),
    "|0|, −1": (lambda w: mg.sum(mg.abs(w)), lambda w: np.where(w > 0, 1.0, -1), array(0, 2, -1), KINK),
    "|0|, 1.5": (lambda w: mg.sum(mg.abs(w)), lambda w: np.where(w == 0, 1.5, np.sign(w)), array(0, 2, -1), DIFFERS),
    "|0|, 1, doubled": (lambda w: mg.sum(mg.abs(w)), lambda w: np.where(w >= 0, 2.0, -2), array(0, 2, -1), DIFFERS),
    "the first of equal ones": (lambda w: mg.max(w) ** 2, [array(0, 4, 0, 0)], array(1, 2, 2, 2), KINK),
    "a mixture of equal ones": (lambda w: mg.max(w) ** 2, [array(0, 1, 0.5, 2.5)], array(1, 2, 2, 2), KINK),
    "each of equal ones in full": (lambda w: mg.max(w) ** 2, [array(0, 4, 4, 4)], array(1, 2, 2, 2), DIFFERS),
    "a smaller one": (lambda w: mg.max(w) ** 2, [array(1, 1, 1, 1)], array(1, 2, 2, 2), DIFFERS),
    "the first in every window": (
        lambda w: mg.sum(mg.max(mg.reshape(w, (3, 2)), axis=1) * array(1, 2, 3)),
        [array(1, 0, 2, 0, 3, 0)], array(1, 1, 2, 2, 4, 3), KINK,
    ),
    "sorted, in another order": (
        lambda w: mg.sum(mg.sort(w) * array(1, 2, 3)), [array(2, 1, 3)], array(1, 1, 2), KINK,
    ),
    "clipped, its ends in": (
        lambda w: mg.sum(mg.clip(w, -1, 1) ** 2), lambda w: 2 * w * (abs(w) <= 1), array(-1, 0.5, 1), (AGREES, KINK),
    ),
    "clipped, its ends out": (
        lambda w: mg.sum(mg.clip(w, -1, 1) ** 2), lambda w: 2 * w * (abs(w) < 1), array(-1, 0.5, 1), (AGREES, KINK),
    ),
    "a hinge, between": (
        lambda w: mg.sum(mg.maximum(np.zeros(3), 1 - w)), lambda w: -0.3 * (w == 1) - (w < 1), array(1, 0.5, 2), KINK,
    ),
    "a hinge, beyond": (
        lambda w: mg.sum(mg.maximum(np.zeros(3), 1 - w)), lambda w: 0.3 * (w == 1) - (w < 1), array(1, 0.5, 2),
        DIFFERS,
    ),
    "a choice": (
        lambda w: mg.sum(mg.where(w > 0, w, 0.1 * w)), lambda w: np.where(w >= 0, 1, 0.1), array(0, 1, -1), KINK,
    ),
    "a jump": (
        lambda w: mg.sum(mg.where(w > 0, w + 1, 0.1 * w)), lambda w: np.where(w >= 0, 1, 0.1), array(0, 1, -1), DIFFERS,
    ),
    "one kink after the other": (
        lambda w: mg.sum(mg.relu(mg.relu(w))), lambda w: (w > 0) + 0.25 * (w == 0), array(0, 1, -1), KINK,
    ),
    "a branch": (branching, lambda w: 2.0 if w >= 0 else 0.5, np.array(0.0), KINK),
    "a branch, too steep": (branching, lambda w: 2.5, np.array(0.0), DIFFERS),
    # --- rounding
    "a loss in float32": (in_float32, lambda w: 3 * w**2, W, FLOAT32),
    "a loss in float32, and wrong": (in_float32, lambda w: 3.01 * w**2, W, DIFFERS),
    "by hand in float32": (lambda w: mg.sum(w**3), cubed_in_float32, W, FLOAT32),
    "by hand in float32, arrays": (lambda w: mg.sum(w**3), [cubed_in_float32(W)], W, FLOAT32),
    "by hand in float32, by asarray": (lambda w: mg.sum(w**3), cubed_in_float32_by_asarray, W, FLOAT32),
    "by hand in float32, and wrong": (lambda w: mg.sum(w**3), lambda w: 1.001 * cubed_in_float32(w), W, DIFFERS),
    "digits lost by hand": (
        lambda w: mg.var(w), lambda w: 2 * (w - w.mean()) / w.size * (1 + ((w**2).mean() - w.mean() ** 2) * 1e-30),
        1e6 + W, AGREES,
    ),
    "digits not in float32": (lambda w: mg.sum(w**3), lambda w: 3 * w**2 * (1 + 1e-7), W, DIFFERS),
    "simple numbers are not float32": (lambda w: mg.sum(w**2), [array(2.0001, 4)], array(1, 2), DIFFERS),
}  # fmt: skip


@pytest.mark.parametrize(("f", "manual", "w", "verdict"), CASES.values(), ids=CASES)
def test_verdicts(f, manual, w, verdict):
    report = mg.compare(f, manual, w)
    expected = verdict if isinstance(verdict, tuple) else (verdict,)
    assert report.parameters[0].verdict in expected, str(report)
    assert report.ok == report.parameters[0].verdict.startswith("agrees")
    found = mg.diagnose(f, manual, w, budget=0.5)
    if report.ok:
        assert report.diagnosis == found == ()
    else:
        assert bool(found) == bool(report.diagnosis) is True
    if report.parameters[0].verdict == NOT_BELIEVED:
        assert [d.kind for d in found] == [d.kind for d in report.diagnosis] == ["not-to-be-believed"]
    json.dumps(report.to_dict(), allow_nan=False)


# --- words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("a number by item, and right", "not to be believed here: finite differences contradict that of w: a number "
         "left the record by .item() and is held constant by the gradient. The manual gradient of w agrees with the "
         "differences."),
        ("an array by numpy", "a number left the record by .numpy()"),
        ("an array by data", "a number left the record by .data"),
        ("a number by item, wrong in one element", "of w doesn't agree with the differences either (first at [2])"),
        ("a wrong VJP, and right", "the VJP of wrong_slope is wrong at wrong_slope(w)"),
        ("detached, and held constant by hand too", "detach(w) is held constant, by detach() or no_grad()"),
        ("NaN of a branch not taken", "The manual gradient agrees with finite differences there."),
        ("NaN of a branch not taken", "exp(w)"),
        ("|0|, 1", "stands exactly at a kink"),
        ("a loss in float32", "Something was computed in float32 and returned as float64"),
    ],
)  # fmt: skip
def test_the_headline_says_what_no_column_does(case, words):
    f, manual, w, _ = CASES[case]
    report = mg.compare(f, manual, w)
    assert words in report.headline
    assert report.to_dict()["headline"] == report.headline
    assert words in " ".join(str(report).split())


def test_the_headline_fits_the_terminal_and_stands_in_a_notebook(monkeypatch):
    monkeypatch.setenv("COLUMNS", "70")
    report = mg.compare(with_penalty, lambda w: 2 * w + 4 * w**3, W)
    assert max(map(len, str(report).splitlines())) <= 70
    assert "not to be believed here" in report._repr_html_()
    console = pytest.importorskip("rich.console").Console(width=70, record=True)
    console.print(report)
    assert "not to be believed here" in " ".join(console.export_text().split())


def test_nothing_is_diagnosed_of_what_is_not_to_be_believed():
    (found,) = mg.diagnose(with_penalty, lambda w: 2 * w, W)
    assert found.kind == "not-to-be-believed"
    assert "nothing is diagnosed" in str(found)
    with pytest.raises(AssertionError, match=r"(?s)not to be believed.*nothing is diagnosed"):
        mg.testing.assert_gradients_close(with_penalty, lambda w: 2 * w, W)
    mg.testing.assert_gradients_close(with_penalty, lambda w: 2 * w + 4 * w**3, W)


def test_a_loss_that_is_not_finite_names_the_step():
    def loss(x):
        return mg.sum(mg.sqrt(x - 2))

    for call in (mg.compare, mg.diagnose):
        with pytest.raises(ValueError, match=r"the loss is nan at these arguments.*x − 2"):
            call(loss, lambda x: x, np.array([1.0, 4.0]))


# --- kinks of a network ------------------------------------------------------------------------------------------


def network(relu):
    def loss(x, y, w1, b1, w2):
        return mg.mean((relu(x @ w1 + b1) @ w2 - y) ** 2)

    return loss


def network_by_hand(mask, factors=(1, 1, 1)):
    def manual(x, y, w1, b1, w2):
        z = x @ w1 + b1
        h = np.maximum(0, z)
        d = 2 * (h @ w2 - y) / len(y)
        dz = d @ w2.T * mask(z)
        return [c * g for c, g in zip(factors, (x.T @ dz, dz.sum(0), h.T @ d), strict=True)]

    return manual


def network_data(units=5):
    random = np.random.default_rng(0)
    x = random.normal(size=(8, 4))
    x[3] = 0  # an empty row, where biases are zero
    shapes = (8, 1), (4, units), (units, 1)
    y, w1, w2 = (random.normal(size=shape) for shape in shapes)
    return x, y, w1, np.zeros(units), w2


RELUS = {
    "maximum": lambda z: np.maximum(np.zeros(z.shape), z),
    "relu": mg.relu,
    "where": lambda z: mg.where(z > 0, z, 0),
    "where with equality": lambda z: mg.where(z >= 0, z, 0),
    "mask": lambda z: z * (z > 0),
    "absolute": lambda z: (z + mg.abs(z)) / 2,
    "clip": lambda z: mg.clip(z, 0, None),
    "the largest": lambda z: mg.max(mg.stack([z, 0 * z]), axis=0),
}

SHARES = np.random.default_rng(1).uniform(size=(8, 5))


@pytest.mark.parametrize("relu", RELUS.values(), ids=RELUS)
@pytest.mark.parametrize(
    ("at_zero", "right"),
    [(0.0, True), (1.0, True), (0.5, True), (0.3, True), (SHARES, True), (1.5, False), (-0.1, False)],
    ids=["0", "1", "half", "between", "each its own", "beyond", "below"],
)
def test_any_slope_between_both_is_right_where_a_unit_is_exactly_zero(relu, at_zero, right):
    manual = network_by_hand(lambda z: (z > 0) + at_zero * (z == 0))
    report = mg.compare(network(relu), manual, *network_data(), argnums=(2, 3, 4))
    verdicts = {p.name: p.verdict for p in report.parameters}
    assert verdicts["w1"] == verdicts["w2"] == AGREES
    assert verdicts["b1"] in ((AGREES, KINK) if right else (DIFFERS,))


@pytest.mark.parametrize("relu", RELUS.values(), ids=RELUS)
def test_a_mistake_beside_a_kink_is_one(relu):
    leaky = network_by_hand(lambda z: (z > 0) + 0.01 * (z < 0))
    report = mg.compare(network(relu), leaky, *network_data(), argnums=(2, 3, 4))
    assert [p.verdict for p in report.parameters] == [DIFFERS, DIFFERS, AGREES]
    for at_zero in (0.0, 1.0):

        def mask(z, t=at_zero):
            return (z > 0) + t * (z == 0)

        doubled = mg.compare(network(relu), network_by_hand(mask, (1, 1, 2)), *network_data(), argnums=(2, 3, 4))
        assert doubled["b1"].ok
        assert doubled["w2"].verdict == DIFFERS
        assert [(d.kind, d.parameters) for d in doubled.diagnosis] == [("scale", ("w2",))]
        doubled = mg.compare(network(relu), network_by_hand(mask, (2, 2, 1)), *network_data(), argnums=(2, 3, 4))
        assert [p.verdict for p in doubled.parameters] == [DIFFERS, DIFFERS, AGREES]


def test_more_units_at_zero_than_can_be_chosen_for_one_by_one():
    for at_zero in (0.0, 1.0, 0.25):
        manual = network_by_hand(lambda z, t=at_zero: (z > 0) + t * (z == 0))
        report = mg.compare(network(RELUS["maximum"]), manual, *network_data(200), argnums=(2, 3, 4))
        assert report["b1"].verdict == KINK


def test_two_gradients_that_make_different_choices_at_one_kink_are_not_both_right():
    def loss(a, b):
        return mg.sum(mg.maximum(a, b))

    tied = array(1, 2, 3), array(1, 3, 3)
    assert mg.compare(loss, lambda a, b: (1.0 * (a >= b), 1.0 * (b > a)), *tied)
    assert not mg.compare(loss, lambda a, b: (1.0 * (a >= b), 1.0 * (b >= a)), *tied)


def test_a_number_that_left_the_record_is_seen_beside_a_kink():
    def loss(x, y, w1, b1, w2):
        return network(mg.relu)(x, y, w1, b1, w2) + mg.sum(w1**2).item()

    def manual(x, y, w1, b1, w2):
        d_w1, d_b1, d_w2 = network_by_hand(lambda z: z >= 0)(x, y, w1, b1, w2)
        return d_w1 + 2 * w1, d_b1, d_w2

    report = mg.compare(loss, manual, *network_data(), argnums=(2, 3, 4))
    assert [p.verdict for p in report.parameters] == [DIFFERENCES, KINK, AGREES]
    assert report.diagnosis == ()


# --- right derivations, whatever the numbers ---------------------------------------------------------------------


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def cross_entropy():
    def loss(w, b, x, y):
        p = mg.exp(x @ w + b)
        return -mg.sum(y * mg.log(p / mg.sum(p, axis=1, keepdims=True))) / len(x)

    def manual(w, b, x, y):
        p = np.exp(x @ w + b)
        d = (p / p.sum(axis=1, keepdims=True) - y) / len(x)
        return x.T @ d, d.sum(axis=0)

    return (
        loss,
        manual,
        [(5, 3), (3,)],
        lambda random: [random.normal(size=(8, 5)), np.eye(3)[random.integers(3, size=8)]],
    )


def batch_norm():
    def loss(w, g, b, x, y):
        z = x @ w
        centred = z - mg.mean(z, axis=0)
        return mg.sum((g * centred / mg.sqrt(mg.mean(centred**2, axis=0) + 1e-5) + b - y) ** 2)

    def manual(w, g, b, x, y):
        z, n = x @ w, len(x)
        s = 1 / np.sqrt(z.var(axis=0) + 1e-5)
        h = (z - z.mean(axis=0)) * s
        d = 2 * (g * h + b - y)
        dh = d * g
        dz = s / n * (n * dh - dh.sum(axis=0) - h * (dh * h).sum(axis=0))
        return x.T @ dz, (d * h).sum(axis=0), d.sum(axis=0)

    return loss, manual, [(5, 3), (3,), (3,)], lambda random: [random.normal(size=(8, 5)), random.normal(size=(8, 3))]


def saturated():
    def loss(w, v, x, y):
        return mg.mean((mg.sigmoid(mg.tanh(x @ w) @ v) - y) ** 2)

    def manual(w, v, x, y):
        h = np.tanh(x @ w)
        p = sigmoid(h @ v)
        d = 2 * (p - y) * p * (1 - p) / y.size
        return x.T @ (d @ v.T * (1 - h * h)), h.T @ d

    return loss, manual, [(5, 6), (6, 2)], lambda random: [random.normal(size=(8, 5)), random.uniform(size=(8, 2))]


def variance():
    def loss(w, x):
        z = x @ w
        return mg.var(z) + mg.std(z)

    def manual(w, x):
        z = x @ w
        v = (z**2).mean() - z.mean() ** 2  # digits are lost here
        return (x.T @ (2 * (z - z.mean()) / len(z) * (1 + 0.5 / np.sqrt(v))),)

    return loss, manual, [(4,)], lambda random: [random.normal(size=(9, 4)) + 3]


def distances():
    def loss(w, x):
        z = x @ w
        return mg.sum(mg.exp(-mg.sum((z[:, None] - z[None]) ** 2, axis=2)))

    def manual(w, x):
        z = x @ w
        s = (z * z).sum(axis=1)
        g = -np.exp(2 * z @ z.T - s[:, None] - s)
        return (x.T @ (4 * (g.sum(axis=1)[:, None] * z - g @ z)),)

    return loss, manual, [(4, 3)], lambda random: [random.normal(size=(6, 4))]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", [1e-6, 1e-3, 1.0, 5.0, 30.0, 100.0])
@pytest.mark.parametrize("model", [cross_entropy, batch_norm, saturated, variance, distances])
def test_a_right_derivation_is_not_called_wrong_however_large_its_weights(model, size, dtype):
    loss, manual, shapes, data = model()
    for seed in range(4):
        random = np.random.default_rng(seed)
        values = [size * random.normal(size=shape) for shape in shapes] + data(random)
        arguments = [v.astype(dtype) for v in values]
        with np.errstate(all="ignore"):
            if not np.isfinite(loss(*arguments)):
                continue
            if not all(np.isfinite(g).all() for g in manual(*arguments)):
                continue
            report = mg.compare(loss, manual, *arguments, argnums=tuple(range(len(shapes))))
            assert report, str(report)
            doubled = mg.compare(
                loss, lambda *a: [2 * g for g in manual(*a)], *arguments, argnums=tuple(range(len(shapes)))
            )
            large = [np.abs(p.automatic).max() > 1e-3 for p in report.parameters]
            assert not any(p.ok for p, seen in zip(doubled.parameters, large, strict=True) if seen), str(doubled)


# --- how rounding is measured ------------------------------------------------------------------------------------


def test_rounding_is_disturbed_in_whatever_numpy_code():
    def function(x, w, n):
        z = x @ w
        z -= z.mean()
        h = np.where(z > 0, z, 0)
        out = np.zeros(2)
        np.add.at(out, [0, 1, 1], z[:, 0])
        largest = h == h.max(axis=1, keepdims=True)
        return [z, np.concatenate([z, h]), np.einsum("ij->", z), out, x.dot(w), np.linalg.norm(z), largest * 1.0, n * 2]

    random = np.random.default_rng(0)
    x, w = random.normal(size=(3, 4)), random.normal(size=(4, 2))
    before = function(x, w, 3)
    seen = np.zeros(6)
    for after, coarsest in disturbed_calls(lambda values: function(*values), [x, w, 3], 2.0**-52):
        assert coarsest == np.float64
        changed = [
            np.max(np.abs(a - b)) / max(1, np.max(np.abs(b))) for a, b in zip(after[:6], before[:6], strict=True)
        ]
        assert np.max(changed) < 1e-13
        seen = np.maximum(seen, changed)
        assert np.array_equal(after[-2], before[-2])  # what is found again by comparing
        assert after[-1] == 6
    assert (seen > 0).all()


def test_bounded_least_squares():
    slopes = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    np.testing.assert_allclose(_bounded(slopes, np.array([0.3, 0.9, 0.0]), [0, 1]), [0.3, 0.9], atol=1e-9)
    np.testing.assert_allclose(_bounded(slopes, np.array([-1.0, 2.0, 0.0]), [0, 1]), [0, 1], atol=1e-5)
    np.testing.assert_allclose(_bounded(slopes, np.array([1.0, 1.0, 0.0]), [0, 0]), [0.5, 0.5], atol=1e-5)
    small = 1e-7 * slopes  # a gap that is small beside the gradients
    np.testing.assert_allclose(_bounded(small, 1e-7 * np.array([-1.0, 2.0, 0.0]), [0, 1]), [0, 1], atol=1e-5)
    np.testing.assert_allclose(_bounded(np.array([[1e-6, -1e-6]]), np.array([-1e-6]), [0, 0]), [0, 1], atol=1e-5)


@pytest.mark.parametrize(
    ("w", "manual"),
    [
        (np.array([1.0, 2.0]), [2.0, 4.0]),
        (np.array([1.0, 2.0]), (2.0, 4.0)),
        (np.array([1.0, 2.0]), [np.array([2.0, 4.0])]),
        (np.array([[1.0, 2.0]]), [[2.0, 4.0]]),
        (np.array([[1.0], [2.0]]), [[2.0], [4.0]]),
        (np.array([3.0]), [6.0]),
        (np.float64(3.0), [6.0]),
    ],
    ids=repr,
)
@pytest.mark.parametrize("argnums", [0, (0,), np.int64(0), None])
def test_a_list_for_the_only_parameter_is_one_gradient_where_its_shape_says_so(w, manual, argnums):
    assert mg.compare(lambda w: np.sum(w * w), manual, w, argnums=argnums).ok


def test_a_list_of_another_length_is_several_gradients():
    with pytest.raises(ValueError, match="3 manual gradients for 1 parameters"):
        mg.compare(lambda w: np.sum(w * w), [2.0, 4.0, 6.0], np.array([1.0, 2.0]), argnums=0)


def test_data_may_go_where_tensors_can_not():
    def cut(f, weights):
        return f @ (np.diag(weights.sum(axis=1)) - weights) @ f

    def by_hand(f, weights):
        return 2 * (np.diag(weights.sum(axis=1)) - weights) @ f

    f, weights = np.array([1.0, 3.0]), np.array([[0.0, 2.0], [2.0, 0.0]])
    assert not mg.diagnose(cut, by_hand, f, weights, argnums=0)
    assert not mg.compare(cut, lambda *args: 2 * by_hand(*args), f, weights, argnums=0).ok


@pytest.mark.parametrize(("factor", "verdict"), [(1.0, "agrees"), (1.01, "differs"), (-1.0, "differs")])
def test_a_margin_that_rounding_may_cross_widens_no_tolerance(factor, verdict):
    rows = np.array([[0.1, 0.7], [0.3, -0.4], [1.0, 1.0]])
    w = np.array([3.0, 1.0])
    margins = rows @ w  # met exactly: what is subtracted is what is computed

    def hinge(w):
        return np.sum(np.maximum(0.0, margins - rows @ w)) + 0.01 * np.sum(w * w)

    def by_hand(w):
        return factor * (0.02 * w - rows.T @ (margins - rows @ w > 0))

    report = mg.compare(hinge, by_hand, w)
    assert report["w"].verdict == verdict
    assert report["w"].atol < 1e-9


@pytest.mark.parametrize(("factor", "verdict"), [(1, "agrees (to float32)"), (1.01, "differs")])
def test_what_overflows_in_float32_alone_is_judged_in_float64(factor, verdict):
    def sigmoid(w):
        return np.sum(1 / (1 + np.exp(-w)))

    def by_hand(w):
        s = 1 / (1 + np.exp(-w))
        return factor * s * (1 - s)

    w = np.array([-100.0, 0.5], np.float32)
    with np.errstate(over="ignore"):
        report = mg.compare(sigmoid, by_hand, w)
    assert report["w"].verdict == verdict
    assert ("In float64 the automatic gradient of w is finite" in report.headline) == report.ok


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", [1.0, 1e3])
def test_the_tip_of_a_cone_has_many_slopes_beside_a_large_loss(dtype, size):
    def grouped(w, others):
        return np.sqrt(np.sum(w * w)) + 0.001 * np.sum(w) + np.sum(others * others)

    def by_hand(w, others):
        return 0.001 * np.ones_like(w)

    w, others = np.zeros(3, dtype), np.array([size, size / 3], dtype)
    assert mg.compare(grouped, by_hand, w, others, argnums=0)["w"].verdict == "agrees (at a kink)"
    assert not mg.compare(grouped, lambda *args: by_hand(*args) + 2, w, others, argnums=0).ok


def test_rounding_is_measured_beside_a_maximum_which_rounds_nothing() -> None:
    def log_likelihood(w: Any, x: Any) -> Any:
        z = x * w
        top = np.max(z, axis=1, keepdims=True)
        return np.mean(np.log(np.sum(np.exp(z - top), axis=1)) + top[:, 0])

    w, x = np.array([0.5, -1.0, 2.0], np.float32), np.random.default_rng(0).standard_normal((6, 3)).astype(np.float32)
    noise = Chain.of(log_likelihood, [w, x], ["w", "x"], [0]).rounding()["w"]
    assert 1e-8 < noise < 1e-5


def test_a_gradient_that_rounding_hides_is_said_to_be_so() -> None:
    def loss(w: Any, x: Any) -> Any:
        a = 1 / (1 + np.exp(-(x @ w)))
        return np.sum(((1 - a) * a - (a - a * a)) * 1e3 + w[0] * 0)  # 0 but for rounding

    w, x = np.array([0.5, -0.25]), np.random.default_rng(0).standard_normal((5, 2))
    report = mg.compare(loss, lambda w, x: np.full_like(w, 1e-16), w, x, argnums=0)
    assert report.ok
    assert "The gradient of w is no larger than what rounding amounts to there" in report.headline
    assert mg.compare(lambda w: np.sum(w**2), lambda w: 2 * w, w).headline == ""


@pytest.mark.parametrize(("dtype", "size"), [(np.float16, 3e-7), (np.float32, 1e-41), (np.float64, 1e-311)])
def test_what_has_lost_its_digits_to_underflow_agrees(dtype: Any, size: float) -> None:
    scale = np.array([size, 2 * size], dtype)
    w = np.ones(2, dtype)
    assert mg.compare(lambda w: np.sum(w * scale), lambda w: np.zeros_like(w), w).ok
    assert not mg.compare(lambda w: np.sum(w * scale) * dtype(1000), lambda w: np.zeros_like(w), w).ok


def test_weights_too_small_to_be_noticed_are_no_sign_of_float32() -> None:
    w, x = np.array([1e-10, 2e-10]), np.array([0.5, 0.75])
    assert not rounds_to_float32(lambda values: [values[1] + values[0]], [w, x])
    assert rounds_to_float32(lambda values: [np.float32(values[1]) * np.float32(values[0])], [w, x])
    assert rounds_to_float32(lambda v: [np.float64(np.float32(v[1]) * np.float32(v[0])) * v[2]], [w, x, 0.1])
