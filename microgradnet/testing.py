"""Asserts for tests of your own: that derivatives are right, and that a gradient derived by hand is.

>>> import microgradnet as mg
>>> mg.testing.assert_derivatives_right(mg.tanh, 0.5, order=2)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from microgradnet.check import compare, gradcheck

__all__ = ["assert_derivatives_right", "assert_gradients_close"]


def assert_derivatives_right(f: Callable[..., Any], *args: Any, **options: Any) -> None:
    """Check the automatic derivatives of a function against numerical ones.

    Parameters
    ----------
    f, *args, **options :
        As for `gradcheck`.

    Raises
    ------
    AssertionError
        If one is wrong, with the table of `gradcheck`.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.testing.assert_derivatives_right(mg.tanh, 0.5, order=2)
    """
    __tracebackhide__ = True  # pytest shows the line of the test
    gradcheck(f, *args, **options).raise_if_wrong()


def assert_gradients_close(f: Callable[..., Any], manual: Any, *args: Any, **options: Any) -> None:
    """Check a gradient derived by hand against the automatic one, of every parameter.

    Parameters
    ----------
    f, manual, *args, **options :
        As for `compare`. The parameters are those of `argnums`, or in the containers of which there are gradients.
        Where a derivation leaves some of a container out on purpose, ``compare(f, manual, *args).raise_if_wrong()``
        checks what there is.

    Raises
    ------
    AssertionError
        If they differ, with the table of `compare`, the diagnosis, and of a function the lines that are wrong; or if a
        parameter has no gradient by hand, with what is of no parameter and may be meant for it.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.testing.assert_gradients_close(lambda w: mg.sum(w**3), lambda w: 3 * w**2, [1.0, -2.0])
    """
    __tracebackhide__ = True
    report = compare(f, manual, *args, **options)
    report.raise_if_wrong()
    if report.missing:
        raise AssertionError(f"{report}\n\nTo check what there is: mg.compare(...).raise_if_wrong()")
