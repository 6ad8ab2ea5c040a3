"""Decompositions where they are no smooth functions: repeated values, lost rank, bases that are a choice, sizes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import microgradnet as mg
from microgradnet import linalg

M = np.array([[1.0, -2.0, 0.5], [-2.0, 3.0, 1.5], [0.5, 1.5, -1.0]])
Q = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]


def of_eigenvalues(*values: float) -> np.ndarray:
    a = Q * np.array(values) @ Q.T
    return (a + a.T) / 2


REPEATED = {
    "exactly": np.diag([1.0, 1.0, 3.0]),
    "the identity": np.eye(3),
    "within rounding": of_eigenvalues(1.0, 1.0, 3.0),
    "all within rounding": of_eigenvalues(2.0, 2.0, 2.0),
}


def by_eigh(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function of symmetric matrices, by way of a function of their eigenvalues."""

    def g(a: Any) -> Any:
        w, v = linalg.eigh(a)
        return mg.sum(((v * f(w)) @ v.T) * M)

    return g


def by_svd(a: Any) -> Any:
    u, s, vt = linalg.svd(a)
    return mg.sum(((u * s) @ vt) * M)


# --- repeated values ----------------------------------------------------------------------------------------


VALUES: dict[str, Callable[[Any], Any]] = {
    "eigh": lambda a: linalg.eigh(a).eigenvalues,
    "eigvalsh": linalg.eigvalsh,
    "svd": lambda a: linalg.svd(a).S,
    "svdvals": linalg.svdvals,
}
PUT_TOGETHER: dict[str, Callable[[Any], Any]] = {
    "of eigenvalues": by_eigh(lambda w: w),
    "of their exponentials": by_eigh(mg.exp),
    "of their roots": by_eigh(mg.sqrt),
    "of vectors alone": by_eigh(mg.ones_like),
    "of singular values": by_svd,
}


@pytest.mark.parametrize("name", REPEATED)
@pytest.mark.parametrize("values", VALUES)
def test_functions_of_repeated_values_alone_have_their_gradients(values: str, name: str) -> None:
    a, f = REPEATED[name], VALUES[values]
    np.testing.assert_allclose(mg.grad(lambda a: mg.sum(f(a) ** 2))(a), 2 * a, atol=1e-14)
    np.testing.assert_allclose(mg.grad(lambda a: mg.sum(mg.log(f(a))))(a), np.linalg.inv(a), atol=1e-14)


@pytest.mark.parametrize("name", REPEATED)
@pytest.mark.parametrize("values", ["eigvalsh", "svdvals"])
def test_functions_of_repeated_values_alone_have_their_tangents(values: str, name: str) -> None:
    def f(a: Any) -> Any:
        return mg.sum(VALUES[values](a) ** 2)

    a = REPEATED[name]
    expected = 2 * np.sum(a * M)
    assert mg.jvp(f, (a,), (M,))[1] == pytest.approx(expected)
    assert mg.linearize(f, a)[1](M) == pytest.approx(expected)


@pytest.mark.parametrize("name", REPEATED)
@pytest.mark.parametrize("way", PUT_TOGETHER)
def test_vectors_of_repeated_values_have_no_derivative_and_say_so(way: str, name: str) -> None:
    """Even V Λ Vᵀ: of a gradient that isn't symmetric within the space only the diagonal would come back."""
    a, f = REPEATED[name], PUT_TOGETHER[way]
    x = mg.tensor(a, requires_grad=True)
    other = mg.tensor(np.diag([1.0, 2.0, 4.0]), requires_grad=True)
    written: dict[str, Any] = {}
    exec(mg.derive(f(other), other).source("gradient"), written)
    for gradient in (mg.grad(f), mg.compile(mg.grad(f)), partial(written["gradient"], c=M), lambda a: f(x).backward()):
        with pytest.raises(np.linalg.LinAlgError, match=r"two values are equal within rounding"):
            gradient(a)
    with pytest.raises(
        np.linalg.LinAlgError, match=r"(eigh|svd): .* functions of the values alone .*np.linalg.eigvalsh"
    ):
        mg.grad(f)(a)


