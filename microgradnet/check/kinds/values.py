"""Two values at several arguments: multiples, masks, turns, sums of one another."""

from __future__ import annotations

import contextlib
import itertools
from typing import Any

import numpy as np

from microgradnet.check.align import Known, Match
from microgradnet.check.explain.chain import Chain
from microgradnet.check.kinds.parts import Parts, Values

__all__ = [
    "flipped", "is_array", "is_mask", "is_multiple", "is_real_array", "of_a_factor", "of_sizes",
    "of_values", "rowwise", "shifted",
]  # fmt: skip


def is_array(values: Values | None) -> bool:
    """Whether a value is an array with axes."""
    return values is not None and isinstance(values[0], np.ndarray) and values[0].ndim > 0


def is_real_array(values: Values | None) -> bool:
    """Whether a value is an array of real numbers."""
    return is_array(values) and values is not None and values[0].dtype.kind == "f"


def is_mask(values: Values | None) -> bool:
    """Whether a value consists of zeros and ones, of both."""
    return (
        values is not None
        and all(isinstance(v, np.ndarray) and v.size > 1 and bool(np.isin(v, (0, 1)).all()) for v in values)
        and any(np.unique(v).size == 2 for v in values)
    )


def _is_masked_otherwise(old: Any, new: Any) -> bool:
    """Whether two values are alike wherever neither is zero, and each is zero where the other isn't."""
    out, let = (old == 0) & (new != 0), (old != 0) & (new == 0)
    return bool(out.any() and let.any()) and np.allclose(old[~(out | let)], new[~(out | let)])


def is_multiple(olds: Values, news: Values) -> float | None:
    """Return the number that takes one value to the other at every draw."""
    factors = set()
    for o, n in zip(olds, news, strict=True):
        x, y = np.asarray(o, float).ravel(), np.asarray(n, float).ravel()
        if x.size != y.size or not x @ x > 0 or not np.isfinite(x).all() or not np.isfinite(y).all():
            return None
        c = float(x @ y) / float(x @ x)
        if np.abs(y - c * x).max() > 1e-9 * np.abs(y).max() or c == 0:
            return None
        factors.add(round(c, 9))
    return factors.pop() if len(factors) == 1 else None


def of_sizes(olds: Values, news: Values) -> str | None:
    """Tell a broadcast that wasn't summed from another shape."""
    o, n = olds[0], news[0]
    for count in range(1, o.ndim + 1):
        for axes in itertools.combinations(range(o.ndim), count):
            summed = o.sum(axes)
            if summed.size == n.size and np.allclose(summed.ravel(), n.ravel()):
                return "missing-sum"
    if o.size < n.size and o.size and np.allclose(np.sum(o), np.sum(n)):
        return "wrong-axis"
    with contextlib.suppress(ValueError):
        if np.broadcast_shapes(o.shape, n.shape) == n.shape:
            return None
    return "wrong-shape"


def flipped(pairs: list[tuple[Any, Any]]) -> bool:
    """Whether one value is the other in reverse along some axes."""
    axes = range(pairs[0][0].ndim)
    some = itertools.chain.from_iterable(itertools.combinations(axes, k) for k in (1, 2))
    return any(all(np.allclose(np.flip(o, along), n) for o, n in pairs) for along in some)


def shifted(pairs: list[tuple[Any, Any]]) -> bool:
    """Whether one value is the other moved along an axis by one or two, whatever is at its ends."""
    for axis, by in itertools.product(range(pairs[0][0].ndim), (1, 2)):
        count = pairs[0][0].shape[axis]
        first, last = np.arange(max(count - by, 0)), np.arange(min(by, count), count)
        for there, here in ((first, last), (last, first)) if len(first) > 1 else ():
            if all(np.allclose(o.take(there, axis), n.take(here, axis)) for o, n in pairs):
                return True
    return False


def rowwise(ratios: list[Any]) -> bool:
    """Whether a ratio is the same along an axis: a factor for each row or column."""
    for axis in range(ratios[0].ndim):
        if ratios[0].shape[axis] > 1 and all(
            np.isfinite(r).all() and np.allclose(r, r.take([0], axis), rtol=1e-9) for r in ratios
        ):
            return True
    return False


