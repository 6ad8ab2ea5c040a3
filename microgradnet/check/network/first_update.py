"""Somebody's training, ended when it has updated everything once, however many rounds it goes by itself."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Mapping
from types import CodeType, FrameType
from typing import Any

import numpy as np

from microgradnet.check.network.attributes import Place

__all__ = ["Again", "FirstUpdate"]


class Again(BaseException):
    """Raised out of a training where a line updates for the second time; no ``except Exception`` catches it."""


class FirstUpdate:
    """Looks at numbers of a network after every line of its methods.

    A line that changes what it has changed before begins the second step: `Again` is raised there, and leaving the
    context puts the numbers back to what they were after the first.

    Parameters
    ----------
    network : object
        Whose methods are run in the context.
    places : iterable of Place
        The numbers.
    seen : mapping of str to object
        What was seen of the step so far.

    Attributes
    ----------
    names : dict of str to object
        The local names where the first number was changed.
    seen : dict of str to object
        What had been seen then.
    """

    def __init__(self, network: Any, places: Iterable[Place], seen: Mapping[str, Any]) -> None:
        self.network, self.places = network, tuple(places)
        self.names: dict[str, Any] = {}
        self.seen, self._seeing = dict(seen), seen
        methods = [f for kind in type(network).__mro__ for f in vars(kind).values() if inspect.isfunction(f)]
        self._codes = {f.__code__ for f in methods}
        self._changed: dict[tuple[CodeType, int, Place], Any] = {}
        self._line: tuple[CodeType, int] | None = None

    def __enter__(self) -> FirstUpdate:
        self._values = self._now()
        self._before = sys.gettrace()
        sys.settrace(self._call)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        sys.settrace(self._before)
        if kind is Again:
            for place, value in self._values.items():
                place.put(self.network, value)

    def _now(self) -> Mapping[Place, Any]:
        found = {}
        for place in self.places:
            try:
                value = place.of(self.network)
            except (AttributeError, KeyError, IndexError, TypeError):
                continue
            found[place] = np.array(value) if isinstance(value, np.ndarray) else value
        return found

    def _call(self, frame: FrameType, *_: Any) -> Any:
        return self._look if frame.f_code in self._codes else None

    def _look(self, frame: FrameType, *_: Any) -> Any:
        """Hold the numbers against what they were at the line before."""
        now = self._now()
        if self._line is not None:
            for place, value in now.items():
                self._compare(frame, place, self._values.get(place), value)
        self._values, self._line = now, (frame.f_code, frame.f_lineno)
        return self._look

    def _compare(self, frame: FrameType, place: Place, before: Any, now: Any) -> None:
        if self._line is None or before is None or np.shape(before) != np.shape(now):
            return
        changed = np.asarray(now != before)
        if not changed.any():
            return
        if not self.names:
            self.names, self.seen = dict(frame.f_locals), dict(self._seeing)
        known = self._changed.setdefault((*self._line, place), np.zeros(changed.shape, bool))
        if (known & changed).any():
            raise Again
        known |= changed