def test_the_logarithm_of_the_identity_is_refused_though_no_cotangent_of_a_vector_is_there() -> None:
    with pytest.raises(np.linalg.LinAlgError, match="equal within rounding"):
        mg.grad(by_eigh(mg.log))(np.eye(3))
    np.testing.assert_allclose(mg.grad(by_eigh(mg.log))(of_eigenvalues(1, 1, 1 + 1e-9)), M, rtol=1e-6)


def test_repeated_values_of_one_matrix_of_a_batch_are_found() -> None:
    batch = np.stack([np.diag([1.0, 2.0, 3.0]), np.eye(3)])
    with pytest.raises(np.linalg.LinAlgError, match="equal within rounding"):
        mg.grad(lambda a: mg.sum(linalg.eigh(a).eigenvectors))(batch)


@pytest.mark.parametrize("values", [(0.0, 0.0, 3.0), (1.0, 1.0, 3.0)])
def test_what_depends_on_the_other_vectors_only_is_right_where_rounding_tells_values_apart(values: Any) -> None:
    """∂(vᵀ M v)/∂A = sym(v (M v)ᵀ (λ − A)⁺) · 2, with v of the eigenvalue 3."""
    a, v = of_eigenvalues(*values), Q[:, 2]
    found = mg.grad(lambda a: linalg.eigh(a)[1][:, 2] @ M @ linalg.eigh(a)[1][:, 2])(a)
    inverse = Q[:, :2] / (3 - np.array(values[:2])) @ Q[:, :2].T
    half = np.outer(v, inverse @ M @ v)
    np.testing.assert_allclose(found, half + half.T, atol=1e-13)


def test_matrices_of_low_rank_are_put_together_again_with_the_right_gradient() -> None:
    a = np.outer(Q[0], Q[0])
    np.testing.assert_allclose(mg.grad(by_eigh(lambda w: w))(a), M, atol=1e-12)
    np.testing.assert_allclose(mg.grad(by_svd)(a), M, atol=1e-12)
    with pytest.raises(np.linalg.LinAlgError, match="equal within rounding"):
        mg.grad(by_eigh(mg.exp))(a)


@settings(max_examples=60, deadline=None)
@given(st.floats(-18, 0), st.sampled_from([0.0, 1.0, -2.0, 1e5]), st.sampled_from([by_eigh(lambda w: w), by_svd]))
def test_a_gap_of_any_size_gives_the_right_gradient_or_an_error(exponent: float, at: float, f: Any) -> None:
    a = of_eigenvalues(at, at + 10**exponent, 3.7)
    try:
        found = mg.grad(f)(a)
    except np.linalg.LinAlgError:
        found = None
    if found is None:
        assert 10**exponent < 1e-11 * abs(at)
    else:
        np.testing.assert_allclose(found, M, atol=0.02)


@settings(max_examples=40, deadline=None)
@given(st.floats(-14, 0), st.sampled_from([by_eigh(lambda w: w), by_svd]))
def test_second_derivatives_beside_any_gap_are_right_or_an_error(exponent: float, f: Any) -> None:
    """Of a quadratic function of what is put together again, Σ M ⊙ (V Λ Vᵀ) squared."""
    a, d = of_eigenvalues(1.0, 1.0 + 10**exponent, 3.7), np.outer(Q[0], Q[0]) + M
    expected = 2 * np.sum(M * d) * M
    try:
        found = mg.hvp(lambda a: f(a) ** 2, a, d)
    except np.linalg.LinAlgError:
        found = None
    if found is None:
        assert exponent < -5.5
    else:
        np.testing.assert_allclose(found, expected, atol=0.02 * np.abs(expected).max())


@pytest.mark.parametrize("smallest", [1.0, 1e-6, 1e-10, 1e-14, 1e-17, 0.0])
@pytest.mark.parametrize("wide", [False, True])
def test_second_derivatives_of_nearly_lost_rank_are_right_or_an_error(smallest: float, wide: bool) -> None:
    u, m = np.linalg.qr(np.random.default_rng(1).normal(size=(4, 3)))[0], ANY
    a = (u * np.array([2.7, 1.3, smallest])) @ Q.T

    def f(a: Any) -> Any:
        u, s, vt = linalg.svd(a.T if wide else a, full_matrices=False)
        return mg.sum(((u * s) @ vt) * (m.T if wide else m)) ** 2

    np.testing.assert_allclose(mg.grad(f)(a), 2 * np.sum(a * m) * m, rtol=1e-11)
    if smallest < 1e-12:
        with pytest.raises(np.linalg.LinAlgError, match="lacks full rank"):
            mg.hvp(f, a, m)
    else:
        np.testing.assert_allclose(mg.hvp(f, a, m), 2 * np.sum(m * m) * m, rtol=1e-3)