def of_a_factor(chain: Chain, c: float) -> str:
    """Say what it is to be multiplied by a number: not divided by a count, divided by one, or nothing of that."""
    if any(np.isclose(c, n) for n in chain.means - {2}):
        return "sum-for-mean"
    if any(np.isclose(c * n, 1) for n in chain.counts - {2}):
        return "mean-for-sum"
    return "sign" if c == -1 else "scale"


def _is_multiplied(known: Known, pairs: list[tuple[Any, Any]]) -> bool:
    """Whether one matrix times one that the loss has is the other, up to a factor."""
    matrices = [q.values for q in known.quantities if q.kind == "value" and q.values[0].ndim == 2]
    if pairs[0][0].ndim != 2:
        return False
    for value, turned, left in itertools.product(matrices, (False, True), (False, True)):
        made = []
        for m, (o, _) in zip(value, pairs, strict=True):
            a, b = (m.T if turned else m, o)[:: 1 if left else -1]
            made += [a @ b] if a.shape[1] == b.shape[0] else []
        if made and made[0].shape == pairs[0][1].shape and is_multiple(made, [n for _, n in pairs]) is not None:
            return True
    return False


def _is_data(parts: Parts, match: Match) -> bool:
    """Whether a value is given to the loss and isn't learnt, as a target or a baseline that is taken off."""
    return match.quantity.given and match.quantity.entry not in parts.known.draws[0].chain.parameters.values()


def of_values(parts: Parts, olds: Values, news: Values) -> str | None:
    """Compare two values at every draw."""
    olds, news = [np.asarray(o) for o in olds], [np.asarray(n) for n in news]
    if any(o.size != n.size for o, n in zip(olds, news, strict=True)):
        return of_sizes(olds, news)
    if not olds[0].size or any(x.dtype.kind not in "fiub" for x in (*olds, *news)):
        return None
    if all(o.dtype.kind in "iu" and o.ndim == 0 for o in olds):
        return parts.another_value()
    olds = [o.astype(float) for o in olds]
    news = [n.reshape(o.shape).astype(float) for o, n in zip(olds, news, strict=True)]
    if all(np.all(o == 0) for o in olds):
        return "detached"
    if all(np.array_equal(o, n) for o, n in zip(olds, news, strict=True)):
        return None  # at first, as in a loop
    pairs = list(zip(olds, news, strict=True))
    if olds[0].size > 1 and all(np.allclose(np.sort(o, None), np.sort(n, None)) for o, n in pairs):
        return "reversed" if flipped(pairs) else "transpose"
    factor = is_multiple(olds, news)
    if factor is not None:
        return of_a_factor(parts.known.draws[0].chain, 1 / factor)
    if all(is_mask([x]) for x in (*olds, *news)):
        return "wrong-mask"
    if all(_is_masked_otherwise(o, n) for o, n in pairs):
        return "wrong-mask"
    on = all(np.allclose(o[o != 0], n[o != 0]) for o, n in pairs)
    if on and all(is_mask([o]) for o in olds):  # something else where nothing comes through
        return "wrong-activation"
    if shifted(pairs):
        return "wrong-shape"
    with np.errstate(all="ignore"):
        for kind, ratios in (
            ("missing-factor", [n / o for o, n in zip(olds, news, strict=True)]),
            ("repeated-factor", [o / n for o, n in zip(olds, news, strict=True)]),
        ):
            if parts.known.identify(ratios) is not None or rowwise(ratios):
                return kind
    for kind, differences in (
        ("missing-term", [n - o for o, n in zip(olds, news, strict=True)]),
        ("repeated-term", [o - n for o, n in zip(olds, news, strict=True)]),
    ):
        match = parts.known.identify(differences)
        if match is not None and (match.factor > 0 or kind[0] == "r" or _is_data(parts, match)):
            return kind
    pairs = list(zip(olds, news, strict=True))
    for kind, some in (("missing-factor", pairs), ("repeated-factor", [(n, o) for o, n in pairs])):
        if _is_multiplied(parts.known, some):
            return kind
    if all(np.allclose(o[n != 0], n[n != 0]) for o, n in pairs):
        match = parts.known.identify(news)
        masked = match is not None and match.quantity.kind == "cotangent" and not parts.is_a_gradient(match)
        return "missing-factor" if masked else "repeated-term"
    return "missing-term" if on else None
