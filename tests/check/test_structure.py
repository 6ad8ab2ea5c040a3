"""At other arguments, what the ones given are stays so: structures that derivations rely on."""

import numpy as np
import pytest

from microgradnet.check.structure import fresh

random = np.random.default_rng(0)
A = random.normal(size=(4, 4))
SPREAD = A @ A.T + np.eye(4)
NEAR = np.exp(A + A.T) * (1 - np.eye(4))
GRAPH = np.diag(NEAR.sum(0)) - NEAR
CENTRED = random.normal(size=(6, 3))
CENTRED = CENTRED - CENTRED.mean(0)


def is_symmetric(x):
    return np.array_equal(x, x.swapaxes(-1, -2))


STRUCTURES = {
    "covariance": (SPREAD, lambda x: is_symmetric(x) and np.linalg.eigvalsh(x).min() > 0),
    "covariances": (
        np.array([SPREAD, np.linalg.inv(SPREAD), np.eye(4) / 7]),
        lambda x: np.allclose(x, x.swapaxes(1, 2)) and np.linalg.eigvalsh(x).min() > 0,
    ),
    "Laplacian": (GRAPH, lambda x: np.allclose(x, x.T) and np.allclose(x.sum(1), 0) and (x[0, 1:] < 0).all()),
    "rotation": (np.linalg.qr(A)[0], lambda x: np.allclose(x @ x.T, np.eye(4))),
    "rows that are distributions": (NEAR / NEAR.sum(1, keepdims=True), lambda x: np.allclose(x.sum(1), 1)),
    "columns that are distributions": (
        np.abs(A) / np.abs(A).sum(0), lambda x: np.allclose(x.sum(0), 1) and (x > 0).all(),
    ),
    "table that is a distribution": (NEAR / NEAR.sum(), lambda x: np.isclose(x.sum(), 1) and np.allclose(x, x.T)),
    "centred": (CENTRED, lambda x: np.allclose(x.mean(0), 0)),
    "standardised": (
        CENTRED / CENTRED.std(0), lambda x: np.allclose(x.mean(0), 0) and np.allclose(x.std(0), 1),
    ),
    "unit vectors": (
        A / np.linalg.norm(A, axis=1, keepdims=True), lambda x: np.allclose(np.linalg.norm(x, axis=1), 1),
    ),
    "times": (np.cumsum(np.abs(A[0])), lambda x: (np.diff(x) > 0).all()),
    "probabilities": (random.uniform(0.9, 1, size=50), lambda x: ((x > 0) & (x < 1)).all()),
    "share": (np.array(0.95), lambda x: 0 < x < 1),
    "half of it whole": (np.array([1.0, 0.25, 0.0, 0.75]), lambda x: (x[[0, 2]] == [1, 0]).all()),
}  # fmt: skip


@pytest.mark.parametrize("name", STRUCTURES)
@pytest.mark.parametrize("seed", range(5))
def test_a_structure_stays(name, seed):
    x, holds = STRUCTURES[name]
    assert holds(x)
    moved = fresh(x, 0.3 * np.random.default_rng(seed).standard_normal(x.shape), is_data=True)
    assert holds(moved)
    assert moved.shape == x.shape
    assert not np.allclose(moved, x)


def test_what_is_whole_is_kept_among_data_alone():
    x = np.array([[1.0, 0.0], [0.0, 2.0]])
    drawn = np.ones(x.shape)
    assert np.array_equal(fresh(x, drawn, is_data=True), x)
    assert (fresh(x, drawn, is_data=False) != x).all()


def test_signs_go_elsewhere_and_zeros_have_none():
    x = np.array([3.5, -2.5, 0.0, -1.5, 4.5, 0.0])
    for seed in range(5):
        moved = fresh(x, np.zeros(6), np.random.default_rng(seed), is_data=True)
        assert np.array_equal(np.abs(moved), np.abs(x))
        assert np.sign(moved).sum() == 0


@pytest.mark.parametrize("x", [np.zeros((0, 3)), np.array(2.5), np.array([0.5]), np.zeros((2, 0, 2))])
def test_what_is_empty_or_a_number_has_no_structure(x):
    for signs in (None, np.random.default_rng(0)):
        assert fresh(x, np.full(x.shape, 0.1), signs, is_data=True).shape == x.shape
