"""A user's derivation, run again with something else at some places: what is there, and what the gradients are then.

Only the statements that are changed are observed, so that the rest runs at its own speed. What a search may cost is
counted in values that are computed, and not by a clock: it finds the same on every machine.
"""

from __future__ import annotations

import copy
import itertools
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import cached_property
from types import CodeType, FrameType, FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microgradnet.check.align import Draw, draws_elsewhere
from microgradnet.check.by_hand import ByHand
from microgradnet.check.forms import as_numpy, like
from microgradnet.check.mend.rewrite import VALUE
from microgradnet.check.observe import Endless, Observation, Source
from microgradnet.check.text import copies

__all__ = ["Edit", "Outcome", "Rerun", "evaluated", "put", "shaken"]

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = Mapping[str, Array]

EXACT = 1e-8
"""How far a mended gradient may be from the right one, relative to its largest element."""

Edit = Callable[[Any, FrameType, int], Any]
"""What is put at a place, from the value as computed, the frame, and how often the place was reached before."""


class Outcome:
    """The gradients of one run, laid out in a row beside the right ones."""

    def __init__(self, row: Array, right: frozenset[str]) -> None:
        self.row, self.right = row, right


class Rerun:
    """The user's derivation, run again with something else at some places.

    Attributes
    ----------
    refused : bool
        Whether something held where the derivation was observed, and not elsewhere.
    work : float
        What was computed so far, in values of the user's source; a large array counts as several.
    """

    def __init__(self, program: Source, derivation: ByHand, draws: Sequence[Draw], seen: Observation) -> None:
        self.program, self.derivation, self.draws = program, derivation, draws
        self._at = [*draws]
        self.refused = False
        self.names = [n for n in derivation.gradients if draws[0].gradients[n].size]
        self.work = 0.0
        self._takes(seen)
        self._edits: Mapping[int, Edit] = {}
        self._left_out: frozenset[int] = frozenset()
        self._reached: dict[int, int] = {}
        self._computed = 0
        self._focused: dict[frozenset[Any], Mapping[FunctionType, CodeType]] = {}
        self.ends = np.cumsum([draws[0].gradients[n].size for n in self.names])
        self._starts = [0, *self.ends[:-1]] if self.names else []
        self.true = [self._in_a_row(d) for d in draws]
        self.near = [self._tolerance(d) for d in draws]

    def _takes(self, seen: Observation) -> None:
        """Say what a run takes, by what was seen in one, and how long it may be at most."""
        counts = [at.count for at in seen.seen.values()]
        arrays = [at for at in seen.seen.values() if at.values and isinstance(at.values[0], np.ndarray)]
        sizes = [at.count * at.values[0].size for at in arrays]
        # Measured: 2.5 µs for a unit: 50 to begin with, 0.3 for what makes an array, 0.08 for another value.
        self.once = 20 + sum(at.count for at in arrays) / 8 + sum(counts) / 32 + sum(sizes) / 4000
        self.longest = 1000 + 20 * sum(counts)

    def of(self, program: Source, seen: Observation) -> Rerun:
        """Return the same for another source of the derivation; what was computed so far counts there, too."""
        self.elsewhere  # noqa: B018 - the draws are the same for both
        other = copy.copy(self)
        other.program, other._focused = program, {}
        other._takes(seen)
        return other

    @cached_property
    def elsewhere(self) -> range:
        """The draws beyond those where the derivation was observed: of other signs."""
        more = draws_elsewhere(self.derivation)
        self._at += more
        self.true += [self._in_a_row(d) for d in more]
        self.near += [self._tolerance(d) for d in more]
        return range(len(self.draws), len(self._at))

    @cached_property
    def parts(self) -> dict[str, slice]:
        """Where each gradient stands in a row."""
        return {n: slice(a, b) for n, (a, b) in zip(self.names, itertools.pairwise([0, *self.ends]), strict=True)}

    def of_some(self, names: Set[str]) -> NDArray[np.bool_]:
        """Say of each number in a row whether it is of one of some gradients."""
        found = np.zeros(self.true[0].size, bool)
        for name in self.parts.keys() & names:
            found[self.parts[name]] = True
        return found

    def _in_a_row(self, draw: Draw) -> Array:
        return np.concatenate([draw.gradients[n].ravel() for n in self.names])

    def _tolerance(self, draw: Draw) -> Array:
        most = [np.abs(draw.gradients[n]).max(initial=0.0) for n in self.names]
        near = [max(EXACT, draw.rounding.get(n, 0.0)) for n in self.names]
        sizes = [draw.gradients[n].size for n in self.names]
        least = [draw.cancelled.get(n, 0.0) for n in self.names]
        return np.repeat(np.maximum(np.multiply(most, near), least), sizes)

    # what is observed

    def focus(self, statements: Iterable[Any]) -> None:
        """Observe only these statements from now on."""
        key = frozenset(statements)
        if key not in self._focused:
            self.work += self.once
            self._focused[key] = self.program.only(key)
        self.exchange(self._focused[key])

    def exchange(self, codes: Mapping[FunctionType, CodeType]) -> None:
        """Run this code from now on, while the program's own is exchanged."""
        for f, code in codes.items():
            if f.__code__ is not code:
                f.__code__ = code

    def observe_all(self) -> None:
        """Observe everything from now on."""
        for f, code in self.program.observed.items():
            f.__code__ = code

    def _count(self) -> None:
        self._computed += 1
        if self._computed > self.longest:  # what was changed is what ends a loop
            raise Endless

    def _keep(self, i: int) -> bool:
        self._count()
        return i not in self._left_out

    def _put(self, i: int, v: Any, depth: int = 1) -> Any:
        self._count()
        edit = self._edits.get(i)
        if edit is None:
            return v
        k = self._reached.get(i, 0)
        self._reached[i] = k + 1
        put = like(edit(v, sys._getframe(depth), k), v)
        if type(put) is int and put.bit_length() > 64:  # one that is squared again and again never comes to an end
            raise Endless
        return self.program.exchanged_at(i, v, put)

    # running

    def gradients(self, edits: Mapping[int, Edit], draw: int, left_out: frozenset[int] = frozenset()) -> Gradients:
        """Return the gradients with these edits, and some statements left out.

        Raises
        ------
        Exception
            Whatever the user's function raises then.
        """
        self.work += self.once
        self.program.hooked(self._put, self._keep)
        self._edits, self._left_out, self._reached, self._computed = edits, left_out, {}, 0
        return self.ran(draw)

    def tried(self, edits: Mapping[int, Edit], draw: int, left_out: frozenset[int]) -> Gradients | None:
        """Return the gradients with these edits; None where nothing comes out."""
        try:
            return self.gradients(edits, draw, left_out)
        except (Exception, Endless):  # what the user's code may raise, given what it was not made for
            self.work -= self.once / 2  # it has ended early
            return None

    def watched(
        self, edits: Mapping[int, Edit], draw: int, left_out: frozenset[int], *, variables: bool = True
    ) -> Observation | None:
        """Run with these edits, and some statements left out, and keep what was seen; None where nothing comes out."""
        self.work += 4 * self.once
        self._edits, self._left_out, self._reached, self._computed = edits, left_out, {}, 0
        try:
            return self.program.watched(
                copies(self._at[draw].values),
                lambda args: self.program.bound()(*args),
                lambda i, v: self._put(i, v, 3),
                self._keep,
                variables=variables,
            )
        except (Exception, Endless):  # what the user's code may raise, given what it was not made for
            return None

    def plainly_run(self, draw: int) -> Outcome | None:
        """Run whatever code the functions have now, with nothing observed; None where nothing comes out."""
        self.work += self.once
        try:
            return self.judged(self.ran(draw), draw)
        except Exception:  # what the user's code may raise
            return None

    def right(self, gradients: Gradients, draw: int) -> frozenset[str]:
        """Name the gradients that are right."""
        return self.judged(gradients, draw).right

    def differ_in_shape(self, names: Iterable[str], gradients: Gradients) -> bool:
        """Whether all that some gradients at the first draw lack is the right shape."""
        pairs = [(np.asarray(gradients[n]), self.draws[0].gradients[n]) for n in names]
        return all(g.shape != t.shape and g.size == t.size and np.allclose(g.ravel(), t.ravel()) for g, t in pairs)

    def judged(self, gradients: Gradients, draw: int) -> Outcome:
        """Lay gradients out in a row, and say which are right; one of another shape is not a number."""
        parts = []
        for n in self.names:
            g, true = np.asarray(gradients[n]), self._at[draw].gradients[n]
            fits = g.shape == true.shape and g.dtype.kind in "fiub"
            parts.append(g.ravel() if fits else np.full(true.size, math.nan))
        row = np.concatenate(parts) if parts else np.zeros(0)
        right = np.abs(row - self.true[draw]) <= self.near[draw]
        each = np.logical_and.reduceat(right, self._starts) if parts else ()
        return Outcome(row, frozenset(n for n, is_right in zip(self.names, each, strict=True) if is_right))

    def ran(self, draw: int) -> Gradients:
        """Run whatever code the functions have now."""
        values = self._at[draw].values
        result = self.program.bound()(*copies(values))
        result = list(result) if isinstance(result, Iterator) else result
        plain = self._plainly(result)
        return replace(self.derivation, manual=result).at(values).ascending if plain is None else plain

    def _plainly(self, result: Any) -> Gradients | None:
        """Read gradients that are given in one of the plain ways; None if `ByHand` has to make sense of them."""
        names = list(self.derivation.gradients)
        if isinstance(result, dict) and result.keys() >= {*names}:
            result = [result[name] for name in names]
        given = [result] if isinstance(result, np.ndarray) and len(names) == 1 else result
        if not isinstance(given, tuple | list) or len(given) != len(names):
            return None
        if not all(isinstance(g, np.ndarray | np.floating | float) for g in given):
            return None
        sign = -1.0 if self.derivation.descent else 1.0
        return {name: np.array(g) * sign for name, g in zip(names, given, strict=True)}


