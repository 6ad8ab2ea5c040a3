"""What the hand-written gradients are held to before anything of this package sees them: differences in NumPy."""

from functools import cache
from itertools import pairwise

import numpy as np

from .model import Case


@cache
def slopes(case: Case) -> list[tuple[np.ndarray, np.ndarray]]:
    """The slopes to the left and to the right along each element of each parameter, extrapolated, in float64."""
    args, found = case.arguments(np.float64), []
    here = case.model.loss(*args)
    for position in case.model.parameters:
        start = np.asarray(args[position])
        sides = np.empty(start.shape), np.empty(start.shape)
        for side, index in np.ndindex(2, start.size):
            estimates = []
            for h in 1e-4 * 0.5 ** np.arange(4) * (-1, 1)[side]:
                moved = start.copy()
                moved.flat[index] += h
                there = case.model.loss(*args[:position], moved[()], *args[position + 1 :])
                estimates.append((there - here) / (moved.flat[index] - start.flat[index]))
            for order in (1, 2, 3):  # Richardson: the error's terms in h, h², h³
                estimates = [(2**order * b - a) / (2**order - 1) for a, b in pairwise(estimates)]
            sides[side].flat[index] = estimates[0]
        found.append(sides)
    return found


def excess(case: Case, mistake: Case | None = None) -> float:
    """By how much the hand-written gradient is outside of the slopes on both sides, relative to the largest one.

    Slopes far smaller than the loss are relative to a thousandth of the loss: differences don't see further.
    `mistake` is the same case with another hand-written gradient.
    """
    args, worst = case.arguments(np.float64), 0.0
    floor = 1e-3 * abs(case.model.loss(*args)) or 1
    for (left, right), gradient in zip(slopes(case), (mistake or case).model.gradients(*args), strict=True):
        assert gradient.shape == left.shape, f"{case}: shape {gradient.shape}, not {left.shape}"
        if not case.edge:
            assert np.allclose(left, right, rtol=1e-6, atol=1e-6 * max(1, np.abs(right).max())), f"{case}: a kink"
        outside = np.maximum(np.minimum(left, right) - gradient, gradient - np.maximum(left, right))
        worst = max(worst, float(outside.max() / max(np.abs([left, right]).max(), floor)))
    return worst
