"""What is needed at a place, found by how the gradients respond to what is put there.

Every number at a place is moved by itself, and the derivation run. Where the gradients are linear in them, as in what
comes back, a value belongs there if the product with that matrix is what is missing; else the value is solved for. What
the user's variables hold is then tried by such products alone, thousands at once; what fits is a text like any other:
`repair` runs it.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import CodeType, FrameType
from typing import Any

import numpy as np

from microgradnet.check.mend.rewrite import VALUE, Rewrite, closed, is_sum
from microgradnet.check.mend.surroundings import Surroundings
from microgradnet.check.mend.variables import TIMES, Variables, matrix_products, parsed, slopes, times
from microgradnet.check.observe import Place
from microgradnet.check.rerun import Edit, put

__all__ = ["Response", "alone", "applied", "fitting", "of_another_shape"]

Array = np.ndarray[Any, np.dtype[Any]]
Run = Callable[[Mapping[int, Edit]], Array | None]
Code = Callable[[str], CodeType | None]

LARGEST = 400
"""How many numbers may be at a place, all the times that it is reached."""

STEPS = 6
"""How often a value is solved for where the gradients aren't linear in it."""

NEAR = 1e-7
"""How near the gradients must come, relative to the largest element."""

BLOCKS = 6
"""How many blocks of matrices are multiplied by others."""

ATOMS, MOST, POOL, FEW = 48, 6000, 40, 4
"""How many variables are made use of, products of them, expressions from elsewhere, and numbers with powers."""

TERM, FACTOR, WHOLE = "\0term", "\0factor", "\0whole"
"""What stands in a text for the value, as a term, as a factor, or in parentheses: no source holds these."""


@dataclass(frozen=True, eq=False)
class Response:
    """Which values at a place make the gradients right: those with ``matrix @ value == target``.

    Attributes
    ----------
    now : ndarray
        What is there, all the times that the place is reached, in a row.
    shapes : tuple of tuple of int
        The shape at each time.
    """

    now: Array
    shapes: tuple[tuple[int, ...], ...]
    matrix: Array
    target: Array

    @cached_property
    def solved(self) -> tuple[Array, bool]:
        """A value with which the gradients are as near as they can be; and whether there is only one."""
        solved, _, rank, _ = np.linalg.lstsq(self.matrix, self.target, rcond=1e-10)
        return solved, int(rank) == solved.size

    @cached_property
    def first(self) -> Response:
        """What is needed the first time, whatever is there later: what a loop makes use of then is still right."""
        size = int(np.prod(self.shapes[0]))
        if len(self.shapes) == 1 or self.solved[1]:
            return self
        left, sizes, _ = np.linalg.svd(self.matrix[:, size:])
        free = left[:, int((sizes > 1e-10 * sizes.max(initial=0.0)).sum()) :].T
        matrix = free @ self.matrix[:, :size]
        if np.abs(matrix).max(initial=0.0) <= 1e-8 * np.abs(self.matrix).max():
            return self
        return Response(self.now[:size], self.shapes[:1], matrix, free @ self.target)

    def parts(self, row: Array) -> list[Array]:
        """Divide what is in a row by the times that the place is reached."""
        ends = np.cumsum([int(np.prod(s)) for s in self.shapes])[:-1]
        return [p.reshape(s) for p, s in zip(np.split(row, ends), self.shapes, strict=True)]

    @classmethod
    def of(cls, place: Place, run: Run, true: Array, near: Array) -> Response | None:
        """Move every number at a place; None where there are too many, or none.

        Parameters
        ----------
        run : callable
            The gradients with some edits, in a row; None where nothing comes out.
        true, near : ndarray
            The right gradients, in a row, and how near is near enough.
        """
        seen: list[Array] = []
        base = run({place.index: _keeping(seen)})
        if base is None or not np.isfinite(base).all() or not 0 < sum(v.size for v in seen) <= LARGEST:
            return None
        shapes = tuple(v.shape for v in seen)
        now = np.concatenate([v.ravel() for v in seen])
        if not np.isfinite(now).all():
            return None

        def at(row: Array) -> Array | None:
            parts = np.split(row, np.cumsum([int(np.prod(s)) for s in shapes])[:-1])
            found = run({place.index: put([p.reshape(s) for p, s in zip(parts, shapes, strict=True)])})
            return found if found is not None and np.isfinite(found).all() else None

        value, size = now, float(np.abs(now).max()) or 1.0
        for step in range(STEPS):
            by = size if step == 0 else 1e-6 * size  # of what is linear, a long step is exact
            columns = [at(value + by * row) for row in np.eye(now.size)]
            if any(c is None for c in columns):
                return None
            matrix = np.array([(c - base) / by for c in columns if c is not None]).T
            target = true - base + matrix @ value
            if not (np.isfinite(matrix).all() and np.isfinite(target).all()):
                return None  # from numbers near the largest there are
            if step == 0 and _is_linear(at, now, base, matrix, near):
                return cls(now, shapes, matrix, target)
            solved, _, rank, _ = np.linalg.lstsq(matrix, target, rcond=1e-10)
            if rank < now.size:
                return None
            value, found = solved, at(solved)
            if found is None:
                return None
            base = found
            if (np.abs(base - true) <= near).all():
                return cls(now, shapes, np.eye(now.size), value)
        return None

    def mends(self) -> bool:
        """Whether any value there makes all gradients right."""
        return bool(self.fits(self.solved[0][None], "value")[0])

    def fits(self, rows: Array, how: str, factors: Collection[float] = TIMES) -> Array:
        """Say with which of some factors each row mends the gradients; 0 where it doesn't with any.

        It is the value itself, or a term of it.
        """
        target = self.target - (self.matrix @ self.now if how == "term" else 0.0)
        size = float(np.abs(self.target).max()) or 1.0
        random = np.random.default_rng(17)
        probes = random.standard_normal((2, target.size)) / np.maximum(np.abs(target), 1e-3 * size)
        made, wanted = rows @ (probes @ self.matrix).T, probes @ target
        with np.errstate(all="ignore"):
            needed = wanted[0] / made[:, :1]
            each = np.array([*factors])
            nearest = each[np.abs(needed / each - 1).argmin(axis=1)] if len(rows) else np.zeros(0)
        scaled = nearest[:, None] * made
        close = np.abs(scaled - wanted) <= NEAR * (np.abs(scaled) + np.abs(wanted)) + 1e-300
        found = np.zeros(len(rows))
        for k in np.flatnonzero(close.all(axis=1)):
            if np.abs(nearest[k] * (self.matrix @ rows[k]) - target).max() <= NEAR * size:
                found[k] = nearest[k]
        return found