def test_second_derivatives_of_other_vectors_do_not_mind_values_that_are_near_each_other() -> None:
    a = of_eigenvalues(1.0, 1.0 + 1e-8, 3.7)
    gradient = mg.grad(lambda a: (lambda v: v @ M @ v)(linalg.eigh(a).eigenvectors[:, -1]))
    expected = (gradient(a + 1e-5 * M) - gradient(a - 1e-5 * M)) / 2e-5
    found = mg.jvp(gradient, [a], [M])[1]
    np.testing.assert_allclose(found, expected, atol=1e-7)


def test_second_derivatives_at_repeated_eigenvalues_are_an_error() -> None:
    with pytest.raises(np.linalg.LinAlgError, match="equal within rounding"):
        mg.hessian(lambda a: mg.sum(linalg.eigvalsh(a) ** 2))(np.eye(2))


# --- kinks ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "at", "expected"),
    [
        (lambda a: linalg.norm(a, "nuc"), np.zeros((2, 3)), np.zeros((2, 3))),
        (lambda a: linalg.norm(a, 2), np.zeros((2, 3)), np.zeros((2, 3))),
        (lambda a: linalg.norm(a, -2), np.diag([2.0, 0.0]), np.zeros((2, 2))),
        (lambda a: linalg.norm(a, "nuc"), np.diag([2.0, 0.0]), np.diag([1.0, 0.0])),
        (lambda a: linalg.norm(a, 2), np.eye(2), np.eye(2) / 2),
        (lambda a: linalg.norm(a, -2), np.eye(2), np.eye(2) / 2),
        (lambda a: mg.max(linalg.eigvalsh(a)), np.eye(2), np.eye(2) / 2),
        (lambda a: mg.sum(linalg.svd(a, compute_uv=False, hermitian=True)), np.diag([2.0, 0.0]), np.diag([1.0, 0.0])),
        (linalg.vector_norm, np.zeros(3), np.zeros(3)),
        (linalg.matrix_norm, np.zeros((2, 2)), np.zeros((2, 2))),
    ],
)
def test_subgradients_at_kinks(f: Any, at: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(mg.grad(f)(at), expected, atol=1e-15)


# --- rank that is lost -----------------------------------------------------------------------------------------

TALL = np.outer([1.0, 2.0, -1.0, 0.5], [1.0, 3.0])
DEFICIENT: dict[str, tuple[Callable[[Any], Any], np.ndarray]] = {
    "pinv": (lambda a: mg.sum(linalg.pinv(a)), TALL),
    "pinv of zeros": (lambda a: mg.sum(linalg.pinv(a)), np.zeros((2, 2))),
    "pinv that cuts off": (lambda a: mg.sum(linalg.pinv(a, rcond=0.5)), np.diag([2.0, 0.1])),
    "pinv that cuts off by rtol": (lambda a: mg.sum(linalg.pinv(a, rtol=0.5)), np.diag([2.0, 0.1])),
    "lstsq": (lambda a: mg.sum(linalg.lstsq(a, np.arange(4.0))[0]), TALL),
    "lstsq of a wide matrix": (lambda a: mg.sum(linalg.lstsq(a, np.arange(2.0))[0]), TALL.T),
    "qr": (lambda a: mg.sum(linalg.qr(a).R), TALL),
    "qr within rounding": (lambda a: mg.sum(linalg.qr(a).R), np.outer(Q[0], Q[1])),
    "qr of a wide matrix": (lambda a: mg.sum(linalg.qr(a).Q), np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 1.0]])),
    "qr, complete": (lambda a: (lambda q: mg.sum((q[:, 2:] @ q[:, 2:].T)[0]))(linalg.qr(a, "complete").Q), TALL),
    "svd of a tall matrix": (
        lambda a: mg.sum(linalg.svd(a, full_matrices=False).U),
        np.diag([2.0, 1.0, 0.0, 0.0])[:, :3],
    ),
    "cond": (lambda a: linalg.cond(a, 1), np.ones((2, 2))),
}