# --- what is put at a place --------------------------------------------------------------------------------------


def evaluated(code: CodeType) -> Edit:
    """Evaluate other text where a value was computed; where it can't be yet, as in a loop's first round, keep that."""

    def edit(v: Any, frame: FrameType, k: int) -> Any:
        try:
            return eval(code, frame.f_globals, {**frame.f_locals, VALUE: v})  # the user's own names, in their own code
        except NameError:
            if k == 0:
                return v
            raise

    return edit


def put(values: Sequence[Any]) -> Edit:
    """Put values in place of those computed, one after the other; those that are None are kept."""
    return lambda v, frame, k: v if k >= len(values) or values[k] is None else _shaped(values[k], v)


def _shaped(new: Array, old: Any) -> Any:
    own = np.array(new)  # the user's code may write to it
    if hasattr(old, "shape"):
        return own.reshape(old.shape) if np.prod(old.shape, dtype=int) == own.size else own
    return own[()] if own.ndim == 0 else own


def shaken(random: np.random.Generator) -> Edit:
    """Put something near: to see what depends on a value."""

    def edit(v: Any, _: FrameType, __: int) -> Any:
        x = np.asarray(as_numpy(v))
        if x.dtype.kind != "f":
            return v
        size = float(np.abs(x).max(initial=0.0)) or 1.0
        return (x + 0.1 * size * random.standard_normal(x.shape))[()]

    return edit
