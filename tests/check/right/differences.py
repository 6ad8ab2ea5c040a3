"""What the hand-written gradients are held to before anything of this package sees them: differences in NumPy."""

from itertools import pairwise

import numpy as np

from .model import Case


def slopes(loss, args, position) -> tuple[np.ndarray, np.ndarray]:
    """The slopes of `loss` to the left and to the right along each element of one argument, extrapolated."""
    start = np.array(args[position], dtype=np.float64)
    found = np.empty((2, start.size))
    here = loss(*args)
    for side, sign in enumerate((-1, 1)):
        for k in range(start.size):
            estimates = []
            for h in 1e-4 * 0.5 ** np.arange(4):
                moved = start.copy()
                moved.flat[k] += sign * h
                value = moved if moved.ndim else moved[()]
                there = loss(*args[:position], value, *args[position + 1 :])
                estimates.append((there - here) / (moved.flat[k] - start.flat[k]))
            for order in range(1, 4):  # Richardson: the error's terms in h, h², h³
                estimates = [(2**order * b - a) / (2**order - 1) for a, b in pairwise(estimates)]
            found[side, k] = estimates[0]
    return found[0].reshape(start.shape), found[1].reshape(start.shape)


def excess(case: Case) -> float:
    """By how much the hand-written gradient is outside of the slopes on both sides, relative to the largest one.

    Slopes far smaller than the loss are relative to a thousandth of the loss: differences don't see further.
    """
    return max(float(np.max(outside)) for outside in excesses(case))


def excesses(case: Case) -> list[np.ndarray]:
    """The same, element by element of every gradient, in float64."""
    args = case.arguments(np.float64)
    floor, found = 1e-3 * abs(case.model.loss(*args)) or 1, []
    for position, gradient in zip(case.model.parameters, case.model.gradients(*args), strict=True):
        left, right = slopes(case.model.loss, args, position)
        assert gradient.shape == left.shape, f"{case}: shape {gradient.shape}, not {left.shape}"
        if not case.edge:
            assert np.allclose(left, right, rtol=1e-6, atol=1e-6 * max(1, np.abs(right).max())), f"{case}: a kink"
        outside = np.maximum(np.minimum(left, right) - gradient, gradient - np.maximum(left, right))
        found.append(outside / max(np.abs([left, right]).max(), floor))
    return found
