"""Other arguments than those given, at which what makes sense of these holds, too.

A derivation may be right of covariances, rotations, distributions, what is centred or in order, and of nothing else.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

__all__ = ["fresh"]

Array = np.ndarray[Any, np.dtype[Any]]


def fresh(x: Array, drawn: Array, random: np.random.Generator | None = None, *, is_data: bool) -> Array:
    """Move an array by numbers drawn at random, with the signs that it has, or by `random` with these elsewhere.

    Whole numbers among data are labels, masks and structure, and are kept; what lies between 0 and 1 stays there.
    """
    grown = x * np.exp(drawn)
    within = is_data and ((x >= 0) & (x <= 1)).all()
    moved: Array = np.array(grown / (1 - x + grown) if within else np.where(x == 0, 0.7 * drawn, grown))
    if random is not None:
        signed = x != 0
        moved[signed] = np.abs(moved[signed]) * random.permutation(np.sign(x[signed]))
    if is_data:
        whole = x == np.round(x)
        moved = np.where(whole, x, moved)
        moved = _alike(x, moved) if x.size > 1 and not whole.all() else moved
    elif _is_symmetric(x) and np.any(x * (1 - np.eye(x.shape[-1]))):  # what is learnt is a covariance, and no weights
        moved = _symmetric(x, moved)
    return moved


def _is_symmetric(x: Array) -> bool:
    """Whether it is a square matrix, or a stack of such, that is its own transpose."""
    square = x.ndim > 1 and x.shape[-2] == x.shape[-1] > 1
    return square and bool(np.allclose(x, x.swapaxes(-1, -2)))


def _alike(x: Array, moved: Array) -> Array:
    """Give what was moved the structure that an array of at least two numbers has."""
    rows, whole = x.shape[-1], np.abs(x).max()
    square = x.ndim > 1 and x.shape[-2] == rows > 1
    if _is_symmetric(x):
        moved = _symmetric(x, moved)
        if np.allclose(x.sum(-1), 0, atol=1e-8 * whole):  # a graph's Laplacian
            moved = moved - moved.sum(-1)[..., None] * np.eye(rows)
    elif square and np.allclose(x @ x.swapaxes(-1, -2), np.eye(rows)):  # a rotation
        left, _, right = np.linalg.svd(moved)
        moved = left @ right
    elif len(x) > 1 and np.allclose(x.mean(0), 0, atol=1e-8 * whole):
        moved = moved - moved.mean(0)
        moved = moved / moved.std(0) if np.allclose(x.std(0), 1) else moved
    elif rows > 1 and np.allclose(np.linalg.norm(x, axis=-1), 1):
        moved = moved / np.linalg.norm(moved, axis=-1, keepdims=True)
    elif x.ndim == 1 and (np.diff(x) > 0).all():
        moved = np.sort(moved)
    sums = (axis for axis in (None, -1, 0) if (x >= 0).all() and np.allclose(x.sum(axis), 1))
    for axis in itertools.islice(sums, 1):  # a distribution, or several
        moved = moved / moved.sum(axis, keepdims=True)
    return moved


def _symmetric(x: Array, moved: Array) -> Array:
    """Let symmetric matrices stay so, and definite ones definite."""
    moved = (moved + moved.swapaxes(-1, -2)) / 2
    least, now = (np.linalg.eigvalsh(m)[..., 0] for m in (x, moved))
    raised: Array = np.where(least > 0, np.maximum(least - now, 0), 0)[..., None, None]
    return moved + raised * np.eye(x.shape[-1])