def _is_linear(at: Callable[[Array], Array | None], now: Array, base: Array, matrix: Array, near: Array) -> bool:
    moved = np.random.default_rng(19).standard_normal(now.size) * (float(np.abs(now).max()) or 1.0)
    found = at(now + moved)
    apart = None if found is None else np.abs(base + matrix @ moved - found)
    return apart is not None and bool((apart <= 1e-7 * (np.abs(matrix) @ np.abs(moved)) + 10 * near).all())


def _keeping(seen: list[Array]) -> Edit:
    def edit(v: Any, _: FrameType, __: int) -> Any:
        seen.append(np.array(v, dtype=float))
        return v

    return edit


# --- what may be there, in the user's variables -------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Made:
    """A text, how far it is from a single variable, and its numbers, all the times that the place is reached."""

    text: str
    far: float
    row: Array

    @property
    def is_a_number(self) -> bool:
        """Whether it is one number throughout: with a multiple, or a slope, of that anything can be made up for."""
        return bool((self.row == self.row[0]).all())


def fitting(at: Surroundings, response: Response, run: Run, code: Code) -> Iterator[Rewrite]:
    """List the texts with which a place would mend all gradients, made of what the variables hold there."""
    node, now = at.place.node, response.now
    parts = list(_parts(at, response, run, code))
    rows = np.array([p.row for p in parts]) if parts else np.zeros((0, now.size))
    own, whole = at.own, closed(node, at.own)
    term, factor = whole if isinstance(node, ast.Compare | ast.IfExp) else own, whole if is_sum(node) else own
    found: list[Rewrite] = []
    named = at.named  # with which something may be added, as what is penalised is

    def add(kind: str, how: str, far: float) -> None:
        filled = how.replace(TERM, term).replace(FACTOR, factor).replace(WHOLE, own)
        run = how.replace(TERM, VALUE).replace(FACTOR, VALUE).replace(WHOLE, VALUE)
        found.append(Rewrite(kind, filled, run, min(far, 0.74)))

    def look(kind: str, made: Array, how: str, text: Callable[[float, _Made], str], far: float) -> None:
        with np.errstate(all="ignore"):
            usable = np.logical_and(np.isfinite(made).all(axis=1), made.any(axis=1))
        factors = (*TIMES, *named, *(-n for n in named)) if how == "term" else TIMES
        for k, c in enumerate(response.fits(np.where(usable[:, None], made, 0.0), how, factors)):
            if c and usable[k] and (c in TIMES or not parts[k].is_a_number):
                add(kind, text(float(c), parts[k]), far + parts[k].far + (c not in TIMES) * 0.1)

    def divided(c: float, p: _Made) -> str:
        return f"{times(c, FACTOR)} / {_as_divisor(p.text)}"

    def added(c: float, p: _Made) -> str:
        if own == "0":
            return times(c, p.text, named)
        return f"{TERM} {'+' if c > 0 else '-'} {times(abs(c), p.text, named)}"

    with np.errstate(all="ignore"):
        for f in at.elementary:
            applied = getattr(np, f)(now)[None]
            if np.isfinite(applied).all() and (c := response.fits(applied, "value")[0]):
                add("wrong-activation", f"{times(c, at.numpy(f))}({WHOLE})", 0.3)
        look("missing-factor", now * rows, "value", lambda c, p: f"{times(c, FACTOR)} * {p.text}", 0.3)
        look("missing-factor", now / rows, "value", divided, 0.35)
    look("missing-term", rows, "term", added, 0.35)
    look("missing-term", rows - now, "value", lambda c, p: _from_a_whole(c, p.text), 0.4)
    look("unexplained", rows, "value", lambda c, p: times(c, p.text), 0.3 if at.place.is_read else 0.4)
    yield from sorted(found, key=lambda r: (r.far, len(r.source)))