@pytest.mark.parametrize("name", DEFICIENT)
def test_no_derivative_is_made_up_where_rank_is_lost(name: str) -> None:
    f, a = DEFICIENT[name]
    words = "infinite" if name == "cond" else "lacks full rank"
    with pytest.raises(np.linalg.LinAlgError, match=words):
        mg.grad(f)(a)


def test_least_squares_of_a_matrix_that_lacks_rank_are_linear_in_the_right_side() -> None:
    b = np.arange(4.0)
    found = mg.jacobian(lambda b: np.linalg.lstsq(TALL, b)[0])(b)
    np.testing.assert_allclose(found, np.linalg.pinv(TALL), atol=1e-14)


def test_columns_of_different_sizes_have_a_qr_decomposition() -> None:
    a = np.array([[1.0, 2e-20], [1.0, -1e-20], [0.5, 1e-20]])
    size = np.array([1.0, 1e-20])
    found, expected = (
        mg.grad(lambda a: mg.sum(linalg.qr(a).Q * np.arange(6.0).reshape(3, 2)))(x) for x in (a, a / size)
    )
    np.testing.assert_allclose(found * size, expected, rtol=1e-12)


# --- what is a choice ------------------------------------------------------------------------------------------


COMPLETED: dict[str, Callable[[Any], Any]] = {
    "U": lambda a: linalg.svd(a).U,
    "V": lambda a: linalg.svd(mg.matrix_transpose(a)).Vh,
    "Q": lambda a: linalg.qr(a, "complete").Q,
}


@pytest.mark.parametrize("name", COMPLETED)
def test_what_depends_on_the_basis_of_a_complement_has_no_derivative(name: str) -> None:
    a = np.array([[1.0, 0.2], [0.1, 2.0], [0.3, -0.4], [0.0, 1.0]])
    with pytest.raises(np.linalg.LinAlgError, match=r"is a choice, .*full_matrices=False, mode='reduced'"):
        mg.grad(lambda a: mg.sum(COMPLETED[name](a) * np.arange(16.0).reshape(4, 4)))(a)


def test_a_sign_of_lapack_changes_no_gradient_of_what_does_not_depend_on_it() -> None:
    a = of_eigenvalues(1.0, 2.0, 4.0)
    found = mg.grad(by_eigh(mg.exp))(a)
    w, v = np.linalg.eigh(a)
    quotient = np.array([[np.exp(x) if x == y else (np.exp(x) - np.exp(y)) / (x - y) for x in w] for y in w])
    np.testing.assert_allclose(found, v @ (quotient * (v.T @ M @ v)) @ v.T, rtol=1e-11)  # Daleckii and Krein


# --- sizes, dtypes, results --------------------------------------------------------------------------------------

SIZED: dict[str, tuple[Callable[[Any], Any], int]] = {
    "U": (lambda a: mg.sum(linalg.svd(a, full_matrices=False).U * WEIGHTS), -1),
    "singular values": (lambda a: mg.sum(linalg.svdvals(a) * WEIGHTS[0]), 0),
    "Q": (lambda a: mg.sum(linalg.qr(a).Q * WEIGHTS), -1),
    "R": (lambda a: mg.sum(linalg.qr(a).R * WEIGHTS[:3]), 0),
    "eigenvectors": (lambda a: mg.sum(linalg.eigh(a[:3] + a[:3].T).eigenvectors * WEIGHTS[:3]), -1),
    "pinv": (lambda a: mg.sum(linalg.pinv(a) * WEIGHTS.T), -2),
    "pinv, wide": (lambda a: mg.sum(linalg.pinv(a.T) * WEIGHTS), -2),
    "lstsq": (lambda a: mg.sum(linalg.lstsq(a, WEIGHTS[:, 0])[0]), -2),
    "nuc": (lambda a: linalg.norm(a, "nuc"), 0),
    "cond": (linalg.cond, -1),
}
WEIGHTS = np.random.default_rng(1).normal(size=(4, 3))
ANY = np.random.default_rng(2).normal(size=(4, 3))


