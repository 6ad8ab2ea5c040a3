"""A script is run until the first network of a class in it goes its first step back.

So a network and its data are had as the script makes them, however it does, and nothing is trained, plotted or saved
after that.
"""

from __future__ import annotations

import copy
import os
import runpy
import sys
from collections.abc import Mapping
from contextlib import suppress
from types import FrameType
from typing import Any

import numpy as np

from microgradnet.check.network.methods import (
    BACKWARD,
    FORWARD,
    LOSS,
    TRAIN,
    UPDATE,
    Method,
    bare,
    likely_role,
    method_of,
    role_of,
    trains,
)
from microgradnet.check.observe import unseen

__all__ = ["Watch"]

LOOKED_AT = frozenset(FORWARD + BACKWARD + LOSS + TRAIN + UPDATE)


class _Seen(BaseException):
    """Raised out of a script when there is nothing more to see in it; no ``except Exception`` catches it."""


class Watch:
    """Runs a script, and keeps what its first network of a class was asked.

    Parameters
    ----------
    name : str
        Of the class.
    backward : str, optional
        Which of its methods goes back, if the user says it.

    Attributes
    ----------
    network : object or None
        A copy of the network as it was before its first step back, or before its training; None if there was none.
    data : tuple
        x and y, if they were given to its methods.
    """

    def __init__(self, name: str, backward: str | None = None) -> None:
        self.name, self.backward = name, backward
        self.network: Any = None
        self.data: tuple[Any, ...] = ()
        self._names: dict[str, Any] | None = None
        self._training: FrameType | None = None
        self._forward: dict[str, Any] = {}

    def run(self, file: str) -> dict[str, Any]:
        """Run a script as Python would, without what it prints and shows; return its names."""
        argv, backend = sys.argv, os.environ.get("MPLBACKEND")
        sys.argv, os.environ["MPLBACKEND"] = [file], "Agg"
        try:
            with unseen():
                sys.setprofile(self._event)
                return runpy.run_path(file, run_name="__main__")
        except _Seen:
            return self._names or {}
        finally:
            sys.setprofile(None)
            sys.argv = argv
            if backend is None:
                del os.environ["MPLBACKEND"]
            else:
                os.environ["MPLBACKEND"] = backend

    def _event(self, frame: FrameType, event: str, _: Any) -> None:
        said = frame.f_code.co_name == self.backward
        name = bare(frame.f_code.co_name)
        if event == "return" and frame is self._training:
            raise _Seen
        if event != "call" or not (said or name in LOOKED_AT) or not frame.f_code.co_argcount:
            return
        own, *asked = frame.f_code.co_varnames[: frame.f_code.co_argcount + frame.f_code.co_kwonlyargcount]
        given = frame.f_locals
        network = given.get(own)
        if self.name not in [kind.__name__ for kind in type(network).__mro__]:
            return
        roles = {role: given[p] for p in reversed(asked) if (role := likely_role(p)) and given.get(p) is not None}
        if name in FORWARD and not said:
            self._forward = {"x": roles["x"]} if "x" in roles else {}
        elif trains(name, roles):
            self._begins_training(frame, network, roles)
        elif (
            said
            or name in BACKWARD
            or (name in LOSS and method_of(network, BACKWARD) is None and {"x", "y"} <= roles.keys())
        ):
            self._goes_back(frame, network, roles)

    def _begins_training(self, frame: FrameType, network: Any, roles: Mapping[str, Any]) -> None:
        if self._training is not None:
            return
        self._keep(frame, network, roles)
        self._training = frame
        loss = method_of(network, LOSS)
        if method_of(network, BACKWARD) is None and not (loss and {"x", "y"} <= set(loss.roles(network))):
            raise _Seen

    def _goes_back(self, frame: FrameType, network: Any, roles: Mapping[str, Any]) -> None:
        """Keep the step, if it can be made again with what is known; else the training that it is part of."""
        known = {**self._forward, **roles}
        if "x" in known and "y" not in known and not any(role_of(n) == "y" for n in getattr(network, "__dict__", {})):
            known |= _targets(frame, known["x"])
        with suppress(LookupError):
            Method(frame.f_code.co_name).arguments(network, {**known, "rate": 1.0, "output": None, "cache": None})
            self._keep(frame, network, known)
            raise _Seen
        if self._training is not None:
            raise _Seen

    def _keep(self, frame: FrameType, network: Any, roles: Mapping[str, Any]) -> None:
        pairs = "pairs" in roles and "x" not in roles
        self.data = (list(roles["pairs"])[:1],) if pairs else tuple(roles[r] for r in ("x", "y") if r in roles)
        self.network = copy.deepcopy(network)
        self._names = _script(frame)


def _script(frame: FrameType) -> dict[str, Any]:
    """Return the names of the script that a frame was called from."""
    outer: FrameType | None = frame
    while outer is not None and outer.f_globals.get("__name__") != "__main__":
        outer = outer.f_back
    return dict((outer or frame).f_globals)


def _targets(frame: FrameType, x: Any) -> dict[str, Any]:
    """Find the targets among the names of the script and of the function that made the call."""
    around = {**_script(frame), **(frame.f_back.f_locals if frame.f_back is not None else {})}
    fitting = [v for n, v in around.items() if role_of(n) == "y" and np.shape(v)[:1] == np.shape(x)[:1]]
    return {"y": fitting[-1]} if fitting else {}