def applied(at: Surroundings) -> Iterator[Rewrite]:
    """Apply the functions that the file has to what stands there."""
    own = at.text(at.place.node)
    for f in at.functions:
        yield Rewrite("wrong-activation", f"{f}({own})", f"{f}({VALUE})", 0.3)


def alone(at: Surroundings) -> Iterator[Rewrite]:
    """List what may be tried without knowing what is needed: what is at hand, and the functions that the source has."""
    own = at.text(at.place.node)
    for f in at.elementary:
        yield Rewrite("wrong-activation", f"{at.numpy(f)}({own})", f"{at.numpy(f)}({VALUE})", 0.3)
    if at.place.is_read and at.place.parent is not None:
        for text in _at_hand(at):
            yield Rewrite("unexplained", text, text, 0.4)


def _from_a_whole(c: float, text: str) -> str:
    """Take the value off another: y − a, or the other way round."""
    taken = f"{text} - {FACTOR}"
    return taken if c == 1 else times(c, f"({taken})")


def of_another_shape(at: Surroundings) -> Iterator[Rewrite]:
    """List what has another shape than what stands there: a factor or a term that was left out made it larger."""
    own, shape = at.closed(at.place.node), at.shape
    if shape is None or at.place.kind != "expression":
        return
    is_computed = isinstance(at.place.node, ast.Name) and at.place.parent is not None and at.is_made_here
    for name, other in at.arrays.items():
        if name == own or other == shape or not (larger := _broadcast(shape, other)):
            continue
        if at.place.is_read:
            yield Rewrite("wrong-point", name, name, 0.4)
        if larger != shape and not is_computed:
            yield Rewrite("missing-factor", f"{own} * {name}", f"{VALUE} * {name}", 0.4)
            yield Rewrite("missing-factor", f"{own} / {name}", f"{VALUE} / {name}", 0.45)
            for how in ("{} + {}", "{} - {}"):
                yield Rewrite("missing-term", how.format(own, name), how.format(VALUE, name), 0.4)
                yield Rewrite("missing-term", how.format(name, own), how.format(name, VALUE), 0.4)
    around, eye = at.shape_around, at.numpy("eye")
    if shape == () and eye and around is not None and len(around) == 2 and around[0] == around[1]:
        for count in (c for c, n in at.counts.items() if n == around[0]):
            yield Rewrite("missing-factor", f"{own} * {eye}({count})", f"{VALUE} * {eye}({count})", 0.4)


def _broadcast(shape: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...] | None:
    try:
        return np.broadcast_shapes(shape, other)
    except ValueError:
        return None


def _as_divisor(text: str) -> str:
    return text if text.isidentifier() or text[0] in "(0123456789" else f"({text})"