@pytest.mark.parametrize("name", SIZED)
@pytest.mark.parametrize("size", [1e150, 1e-150])
def test_gradients_of_matrices_of_any_size(name: str, size: float) -> None:
    f, degree = SIZED[name]
    np.testing.assert_allclose(mg.grad(f)(ANY * size), mg.grad(f)(ANY) * size**degree, rtol=1e-11)


def test_results_are_named_as_numpys_are() -> None:
    a = np.diag([3.0, 2.0, 1.0])[:, :2]
    for given_array in (a, mg.tensor(a, requires_grad=True)):
        assert np.linalg.svd(given_array)._fields == linalg.svd(given_array)._fields == ("U", "S", "Vh")
        assert linalg.qr(given_array)._fields == ("Q", "R")
        assert linalg.eigh(given_array[:2])._fields == ("eigenvalues", "eigenvectors")


@pytest.mark.parametrize("rows", [2, 3, 4])
@pytest.mark.parametrize("columns", [None, 2])
def test_least_squares_give_all_that_numpy_gives(rows: int, columns: int | None) -> None:
    random = np.random.default_rng(0)
    a, b = random.normal(size=(rows, 3)), random.normal(size=(rows, columns) if columns else rows)
    for matrix in (a, np.outer(a[:, 0], [1.0, 2.0, 3.0])):
        for rcond in (None, -1, 1e-3):
            expected = np.linalg.lstsq(matrix, b, rcond)
            found = np.linalg.lstsq(mg.tensor(matrix, requires_grad=True), b, rcond)
            assert type(found[2]) is int
            for ours, numpys in zip(found, expected, strict=True):
                np.testing.assert_allclose(getattr(ours, "data", ours), numpys, atol=1e-12)


def test_compiled_least_squares_have_residuals() -> None:
    a, b = ANY, WEIGHTS[:, 0]
    f = mg.compile(mg.grad(lambda a: mg.sum(np.linalg.lstsq(a, b)[1])))
    np.testing.assert_allclose(f(a), mg.grad(lambda a: mg.sum(np.linalg.lstsq(a, b)[1]))(a), rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda a: np.linalg.eig(a), TypeError, r"^np.linalg.eig is not .*complex.*eigh"),
        (lambda a: np.linalg.eigvals(a), TypeError, r"^np.linalg.eigvals is not .*complex.*eigvalsh"),
        (lambda a: np.linalg.qr(a, mode="raw"), TypeError, r"^qr: mode='raw' has no gradient"),
        (lambda a: np.linalg.qr(a, mode="thin"), ValueError, r"^qr: mode must be .*got 'thin'"),
        (lambda a: np.linalg.eigh(a, UPLO="X"), ValueError, r"UPLO"),
        (
            lambda a: np.linalg.matrix_power(a, 0.5),
            TypeError,
            r"^matrix_power: the exponent must be an integer, got 0.5",
        ),
        (
            lambda a: np.linalg.matrix_power(a[:1], 2),
            np.linalg.LinAlgError,
            r"must be square \(the shape is \(1, 2\)\)",
        ),
        (lambda a: np.linalg.multi_dot([a]), ValueError, r"two or more matrices .*got 1"),
        (lambda a: np.linalg.multi_dot([a, a[0], a]), np.linalg.LinAlgError, r"vectors at the ends"),
        (lambda a: np.linalg.pinv(a, rcond=0.1, rtol=0.1), ValueError, r"^pinv: rcond and rtol"),
        (lambda a: np.linalg.pinv(a, rcond=a[0, 0]), TypeError, r"^pinv: rcond is not differentiated"),
        (lambda a: np.linalg.tensorsolve(a[:1], a[0, :1]), np.linalg.LinAlgError, r"^tensorsolve: .*\(1, 2\)"),
        (lambda a: np.linalg.tensorinv(a, 0), ValueError, r"^tensorinv: ind must be positive, got 0"),
        (lambda a: np.linalg.cond(a[:0]), np.linalg.LinAlgError, r"without elements"),
        (lambda a: np.linalg.norm(a, "nucular"), ValueError, r"'nuc'"),
    ],
)
def test_what_is_refused_says_why(call: Any, error: Any, words: str) -> None:
    a = mg.tensor([[2.0, 1.0], [1.0, 3.0]], requires_grad=True)
    with pytest.raises(error, match=words):
        call(a)
