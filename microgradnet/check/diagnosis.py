"""`diagnose`: which step of a derivation is wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any

from microgradnet.check.by_hand import Automatically, ByHand
from microgradnet.check.explain.search import BUDGET, search
from microgradnet.check.findings import Diagnoses
from microgradnet.check.located import explained
from microgradnet.check.verdicts import judge
from microgradnet.check.without_record import judge_without_record

__all__ = ["diagnose"]


def diagnose(
    f: Callable[..., Any],
    manual: Any,
    *args: Any,
    argnums: int | Sequence[int] | None = None,
    descent: bool = False,
    rtol: float | None = None,
    atol: float | None = None,
    budget: float = BUDGET,
    automatic: Automatically = "recorded",
) -> Diagnoses:
    """Find the step at which a gradient derived by hand went wrong.

    The derivation is read in its own source: what its expressions compute is aligned with what the automatic one
    knows, and a change that makes all gradients right, run at several arguments, is the diagnosis. Without source the
    reverse pass of the loss is evaluated with one usual mistake after another in its steps; what reproduces the manual
    numbers to rounding is the diagnosis then.

    Parameters
    ----------
    f, manual, *args, argnums, descent, rtol, atol, automatic :
        As for `compare`. Where the manual gradient is a function, explanations are also tried on fresh random
        arguments, which tells apart what the given ones can't.
    budget : float
        Seconds of the processor that the search may take; where it ended early, that is said, and it is no reason for
        another answer. What the numbers are tried with is counted, not timed, so that every machine finds the same.
        Beyond it goes only what can't be cut short: calling both functions, and evaluating the gradient a few times.

    Returns
    -------
    Diagnoses
        A tuple of `Diagnosis`, one for each cause, the one that explains most first. Empty where every verdict of
        `compare` agrees; a single one that diagnoses nothing where the automatic gradient is not to be believed.

    Raises
    ------
    TypeError, ValueError
        As `compare` does; and if the budget is no number of seconds.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> def loss(w, x):
    ...     return mg.sum(mg.tanh(x @ w) ** 2)
    >>> def by_hand(w, x):
    ...     y = np.tanh(x @ w)
    ...     delta = 2 * y  # where is tanh′?
    ...     return x.T @ delta
    >>> x = np.array([[1.0, 2.0], [0.5, -1.0], [0.0, 0.3]])
    >>> (found,) = mg.diagnose(loss, by_hand, np.array([0.2, -0.4]), x, argnums=0)
    >>> found.kind, found.step
    ('missing-factor', 'y = tanh(x · w)')
    """
    if not isinstance(budget, Real) or not float(budget) >= 0:
        raise ValueError(f"diagnose: the budget is a number of seconds, 0 or more, got {budget!r}")
    start = time.process_time()
    derivation = ByHand.read(f, manual, args, argnums, descent, automatic, caller="diagnose")
    if not derivation.recorded:
        return search(derivation, judge_without_record(derivation, rtol, atol, "diagnose"), rtol, atol, float(budget))
    judgement = judge(derivation, rtol, atol, "diagnose", thorough=False)
    return explained(derivation, judgement, rtol, atol, float(budget), start)
