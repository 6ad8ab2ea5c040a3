"""What all reports have in common: they are true if nothing is wrong, raise if asked to, and fit into JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

__all__ = ["Report", "for_json"]


class Report:
    """What was found: true if nothing is wrong, printed as text."""

    ok: Any  # a property of each report

    def __bool__(self) -> bool:
        return bool(self.ok)

    def __repr__(self) -> str:
        return str(self)

    def raise_if_wrong(self) -> None:
        """Raise an AssertionError with the report, if anything is wrong."""
        if not self.ok:
            raise AssertionError(str(self))


def for_json(value: Any) -> Any:
    """Make JSON's types of numbers, tuples and mappings; what isn't finite, and no number there, becomes None."""
    if isinstance(value, Mapping):
        return {str(k): for_json(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [for_json(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
