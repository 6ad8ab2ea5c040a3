"""A Graph made fast: the same function as a straight line of calls, or as loops in machine code."""

from __future__ import annotations

from microgradnet.compiler.function import Compiled, Signature, compile  # noqa: A004 - as in the field

__all__ = ["Compiled", "Signature", "compile"]
