"""`mg.compare_steps`: what single quantities of a derivation are, and what their names say that they should be."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import microgradnet as mg

RANDOM = np.random.default_rng(3)
X, Y = RANDOM.standard_normal((6, 3)), np.eye(2)[[0, 1, 1, 0, 1, 0]]
W1, B1, W2, B2 = (RANDOM.standard_normal(shape) for shape in [(3, 4), 4, (4, 2), 2])
ARGUMENTS = X, Y, W1, B1, W2, B2


def loss(x, y, W1, b1, W2, b2):
    z1 = x @ W1 + b1
    a1 = np.tanh(z1)
    z2 = a1 @ W2 + b2
    e = np.exp(z2 - np.max(z2, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    return -np.sum(y * np.log(p)) / len(x)


def derived(x, y, W1, b1, W2, b2):
    z1 = x @ W1 + b1
    a1 = np.tanh(z1)
    z2 = a1 @ W2 + b2
    p = np.exp(z2) / np.exp(z2).sum(1, keepdims=True)
    dz2 = (p - y) / len(x)
    da1 = dz2 @ W2.T
    dz1 = da1 * (1 - a1**2)
    return {
        "z1": z1, "a1": a1, "p": p, "dz2": dz2, "dW2": a1.T @ dz2, "db2": dz2.sum(0), "da1": da1, "dz1": dz1,
        "dW1": x.T @ dz1, "db1": dz1.sum(0),
    }  # fmt: skip


def test_a_right_derivation_is_what_its_names_say():
    report = mg.compare_steps(loss, derived, *ARGUMENTS)
    assert report
    assert all(step.ok for step in report.steps), str(report)
    assert [step.quantity for step in report.steps[3:7]] == ["∂L/∂z2", "∂L/∂W2", "∂L/∂b2", "∂L/∂a1"]
    assert report.first_wrong is None


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_arrays_are_told_as_functions_are(dtype):
    arguments = [a.astype(dtype) for a in ARGUMENTS]
    assert mg.compare_steps(loss, derived(*arguments), *arguments)


TOLD = [
    # name, the array of the right quantities, what it is, what it should be, ok
    ("delta2", lambda q: q["dz2"], "∂L/∂z2", None, None),
    ("delta2", lambda q: -q["dz2"], "−∂L/∂z2", None, None),
    ("da1", lambda q: 2 * q["da1"], "twice ∂L/∂a1", "∂L/∂a1", False),
    ("dz2", lambda q: len(X) * q["dz2"], "6 × ∂L/∂z2", "∂L/∂z2", False),
    ("dW1", lambda q: q["dW1"].T, "(∂L/∂W1)ᵀ", "∂L/∂W1", False),
    ("dz1", lambda q: q["da1"], "∂L/∂a1", "∂L/∂z1", False),
    ("dz1", lambda q: q["da1"] * (1 - q["a1"]), "unknown", "∂L/∂z1", False),
    ("t", lambda q: q["da1"] * (1 - q["a1"]), "unknown", None, None),
    ("a1", lambda q: q["z1"], "z1", "a1", False),
    ("grad_b2", lambda q: q["db2"], "∂L/∂b2", "∂L/∂b2", True),
    ("b2_grad", lambda q: 2 * q["db2"], "unknown", "∂L/∂b2", False),  # two numbers are twice something by chance
    ("db2", lambda q: q["dz2"], "∂L/∂z2", "∂L/∂b2", False),
    (("delta1", "x @ W1 + b1"), lambda q: q["dz1"], "∂L/∂z1", "∂L/∂z1", True),
    (("delta1", "z1"), lambda q: q["da1"], "∂L/∂a1", "∂L/∂z1", False),
    (("delta2", "a1 @ W2"), lambda q: q["dz2"] * 3, "three times ∂L/∂z2", "∂L/∂(a1 · W2)", False),
]


@pytest.mark.parametrize(("key", "of", "quantity", "should_be", "ok"), TOLD)
def test_what_a_quantity_is(key, of, quantity, should_be, ok):
    (step,) = mg.compare_steps(loss, {key: of(derived(*ARGUMENTS))}, *ARGUMENTS).steps
    assert (step.quantity, step.should_be, step.ok) == (quantity, should_be, ok)
    assert step.name == (key if isinstance(key, str) else key[0])


def test_the_gradient_of_a_term_is_that_of_its_sum():
    report = mg.compare_steps(loss, {("t", "a1 @ W2"): derived(*ARGUMENTS)["dz2"]}, *ARGUMENTS)
    assert report["t"].ok


@given(st.sampled_from(list(derived(*ARGUMENTS))), st.floats(0.01, 100))
def test_a_factor_is_told_of_everything_that_is_computed_at_fresh_arguments(name, factor):
    scaled = {"some": lambda *args: factor * derived(*args)[name]}
    told = mg.compare_steps(loss, scaled, *ARGUMENTS)["some"]
    assert told.quantity != "unknown"
    assert told.ok is None


def test_the_first_that_is_wrong_is_named_in_the_order_given():
    q = derived(*ARGUMENTS)
    report = mg.compare_steps(loss, {"dz2": q["dz2"], "da1": 2 * q["da1"], "dz1": 2 * q["dz1"]}, *ARGUMENTS)
    assert not report
    assert report.first_wrong is report["da1"]
    assert (report["da1"].factor, report["da1"].transposed) == (2.0, False)
    assert "✗ da1  is twice ∂L/∂a1; should be ∂L/∂a1" in str(report)
    assert str(report).endswith("The first that isn't what it should be: da1.")
    with pytest.raises(AssertionError, match="twice ∂L/∂a1"):
        report.raise_if_wrong()


def test_unknown_is_not_wrong():
    report = mg.compare_steps(loss, {"t": np.cos(W1)}, *ARGUMENTS)
    assert report
    assert "✗" not in str(report)
    assert "t  unknown" in str(report)


def test_another_shape_is_said():
    q = derived(*ARGUMENTS)
    step = mg.compare_steps(loss, {"db2": q["db2"][:, None]}, *ARGUMENTS)["db2"]
    assert str(step) == "is ∂L/∂b2; should be ∂L/∂b2, of the shape (2,) and not (2, 1)"


def test_a_number_is_told_at_fresh_arguments():
    def scalar(w, c):
        z = w * c
        return z**3

    def steps(w, c):
        z = w * c
        return {"dz": 3 * z**2, "dw": 3 * z**2}

    report = mg.compare_steps(scalar, steps, 1.3, 0.7)
    assert (report["dz"].ok, report["dw"].ok) == (True, False)
    assert report["dw"].quantity == "∂L/∂z"


def test_descent_is_as_in_compare():
    q = derived(*ARGUMENTS)
    report = mg.compare_steps(loss, {"dW1": -q["dW1"], "dW2": q["dW2"]}, *ARGUMENTS, descent=True)
    assert (report["dW1"].ok, report["dW2"].ok) == (True, False)
    assert report["dW1"].quantity == "−∂L/∂W1"


def test_parameters_in_containers_have_names_too():
    def of_dict(params, x):
        z = x @ params["W"] + params["b"]
        return np.sum(z**2)

    def steps(params, x):
        dz = 2 * (x @ params["W"] + params["b"])
        return {"dz": dz, ("grad", 'params["b"]'): dz.sum(0), ("whole", 'params["W"]'): x.T @ dz / 2}

    report = mg.compare_steps(of_dict, steps, {"W": W1, "b": B1}, X)
    assert (report["dz"].ok, report["grad"].ok, report["whole"].ok) == (True, True, False)
    assert report["whole"].quantity == 'half of ∂L/∂params["W"]'


def test_steps_of_a_loop_are_called_by_number():
    def recurrent(w, x):
        h = np.zeros(3)
        for t in range(3):
            h = np.tanh(w * h + x[t])
        return np.sum(h**2)

    def hand(w, x):
        h = [np.zeros(3)]
        for t in range(3):
            h.append(np.tanh(w * h[-1] + x[t]))
        dh3 = 2 * h[3]
        return {"dh2": w * dh3 * (1 - h[3] ** 2), "dh1": w * dh3}

    report = mg.compare_steps(recurrent, hand, 0.7, RANDOM.standard_normal((3, 3)), argnums=0)
    assert report["dh2"].quantity.startswith("∂L/∂h")


@pytest.mark.parametrize("library", ["torch", "jax.numpy"])
def test_arrays_of_other_libraries_are_taken(library):
    there = pytest.importorskip(library)
    q = derived(*ARGUMENTS)
    asarray = there.from_numpy if library == "torch" else there.asarray
    assert mg.compare_steps(loss, {"dW2": asarray(q["dW2"]), "dz2": asarray(q["dz2"])}, *ARGUMENTS)


def test_what_is_printed_fits_eighty_columns_and_the_rest_into_json():
    q = derived(*ARGUMENTS)
    report = mg.compare_steps(loss, {"a_name_of_forty_letters_as_people_have\n": q["a1"], "dz1": q["z1"]}, *ARGUMENTS)
    assert all(len(line) <= 80 for line in str(report).splitlines())
    assert json.loads(json.dumps(report.to_dict()))["steps"][1]["should_be"] == "∂L/∂z1"


@pytest.mark.parametrize(
    ("steps", "error", "words"),
    [
        ([1.0], TypeError, "the steps are a mapping from names to arrays, or a function that returns one, got list"),
        ({1: X}, TypeError, 'a step has a name, "dz1", or a name and what it is the gradient of'),
        ({("d", "w7"): X}, ValueError, "the loss has nothing that is called or written 'w7'; the names in it are x, "),
        ({("d", "x @"): X}, ValueError, "nothing that is called or written"),
        ({}, TypeError, "compare_steps: there are no steps to compare"),
        (lambda *args: {}, TypeError, "compare_steps: there are no steps to compare"),
        ({"d": "text"}, TypeError, "step 'd' has dtype <U4, not real numbers"),
        ({"d": [[1.0], [1.0, 2.0]]}, TypeError, "step 'd' is no array"),
        ({"d": lambda x: x}, TypeError, "step 'd' is"),
        (lambda *args: None, TypeError, "the function of the steps returns a mapping from names to arrays, got None"),
        (lambda *args: 1 / 0, ZeroDivisionError, "division by zero"),
    ],
)  # fmt: skip
def test_errors(steps, error, words):
    with pytest.raises(error) as raised:
        mg.compare_steps(loss, steps, *ARGUMENTS)
    assert words in str(raised.value)


def test_a_loss_of_whole_numbers_has_nothing_to_differentiate():
    with pytest.raises(TypeError, match="no argument that is differentiated holds real floating-point numbers"):
        mg.compare_steps(lambda n: n * 1.0, {}, 3)


def test_nothing_of_the_users_is_changed():
    kept = [a.copy() for a in ARGUMENTS]

    def writes(x, y, W1, b1, W2, b2):
        x *= 2
        return {"dx": x}

    mg.compare_steps(loss, writes, *ARGUMENTS)
    assert all(np.array_equal(a, k) for a, k in zip(ARGUMENTS, kept, strict=True))
