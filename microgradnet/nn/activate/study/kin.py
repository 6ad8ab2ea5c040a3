"""Is an activation known already? The registered ones that come nearest to it, scaled, shifted, with other parameters.

For every registered g the best a · g(bx + c; p) + d, and with a line e·x added, is fitted, by least squares on −8 … 8.
Nothing is said to be the same: what is said is how far apart they are, on more numbers than were fitted, and farther
out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from microgradnet.nn.activate.declaration import Activation
from microgradnet.nn.activate.registry import activations
from microgradnet.nn.activate.study.curve import Array, Curve

__all__ = ["Relative", "kin"]

LINE = np.linspace(-8.0, 8.0, 321) + 0.00137

CLOSELY, FAR = (np.linspace(-s, s, 8001) + 0.000137 for s in (8.0, 60.0))
"""Where the distance is measured: what fits the numbers of a coarse line may be a step between two of them."""

_SCALES = np.array([s * b for s in (1.0, -1.0) for b in (0.25, 0.5, 0.8, 1.0, 1.25, 1.702, 2.0, 3.0, 5.0)])
_SHIFTS = np.array([-4.0, -3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, 4.0])

SAME = 1e-12
"""Below this distance two differ by rounding alone, on the interval that was looked at."""

_FITTED = 5
"""How many of those that are near on the grid are fitted closely, beside those that have parameters."""

_NEAR = 0.25
"""What is farther than this is no kin."""


@dataclass(frozen=True)
class Relative:
    """A registered activation that comes near to another, by a · g(bx + c; p) + d + e·x.

    Attributes
    ----------
    name : str
        Of g.
    scale, stretch, shift, offset, line : float
        a, b, c, d and e.
    parameters : mapping of str to float
        p, where g has parameters.
    distance, far : float
        The root mean square of the difference on −8 … 8, and on −60 … 60, in relation to the standard deviation of f
        there.
    largest : float
        The largest difference there.
    """

    name: str
    scale: float
    stretch: float
    shift: float
    offset: float
    line: float
    parameters: Mapping[str, float]
    distance: float
    far: float
    largest: float

    @property
    def is_same(self) -> bool:
        """Whether there is nothing but rounding between them, on −60 … 60."""
        return max(self.distance, self.far) <= SAME

    def __str__(self) -> str:
        defaults = activations[self.name].parameters
        given = "".join(f", {k}={_number(v)}" for k, v in self.parameters.items() if v != defaults[k])
        inside = f"{_times(self.stretch)}x{_plus(self.shift)}{given}"
        text = f"{_times(self.scale)}{self.name}({inside}){_plus(self.offset)}"
        if self.line:
            sign = "−" if self.line < 0 else "+"
            text += f" {sign} {_times(abs(self.line))}x"
        return text


def _number(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")


def _times(value: float) -> str:
    return {1.0: "", -1.0: "−"}.get(float(f"{value:.4g}"), f"{_number(value)}·")


def _plus(value: float) -> str:
    if abs(value) < 5e-13:
        return ""
    return f" {'−' if value < 0 else '+'} {_number(abs(value))}"


def kin(curve: Curve, *, most: int = 3) -> tuple[Relative, ...]:
    """Find the registered activations that come nearest, the nearest first: a line is added only where it helps a lot.

    Parameters
    ----------
    curve : Curve
        It is no kin of its own, nor of what was registered with it under a second name.
    most : int
        How many are returned.
    """
    y = curve.value(LINE).astype(float)
    if not np.isfinite(y).all() or not np.std(y):
        return ()
    found = []
    for with_line in (False, True):
        basis = _projector(with_line)
        rest = y - basis @ (basis.T @ y)
        if np.linalg.norm(rest) <= SAME * np.linalg.norm(y):  # a line itself, and many have a straight piece
            line = activations["identity"]
            return () if curve.activation is line else (_nearest(curve, line, y, (1.0, 0.0), with_line=False),)
        near = sorted(_on_the_grid(curve, rest, with_line), key=lambda n: n[0])
        for rank, (_, name, start) in enumerate(near):
            if rank < _FITTED or (not with_line and _free(activations[name])):
                found.append(_nearest(curve, activations[name], y, start, with_line))
    plain = {r.name: r for r in found if not r.line}
    best: dict[str, Relative] = {}
    for r in sorted(found, key=_order):
        simpler = plain.get(r.name)
        if r.line and simpler and simpler.distance < max(10 * r.distance, SAME):
            continue
        if r.distance < _NEAR:
            best.setdefault(r.name, r)
    return tuple(list(best.values())[:most])


def _order(r: Relative) -> tuple[bool, int, float]:
    """Put first what is the same, the plainest before others; then what is near, and not too far farther out."""
    if not r.is_same:
        return True, 0, max(r.distance, 0.01 * r.far)
    defaults = activations[r.name].parameters
    changed = [
        r.line,
        r.shift,
        r.offset,
        r.scale - 1,
        r.stretch - 1,
        *(v - defaults[k] for k, v in r.parameters.items()),
    ]
    return False, sum(abs(v) > SAME for v in changed) + bool(r.line), 0.0


def _free(g: Activation) -> list[str]:
    return [k for k, v in g.parameters.items() if isinstance(v, float)]


def _nearest(curve: Curve, g: Activation, y: Array, start: tuple[float, float], with_line: bool) -> Relative:
    """Fit with the defaults of the parameters; and with others, if that comes much nearer."""
    fits = [_fitted(curve, g, y, start, [], with_line)]
    if _free(g) and not with_line:
        fits += [_fitted(curve, g, y, (b, c), _free(g), with_line) for b, c in (start, (1.0, 0.0))]
    least = min(r.distance for r in fits)
    return next(r for r in fits if r.distance <= max(1.1 * least, SAME))


def _projector(with_line: bool) -> Array:
    """Return an orthonormal basis of the constants, and of the lines."""
    return np.linalg.qr(np.stack([np.ones_like(LINE), LINE][: 1 + with_line], axis=1))[0]


def _known() -> Iterator[tuple[str, Activation]]:
    for name, g in activations.items():
        if g.elementwise and g.name == name:
            yield name, g


@lru_cache(maxsize=256)
def _family(g: Activation) -> Array:
    """Compute g(bx + c) for all stretches and shifts: shape (stretches, shifts, n), in float32."""
    x = _SCALES[:, None, None] * LINE + _SHIFTS[:, None]
    with np.errstate(all="ignore"):
        return np.asarray(g(x.astype(np.float32)))


def _on_the_grid(curve: Curve, rest: Array, with_line: bool) -> Iterator[tuple[float, str, tuple[float, float]]]:
    """Yield for each registered activation how near it comes, and with which b and c."""
    basis = _projector(with_line).astype(np.float32)
    wanted = (rest / np.linalg.norm(rest)).astype(np.float32)
    for name, g in _known():
        if g is curve.activation or g.function is curve.activation.function or (with_line and name == "identity"):
            continue
        try:
            values = _family(g)
        except Exception:  # another's activation may raise anything
            continue
        with np.errstate(all="ignore"):
            inside = values @ basis
            size = np.sqrt(np.maximum(np.sum(values**2, axis=-1) - np.sum(inside**2, axis=-1), 0))
            likeness = np.abs(values @ wanted) / np.where(size > 1e-3, size, np.inf)
        likeness = np.where(np.isfinite(likeness), likeness, 0.0)
        # Of those alike, as of a function that stretches don't change, the plainest.
        plain = np.abs(np.abs(_SCALES) - 1)[:, None] + np.abs(_SHIFTS) + (_SCALES < 0)[:, None]
        i, k = np.unravel_index(int(np.argmax(likeness - 1e-6 * plain)), likeness.shape)
        yield float(1 - likeness[i, k]), name, (float(_SCALES[i]), float(_SHIFTS[k]))


def _fitted(
    curve: Curve, g: Activation, y: Array, start: tuple[float, float], free: list[str], with_line: bool
) -> Relative:
    """Fit b, c and the parameters of g by Levenberg and Marquardt's rule; a, d and e are the best for each."""
    theta = np.array([*start, *(float(g.parameters[k]) for k in free)])
    rest, linear = _rest(g, free, theta, y, with_line)
    damping = 1e-3
    for _ in range(25):
        steps = 1e-6 * np.maximum(1.0, np.abs(theta))
        jacobian = np.stack(
            [
                (_rest(g, free, theta + h, y, with_line)[0] - _rest(g, free, theta - h, y, with_line)[0])
                / (2 * h.sum())
                for h in np.diag(steps)
            ],
            axis=1,
        )
        if not np.isfinite(jacobian).all():
            break
        normal = jacobian.T @ jacobian
        scaled = normal + damping * np.diag(np.maximum(np.diag(normal), 1e-12))
        tried = theta - np.linalg.solve(scaled, jacobian.T @ rest)
        new_rest, new_linear = _rest(g, free, tried, y, with_line)
        if np.sum(new_rest**2) < np.sum(rest**2):
            gained = 1 - np.sum(new_rest**2) / np.sum(rest**2)
            theta, rest, linear, damping = tried, new_rest, new_linear, max(damping / 10, 1e-15)
            if gained < 1e-3:  # it ends quickly where there is an end to come to, and else a few digits do
                break
        else:
            damping *= 10
            if damping > 1e6:
                break
    theta, linear = _rounded(g, free, theta, y, with_line, (rest, linear))
    a, d, *e = linear
    given = dict(zip(free, map(float, theta[2:]), strict=True))

    def off(x: Array) -> tuple[float, float]:
        with np.errstate(all="ignore"):
            fit = a * np.asarray(g(theta[0] * x + theta[1], **given)) + d + (e[0] * x if e else 0.0)
            wanted = curve.value(x)
            rest = wanted - fit
            return float(np.sqrt(np.mean(rest**2)) / np.std(wanted)), float(np.max(np.abs(rest)))

    (distance, largest), (far, _) = off(CLOSELY), off(FAR)
    return Relative(
        name=g.name, scale=float(a), stretch=float(theta[0]), shift=float(theta[1]), offset=float(d),
        line=float(e[0]) if e else 0.0, parameters=given, distance=distance, far=far, largest=largest,
    )  # fmt: skip