def _parts(at: Surroundings, response: Response, run: Run, code: Code) -> Iterator[_Made]:
    atoms = _held(at, response, run, code)
    yield from atoms
    slopes = list(_slopes(at, atoms))
    yield from slopes
    with np.errstate(all="ignore"):
        for p, q in itertools.permutations(atoms, 2):
            yield _Made(f"{p.text} / {_as_divisor(q.text)}", 0.2, p.row / q.row)
        for p, q in itertools.combinations(atoms, 2):
            yield _Made(f"({p.text} + {q.text})", 0.25, p.row + q.row)
            yield _Made(f"({p.text} - {q.text})", 0.25, p.row - q.row)
        pairs = ((i, p, k, q) for i, p in enumerate(atoms) for k, q in enumerate([*atoms, *slopes]) if k >= i)
        for _, p, _, q in itertools.islice(pairs, MOST):
            yield _Made(f"{p.text} * {q.text}", 0.1, p.row * q.row)


def _slopes(at: Surroundings, atoms: Sequence[_Made]) -> Iterator[_Made]:
    functions = [*at.elementary, *(["sign"] if "abs" in at.elementary else [])]  # the slope of that
    with np.errstate(all="ignore"):
        for p in atoms:
            x, row = p.text, p.row
            if "@" in x or "(" in x or (p.is_a_number and row.size > 1):
                continue
            yield from (_Made(text, 0.05, slope) for text, slope in slopes(x, row))
            if "exp" in functions:
                yield _Made(f"(1 / (1 + {at.numpy('exp')}(-{x})))", 0.15, 1 / (1 + np.exp(-row)))
            for f in functions:
                yield _Made(f"{at.numpy(f)}({x})", 0.1, getattr(np, f)(row))


def _held(at: Surroundings, response: Response, run: Run, code: Code) -> list[_Made]:
    """Read what the variables hold, each time that the place is reached; and products of matrices of them."""
    shape, scope = response.shapes[0], Variables(at.program, [at.seen], at.place)
    some = dict([*at.arrays.items(), *_blocks(at)][::-1])  # the latest first
    joined = [*matrix_products(some, shape)]
    texts = [*_at_hand(at), *joined]
    codes = {t: c for t in texts if (node := parsed(t)) is not None and scope.can_compute(node) and (c := code(t))}
    # Where a loop makes use of what it made before, that is read as it is when it is right.
    needed = put(response.parts(response.solved[0]) if response.solved[1] else [])
    read: dict[str, list[Array]] = {t: [] for t in codes}

    def edit(v: Any, frame: FrameType, k: int) -> Any:
        for text in [*read] if k < len(response.shapes) else ():
            try:
                x = np.asarray(eval(codes[text], frame.f_globals, frame.f_locals))  # the user's own names
                if x.dtype.kind not in "fiu":
                    raise ValueError
                read[text].append(np.broadcast_to(x.astype(float), np.shape(v)).ravel())
            except Exception:  # what the user's values may raise
                del read[text]
        return needed(v, frame, k)

    if run({at.place.index: edit}) is None:
        return []
    found: list[_Made] = []
    products = 0  # of matrices, of which there are as many again
    for text, rows in read.items():
        row = np.concatenate(rows) if rows else np.zeros(0)
        if row.size == response.now.size and np.isfinite(row).all() and row.any():
            simple = text.isidentifier() or text[0].isdigit()
            far = 0.0 if simple else 0.1 if "(" in text or "@" in text else 0.05
            again = len(response.shapes) == 1 == at.seen.seen[at.place.index].count
            room = products < ATOMS if text in joined else len(found) - products < ATOMS
            if room and not (again and any(np.array_equal(row, p.row) for p in found)):
                found.append(_Made(text, far, row))
                products += text in joined
    return found


def _blocks(at: Surroundings) -> list[tuple[str, tuple[int, ...]]]:
    """List the first rows of matrices, or the last, that are read somewhere, and their shapes."""
    some = ((t, s) for t, s in at.expressions.items() if len(s) == 2 and t.endswith("]"))
    cut = ((t, s) for t, s in some if isinstance(getattr(parsed(t), "slice", None), ast.Slice))
    return [*itertools.islice(cut, BLOCKS)]


def _at_hand(at: Surroundings) -> list[str]:
    """List what is at hand, the simplest first: variables, their elements, numbers and powers, what is elsewhere."""
    elements = [t for t in at.expressions if isinstance(parsed(t), ast.Subscript)]
    whole = ((parsed(t), t) for t in at.expressions if t not in at.around)
    others = [closed(node, t) for node, t in whole if node is not None][:POOL]
    powers = [f"{number} ** {k}" for number in [*at.scalars][:FEW] for k in at.indices[:2]]
    texts = dict.fromkeys((*at.variables, *elements, *at.one_hot, *powers, *at.parts, *at.numbers, *others))
    own = at.text(at.place.node)
    return [t for t in texts if t not in (own, f"({own})", at.place.variable)]
