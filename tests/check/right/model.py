"""What a right derivation is made of, how its arguments are drawn, and how it is judged."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

import microgradnet as mg

DTYPES = (np.float64, np.float32)
SEEDS = (0, 1, 2, 3)
SCALES = (1, 1e-6, 1e-3, 30, 100)


@dataclass(frozen=True, eq=False)
class Model:
    """A loss in plain NumPy, its gradient derived by hand, and the data that both are called with.

    `draw` makes the arguments in float64. `edges` do too, on the spots where people meet kinks: a dead row, a weight
    of exactly 0, a tie. There the hand-written gradient is one of several right ones.
    """

    name: str
    loss: Callable[..., Any]
    backprop: Callable[..., Any]
    draw: Callable[[np.random.Generator], tuple]
    argnums: int | tuple[int, ...]
    edges: Mapping[str, Callable[[np.random.Generator], tuple]] = field(default_factory=dict)

    @property
    def parameters(self) -> tuple[int, ...]:
        """The positions of the parameters, also of a single one."""
        return (self.argnums,) if isinstance(self.argnums, int) else self.argnums

    def gradients(self, *args) -> list[np.ndarray]:
        """What the hand-written function returns, one array per parameter, in the order of `argnums`."""
        found = self.backprop(*args)
        if isinstance(found, Mapping):
            names = self.loss.__code__.co_varnames
            found = [found[names[i]] for i in self.parameters]
        elif isinstance(self.argnums, int):
            found = [found]
        return [np.asarray(g) for g in found]


@dataclass(frozen=True)
class Case:
    """A model with one choice of data, dtype, seed and scale of its parameters."""

    model: Model
    edge: str = ""
    dtype: type = np.float64
    seed: int = 0
    scale: float = 1

    def __str__(self) -> str:
        name = f"{self.model.name}, {self.edge}" if self.edge else self.model.name
        return f"{name} [{np.dtype(self.dtype)}, seed {self.seed}, × {self.scale:g}]"

    def arguments(self, dtype: type | None = None) -> list:
        """The arguments: data and parameters in the case's dtype, the parameters scaled; then in `dtype` if given."""
        draw = self.model.edges[self.edge] if self.edge else self.model.draw
        args = [_cast(a, self.dtype) for a in draw(np.random.default_rng(self.seed))]
        for i in self.model.parameters:
            args[i] = args[i] * self.scale
        return args if dtype is None else [_cast(a, dtype) for a in args]

    def is_finite(self) -> bool:
        """Whether the loss and the hand-written gradient are finite here."""
        with np.errstate(all="ignore"):
            args = self.arguments()
            return bool(np.isfinite(self.model.loss(*args))) and all(
                np.isfinite(g).all() for g in self.model.gradients(*args)
            )

    def lost(self) -> list[float]:
        """How far each hand-written gradient is from itself in longer numbers: its own rounding, of its largest."""
        with np.errstate(all="ignore"):
            short, long = (self.model.gradients(*self.arguments(t)) for t in (None, np.longdouble))
            return [float(np.max(np.abs(a - b)) / (np.max(np.abs(b)) or 1)) for a, b in zip(short, long, strict=True)]


def _cast(value, dtype):
    floating = isinstance(value, np.ndarray | np.floating) and np.issubdtype(value.dtype, np.floating)
    return value.astype(dtype) if floating else value


def cases(models, dtypes=DTYPES, seeds=SEEDS, scales=SCALES) -> list[Case]:
    """All combinations; those without a finite loss are left out by whoever runs them."""
    return [
        Case(m, edge, dtype, seed, scale)
        for m in models
        for edge in ("", *m.edges)
        for dtype in dtypes
        for seed in seeds
        for scale in scales
    ]


def verdict(case: Case) -> str:
    """What is wrongly said of a right derivation: nothing, as "", if it is told to agree."""
    model, args = case.model, case.arguments()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("error")
        try:
            if not mg.compare(model.loss, model.backprop, *args, argnums=model.argnums).ok:
                return "called wrong"
            found = mg.diagnose(model.loss, model.backprop, *args, argnums=model.argnums)
        except Exception as error:  # whatever it is: nothing may be raised
            return f"raised {type(error).__name__}: {error}"
    return f"diagnosed: {found[0].kind}" if len(found) else ""


def _each(found, change):
    """What a hand-written function returned, with every gradient changed."""
    if isinstance(found, Mapping):
        return {name: change(np.asarray(g)) for name, g in found.items()}
    if isinstance(found, tuple | list):
        return type(found)(change(np.asarray(g)) for g in found)
    return change(np.asarray(found))


def in_float32(model: Model) -> Model:
    """The same derivation on float32 copies of its arguments, which returns float64."""

    def backprop(*args):
        short = model.backprop(*(_cast(a, np.float32) for a in args))
        return _each(short, lambda g: g.astype(np.float32).astype(np.float64))

    return replace(model, backprop=backprop)


def as_lists(model: Model) -> Model:
    """The same derivation, which returns nested lists of Python numbers."""
    return replace(model, backprop=lambda *args: _each(model.backprop(*args), lambda g: g.tolist()))


def as_float16(model: Model) -> Model:
    """The same derivation, which returns float16 to save memory."""
    return replace(model, backprop=lambda *args: _each(model.backprop(*args), lambda g: g.astype(np.float16)))


RETURNS = {"float32 as float64": in_float32, "lists": as_lists, "float16": as_float16}


MISTAKES = {"1 % too large": 1.01, "twice as large": 2.0, "the other sign": -1.0}


def with_mistake(case: Case, position: int, factor: float) -> Case:
    """A wrong derivation: the gradient of one parameter is multiplied by a factor."""
    model = case.model

    def backprop(*args):
        found = [
            g * factor if i == position else g for i, g in zip(model.parameters, model.gradients(*args), strict=True)
        ]
        return found[0] if isinstance(model.argnums, int) else found

    return replace(case, model=replace(model, backprop=backprop))


def verdict_on_mistake(case: Case) -> str:
    """What is wrongly said of a wrong derivation: nothing, as "", if it is told to differ."""
    model = case.model
    with np.errstate(all="ignore"):
        try:
            report = mg.compare(model.loss, model.backprop, *case.arguments(), argnums=model.argnums)
            return "let through" if report.ok else ""
        except Exception as error:
            return f"raised {type(error).__name__}: {error}"
