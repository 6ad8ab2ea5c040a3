"""mg.scan: the loop that it is, in Python, and as a loop in what is compiled; and its gradients."""

from __future__ import annotations

import importlib.util
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import microgradnet as mg

BACKENDS = ["numpy", *(["numba"] if importlib.util.find_spec("numba") else [])]

random = np.random.default_rng(0)
W = random.normal(size=(3, 3))
XS = random.normal(size=(5, 3))


def by_hand(step: Any, state: Any, xs: Any) -> tuple[Any, Any]:
    """The loop that a scan stands for, of one array."""
    collected = []
    for i in range(len(xs)):
        state, y = step(state, xs[i])
        collected.append(y)
    return state, mg.stack(collected)


# Functions of a matrix and rows to one number, by way of `scan` or of the loop by hand.
def recurrent(loop: Any, w: Any, xs: Any) -> Any:
    h, ys = loop(lambda h, x: (mg.tanh(w @ h + x), mg.sum(h * h)), np.ones(3), xs=xs)
    return mg.sum(h) + mg.sum(ys**3)


def of_the_state_alone(loop: Any, w: Any, xs: Any) -> Any:
    h, _ = loop(lambda h, x: (mg.sin(h @ h) / 3, h[0, 0]), w, xs=xs)
    return mg.sum(h * h)


def of_the_rows_alone(loop: Any, w: Any, xs: Any) -> Any:
    total, ys = loop(lambda s, x: (s + mg.exp(-x @ x), x[1] * x), 0.5, xs=xs)
    return total + mg.sum(ys @ w)


def nested(loop: Any, w: Any, xs: Any) -> Any:
    def outer(h: Any, x: Any) -> Any:
        inner, seen = loop(lambda s, z: (mg.sin(w @ s) + x + z, s[0]), h, xs=xs[:2])
        return inner, mg.sum(seen)

    h, ys = loop(outer, np.zeros(3), xs=xs)
    return mg.sum(h * h) + mg.sum(ys)


FUNCTIONS = [recurrent, of_the_state_alone, of_the_rows_alone, nested]


def of_scan(f: Any) -> Any:
    return lambda w, xs: f(mg.scan, w, xs)


def of_loop(f: Any) -> Any:
    return lambda w, xs: f(lambda step, state, *, xs: by_hand(step, state, xs), w, xs)


def second(f: Any) -> Any:
    """One number of the gradient, to be differentiated again."""
    return lambda w, xs: sum(mg.sum(g * g) for g in mg.grad(f, argnums=(0, 1))(w, xs))


CASES = [(backend, f, order) for backend in ("none", "numpy") for f in FUNCTIONS for order in (0, 1, 2)]
CASES += [("numba", f, order) for f in FUNCTIONS[:3] for order in (0, 1) if "numba" in BACKENDS]  # they take seconds