def _rest(g: Activation, names: list[str], theta: Array, y: Array, with_line: bool) -> tuple[Array, Array]:
    """Return what is left of y, and a, d and e; what can't be computed is infinitely far."""
    with np.errstate(all="ignore"):
        try:
            values = np.asarray(g(theta[0] * LINE + theta[1], **dict(zip(names, map(float, theta[2:]), strict=True))))
        except Exception:  # a parameter out of its range
            values = np.full(LINE.shape, np.nan)
        if values.dtype.kind != "f":  # of complex numbers: Python's root of a negative parameter is one
            values = np.full(LINE.shape, np.nan)
    basis = np.stack([values, np.ones_like(LINE), LINE][: 2 + with_line], axis=1)
    if not np.isfinite(basis).all():
        return np.full(LINE.shape, np.inf), np.full(2 + with_line, np.nan)
    linear = np.linalg.lstsq(basis, y, rcond=None)[0]
    return y - basis @ linear, linear


def _rounded(
    g: Activation, names: list[str], theta: Array, y: Array, with_line: bool, found: tuple[Array, Array]
) -> tuple[Array, Array]:
    """Prefer short numbers, and the parameters' defaults, where these come as near."""
    size = np.linalg.norm(found[0])
    defaults = np.array([1.0, 0.0, *(float(g.parameters[k]) for k in names)])
    unscaled = np.append(defaults[:2], theta[2:])
    rounded = [np.round(t, k) for t in (unscaled, theta) for k in (0, 1, 2, 3, 4, 6)]
    candidates = [defaults, np.append(theta[:2], defaults[2:]), unscaled, *rounded]
    for tried in candidates:
        rest, linear = _rest(g, names, tried, y, with_line)
        if np.linalg.norm(rest) <= max(1.0001 * size, 1e-14 * np.linalg.norm(y)):
            return tried, linear
    return theta, found[1]
