"""Derivations in PyTorch or JAX are compared, listed and corrected as those in NumPy are; neither is imported here."""

import subprocess
import sys

import numpy as np
import pytest

import microgradnet as mg

X, W, Y = (np.random.default_rng(0).standard_normal(shape) for shape in [(5, 3), (3, 4), (5, 4)])


def loss(W):
    z = X @ W
    a = np.tanh(z)
    return np.sum((a - Y) ** 2)


def quantities(report):
    return {line.code.strip(): tuple(told.text for told in line.quantities) for line in report.listing.lines}


def test_the_backward_of_a_function_of_pytorch_is_listed_and_corrected():
    torch = pytest.importorskip("torch")

    class Tanh(torch.autograd.Function):
        @staticmethod
        def forward(ctx, z):
            a = torch.tanh(z)
            ctx.save_for_backward(a)
            return a

        @staticmethod
        def backward(ctx, da):
            (a,) = ctx.saved_tensors
            dz = da * (1 - a)
            return dz  # noqa: RET504 - as people write it

    def by_hand(W):
        w = torch.tensor(W, requires_grad=True)
        a = Tanh.apply(torch.tensor(X) @ w)
        ((a - torch.tensor(Y)) ** 2).sum().backward()
        return w.grad

    report = mg.compare(loss, by_hand, W)
    (found,) = report.diagnosis
    (line,) = [line.code.partition("#")[0].strip() for line in report.listing.lines if line.number == found.line]
    assert line in ("dz = da * (1 - a)", "ctx.save_for_backward(a)")  # squared in either
    assert quantities(report)["a = Tanh.apply(torch.tensor(X) @ w)"] in [("tanh(z)",), ("tanh(X · W)",)]
    assert "dz = da * (1 - a)" in quantities(report)


@pytest.mark.parametrize("library", ["torch", "jax.numpy"])
def test_what_arrays_of_other_libraries_are_is_told(library):
    there = pytest.importorskip(library)

    def by_hand(W):
        a = there.tanh(there.asarray(X) @ there.asarray(W))
        da = 2 * (a - there.asarray(Y))
        dz = da * (1 - a**2)
        return there.asarray(X).T @ dz

    report = mg.compare(loss, by_hand, W, rtol=1e-4, atol=1e-4)
    assert report
    if library == "torch":  # JAX computes in float32, which is near nothing that float64 knows
        assert quantities(report)["da = 2 * (a - there.asarray(Y))"] == ("∂L/∂a",)
        assert quantities(report)["dz = da * (1 - a**2)"] == ("∂L/∂z",)


def test_a_function_that_a_decorator_has_compiled_is_listed_as_it_is_written():
    class Compiled:
        def __init__(self, function):
            self.__wrapped__ = function

        def __call__(self, *args):
            return self.__wrapped__(*args)

    @Compiled
    def by_hand(W):
        a = np.tanh(X @ W)
        return X.T @ (2 * (a - Y) * (1 - a))

    report = mg.compare(loss, by_hand, W)
    assert quantities(report)["a = np.tanh(X @ W)"] in [("tanh(z)",), ("tanh(X · W)",)]
    assert report.diagnosis[0].line is not None


def test_neither_is_imported():
    code = (
        "import sys, microgradnet as mg; mg.compare, mg.check.compare_steps; print({'torch', 'jax'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_numbers_that_numpy_does_not_have_name_the_way_out():
    torch = pytest.importorskip("torch")
    with pytest.raises(TypeError, match=r"bfloat16, which NumPy doesn't have; give x.float\(\)"):
        mg.compare(loss, torch.zeros(3, 4, dtype=torch.bfloat16), W)