@pytest.mark.parametrize(("backend", "f", "order"), CASES)
def test_a_scan_computes_what_the_loop_does(backend: str, f: Any, order: int) -> None:
    ours, theirs = of_scan(f), of_loop(f)
    for _ in range(order - 1):
        ours, theirs = second(ours), second(theirs)
    if order:
        ours, theirs = (mg.grad(g, argnums=(0, 1)) for g in (ours, theirs))
    if backend != "none":
        ours = mg.compile(ours, backend=backend)  # type: ignore[arg-type]
    for _ in range(2):  # what was generated once is used again
        expected, found = theirs(W, XS), ours(W, XS)
        for a, b in zip(*((r if order else (r,)) for r in (found, expected)), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
def test_states_and_what_is_collected_are_containers(backend: Any) -> None:
    def run(w: Any, xs: Any) -> Any:
        def step(state: Any, x: Any) -> Any:
            h = mg.tanh(w @ state["h"] + x["x"])
            return {"h": h, "turn": state["turn"] + 1}, (state["turn"], {"h": h, "none": None}, x["k"])

        return mg.scan(step, {"h": np.zeros(3), "turn": 0}, xs={"x": xs, "k": np.arange(5)})

    state, (turns, collected, ks) = run(W, XS)
    assert state["turn"] == 5
    assert turns.tolist() == ks.tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_array_equal(collected["h"][-1], state["h"])
    assert collected["none"] is None
    again, (turns, others, _) = mg.compile(run, backend=backend)(W, XS)
    assert (again["turn"], turns.tolist(), others["none"]) == (5, [0, 1, 2, 3, 4], None)
    np.testing.assert_allclose(others["h"], collected["h"], rtol=1e-12)

    def loss(w: Any) -> Any:
        state, (_, collected, _) = run(w, XS)
        return mg.sum(state["h"]) + mg.sum(collected["h"] ** 2)

    np.testing.assert_allclose(mg.compile(mg.grad(loss), backend=backend)(W), mg.grad(loss)(W), rtol=1e-10)


@settings(max_examples=20, deadline=None)
@given(n=st.integers(1, 6), seed=st.integers(0, 99), scale=st.floats(0.1, 2))
def test_the_gradient_of_a_compiled_scan_is_that_of_the_loop(n: int, seed: int, scale: float) -> None:
    random = np.random.default_rng(seed)
    a, xs = scale * random.normal(size=2), random.normal(size=(n, 2))

    def loss(a: Any, xs: Any) -> Any:
        s, ys = mg.scan(lambda s, x: (mg.sin(a * s) + mg.where(x > 0, x * x, a), s * x), np.ones(2), xs=xs)
        return mg.sum(s * s) + mg.sum(ys)

    plain = mg.grad(loss, argnums=(0, 1))
    for x, y in zip(mg.compile(plain, backend="numpy")(a, xs), plain(a, xs), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("backend", ["none", *BACKENDS])
def test_a_float_in_the_state_takes_on_the_dtype_beside_it(backend: Any, dtype: Any) -> None:
    def run(x: Any) -> Any:
        return mg.scan(lambda s: ((s[0] * 0.5, s[1] + mg.sum(s[0])), s[1]), (x, 0.0), 3)

    f = run if backend == "none" else mg.compile(run, backend=backend)
    (x, total), seen = f(np.ones(2, dtype))
    assert {x.dtype, total.dtype, seen.dtype} == {np.dtype(dtype)}
    assert seen.tolist() == [0, 2, 3]


@pytest.mark.parametrize("backend", ["none", *BACKENDS])
def test_a_recurrent_network_reads_letter_by_letter_as_by_a_loop(backend: Any) -> None:
    text, following = random.integers(0, 5, size=(2, 7, 4))  # seven letters of four words
    w = {
        "table": random.normal(size=(5, 3)), "state": W, "bias": random.normal(size=3),
        "readout": random.normal(size=(3, 5)),
    }  # fmt: skip

    def read(w: Any, h: Any, letter: Any, wanted: Any) -> Any:
        h = mg.tanh(mg.embedding(w["table"], letter) + h @ w["state"] + w["bias"])
        return h, mg.softmax_cross_entropy(h @ w["readout"], wanted)

    def by_a_loop(w: Any) -> Any:
        h, losses = np.zeros((4, 3)), []
        for letter, wanted in zip(text, following, strict=True):
            h, loss = read(w, h, letter, wanted)
            losses.append(loss)
        return mg.mean(mg.stack(losses))

    def by_a_scan(w: Any) -> Any:
        xs = {"letter": text, "wanted": following}
        return mg.mean(mg.scan(lambda h, x: read(w, h, **x), np.zeros((4, 3)), xs=xs)[1])

    gradient = mg.grad(by_a_scan)
    found = gradient(w) if backend == "none" else mg.compile(gradient, backend=backend)(w)
    for name, expected in mg.grad(by_a_loop)(w).items():
        np.testing.assert_allclose(found[name], expected, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("backend", ["none", *BACKENDS])
def test_what_a_step_writes_into_its_state_is_not_written_elsewhere(backend: Any) -> None:
    def step(s: Any) -> Any:
        s[0] += 1
        return s, s

    def run(x: Any) -> Any:
        return mg.scan(step, x, 3)

    given = np.zeros(2)
    f = run if backend == "none" else mg.compile(run, backend=backend)
    state, seen = f(given)
    assert given.tolist() == [0, 0]
    assert state.tolist() == [3, 0]
    assert seen[:, 0].tolist() == [1, 2, 3]
    assert mg.grad(lambda x: mg.sum(run(x)[1] ** 2))(given).tolist() == [12, 0]


@pytest.mark.parametrize("backend", ["none", *BACKENDS])
def test_without_a_turn_the_state_stays_and_nothing_is_collected(backend: Any) -> None:
    def run(x: Any) -> Any:
        return mg.scan(lambda s: (s + 1, {"a": s, "b": 2.0}), x, 0)

    f = run if backend == "none" else mg.compile(run, backend=backend)
    state, seen = f(np.ones(2))
    assert state.tolist() == [1, 1]
    assert (seen["a"].shape, seen["b"].shape) == ((0, 2), (0,))


@pytest.mark.parametrize("backend", BACKENDS)
def test_numbers_that_leave_the_range_are_treated_as_numpys(backend: Any) -> None:
    run = mg.compile(lambda x: mg.scan(lambda s: (s * 1e200, s), x, 3)[1], backend=backend)
    assert run(np.full(1, 1e-300)).ravel().tolist() == [1e-300, 1e-100, 1e100]
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert run(np.ones(1)).ravel().tolist() == [1, 1e200, np.inf]
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        run(np.ones(1))


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_compiled_scan_reads_what_its_step_takes_from_outside_anew(backend: Any) -> None:
    run = mg.compile(lambda w, x: mg.scan(lambda s: (s + w * 2, None), x, 4)[0], backend=backend)
    assert [run(w, 1.0).item() for w in (1.0, 2.0, 3.0)] == [9, 17, 25]


@pytest.mark.parametrize("mode", [mg.jacobian, mg.hessian, lambda f: lambda w: mg.jvp(f, (w,), (w * w,))[1]])
def test_every_mode_of_a_compiled_scan(mode: Any) -> None:
    found = mode(lambda w: of_scan(recurrent)(w, XS))
    np.testing.assert_allclose(mg.compile(found, backend="numpy")(W), found(W), rtol=1e-10)


def test_the_source_of_a_compiled_scan_shows_the_loop() -> None:
    run = mg.compile(lambda x: mg.scan(lambda s: (mg.exp(-s), None), x, 7)[0], backend="numpy")
    run(np.ones(2))
    assert "# 7 turns of\n" in run.source()
    assert "exp" in run.source()


def test_a_loop_does_not_grow_with_its_turns() -> None:
    def gradient(n: int) -> Any:
        f = mg.compile(mg.grad(lambda w: mg.scan(lambda s: (mg.tanh(w * s), None), 1.0, n)[0]), backend="numpy")
        f(1.5)
        return len(f.source().splitlines())

    assert gradient(10) == gradient(1000)


REFUSED: list[tuple[str, Any, type[Exception], str]] = [
    ("no pair", lambda: mg.scan(lambda s: s, np.ones(2), 3), TypeError, r"a pair \(state, collected\).* got a ndarray"),
    ("three", lambda: mg.scan(lambda s: (s, s, s), 1.0, 3), TypeError, "got a tuple of 3"),
    ("a shape", lambda: mg.scan(lambda s: (s[:1], None), np.ones(2), 3), ValueError, r"state has shape \(2,\), but"),
    ("a dtype", lambda: mg.scan(lambda s: (s + 0.5, None), 0, 3), TypeError, "state has dtype int64, but the step"),
    ("a structure", lambda: mg.scan(lambda s: ((s, s), None), 1.0, 3), TypeError, "the same structure"),
    ("no length", lambda: mg.scan(lambda s: (s, s), 1.0), TypeError, "give the number of turns"),
    (
        "other shapes collected",
        lambda: mg.scan(lambda s: (s + 1, np.ones(int(s))), 1, 3),
        ValueError,
        r"in turn 0 it has shape \(1,\), in turn 1 it has shape \(2,\)",
    ),
    (
        "another key",
        lambda: mg.scan(lambda s: ({"b": s["a"]}, None), {"a": 1.0}, 3),
        TypeError,
        r'that held state\["a"\], this holds state\["b"\]',
    ),
    ("two lengths", lambda: mg.scan(lambda s, x: (s, x), 1.0, 4, xs=np.ones(3)), ValueError, "length 3, but there are"),
    ("rows as n", lambda: mg.scan(lambda s, x: (s, x), 1.0, np.ones(3)), TypeError, "xs=..."),  # type: ignore[arg-type]
    ("no axis", lambda: mg.scan(lambda s, x: (s, x), 1.0, 3, xs=2.0), ValueError, "xs has no axis"),
    ("negative", lambda: mg.scan(lambda s: (s, s), 1.0, -1), ValueError, "must not be negative"),
    ("no function", lambda: mg.scan(3, 1.0, 3), TypeError, "must be a function"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("call", "error", "words"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_refusals_say_what_is_wrong(call: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        call()


def test_what_is_collected_is_alike_in_each_turn() -> None:
    turns = iter([1.0, (1.0, 2.0)])
    with pytest.raises(TypeError, match="must be alike in each turn"):
        mg.scan(lambda s: (s, next(turns)), 1.0, 2)


def test_a_step_that_branches_can_be_differentiated_but_not_compiled() -> None:
    def run(x: Any) -> Any:
        return mg.scan(lambda s: (s * 2 if s.item() < 4 else s, None), x, 5)[0]

    assert mg.grad(run)(1.0) == 4
    with pytest.raises(TypeError, match=r"mg\.where"):
        mg.compile(run, backend="numpy")(1.0)


def test_no_warning_is_given_where_nothing_is_wrong() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mg.compile(mg.grad(of_scan(recurrent)), backend="numpy")(W, XS)
