"""Convolution over images and sequences, and what looks through windows as it does: pooling.

There is one operation, `convolution`, of which all gradients are convolutions again: it can also spread its input, with
zeros between, which is what a stride looks like from behind. Axes are ordered as in PyTorch and JAX: batch, channels,
and then those that the kernel moves along.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from microgradnet.ops.elementwise import add
from microgradnet.ops.reductions import max as max_
from microgradnet.ops.reductions import mean
from microgradnet.ops.shapes import as_ints, flip, given, is_index, moveaxis, pad, reshape, swapaxes, whole
from microgradnet.record import Array, given_for, mirrors, primitive

_Ints = tuple[int, ...]
_Setting = int | _Ints
"""One number for all axes that the kernel moves along, or one for each."""
_Pairs = tuple[tuple[int, int], ...]

_BLOCK = 1 << 19
"""The bytes of windows that are laid out at a time: they are read again while they are in the cache."""

_LONG = 4
"""Parts of an image of which two multiply the same rows are at least so many kernels long."""

# --- one convolution ---------------------------------------------------------------------------------
#
# Along each axis, with x spread out as x̃[j·spread] = x[j] and 0 elsewhere, also beyond both ends,
#
#     y[n, o, i] = Σ x̃[n, c, i·stride + k·dilation − before] · w[o, c, k]   over c and k.
#
# Several convolutions beside one another, of groups of channels, have an axis more: x (n, g, c, …), w (g, o, c, …).


def _places(n: int, size: int, stride: int, padding: tuple[int, int], spread: int, dilation: int) -> int:
    """Count the places of a kernel along an axis of length n."""
    return ((n - 1) * spread + sum(padding) - (size - 1) * dilation) // stride + 1


def _each(axes: int, setting: _Setting) -> _Ints:
    return (setting,) * axes if isinstance(setting, int) else setting


class _Moves:
    """How a kernel moves: one number for each axis, of settings that say one for all where all are the same."""

    def __init__(self, axes: int, stride: _Setting, padding: Any, spread: _Setting, dilation: _Setting) -> None:
        self.axes = axes
        self.stride, self.spread, self.dilation = _each(axes, stride), _each(axes, spread), _each(axes, dilation)
        self.padding: _Pairs = ((padding, padding),) * axes if type(padding) is int else padding

    def each(self, *arrays: Any) -> Iterable[tuple[Any, ...]]:
        """Go through the axes: the lengths of the arrays, and the four settings."""
        lengths = (a.shape[-self.axes :] for a in arrays)
        return zip(*lengths, self.stride, self.padding, self.spread, self.dilation, strict=True)


def _convolution_forward(
    xp: Any, x: Array, w: Array, stride: _Setting = 1, padding: Any = 0, spread: _Setting = 1, dilation: _Setting = 1,
    grouped: bool = False,
) -> Array:  # fmt: skip
    """Compute by the definition: take every window, and sum."""
    if xp is np:
        return _convolution_on_numpy(x, w, stride, padding, spread, dilation, grouped)
    if not hasattr(xp, "einsum"):
        raise TypeError(f"convolution: {xp.__name__} has no einsum")
    first = 2 + grouped
    moves = _Moves(x.ndim - first, stride, padding, spread, dilation)
    for n, size, s, (before, after), t, d in moves.each(x, w):
        at = s * np.arange(_places(n, size, s, (before, after), t, d))[:, None] + d * np.arange(size) - before
        inside = (at % t == 0) & (at >= 0) & (at < n * t)
        x = _taken(xp, xp.moveaxis(x, first, -1), at // t, inside)
    return xp.einsum(_SUBSCRIPTS[grouped, moves.axes], x, w)


def _taken(xp: Any, x: Array, at: Array, inside: Array | None = None) -> Array:
    """Take a table of places along the last axis; 0 where one isn't inside."""
    places = xp.asarray(np.clip(at, 0, x.shape[-1] - 1).reshape(-1))
    table = xp.reshape(xp.take(x, places, axis=-1), (*x.shape[:-1], *at.shape))
    return table if inside is None else xp.where(xp.asarray(inside), table, xp.zeros((), dtype=x.dtype))


_SUBSCRIPTS = {
    (False, 1): "ncik,ock->noi", (False, 2): "ncikjl,ockl->noij",
    (True, 1): "ngcik,gock->ngoi", (True, 2): "ngcikjl,gockl->ngoij",
}  # fmt: skip
"""Of the sum, by whether there are groups, and by how many axes the kernel moves along."""

_CONVOLUTION_SOURCE = """
def convolution(x, w, stride=1, padding=0, spread=1, dilation=1, grouped=False):
    first, axes = 2 + grouped, x.ndim - 2 - grouped
    stride, spread, dilation = (np.broadcast_to(a, axes) for a in (stride, spread, dilation))
    padding = np.broadcast_to(padding, (axes, 2))
    for size, s, (before, after), t, d in zip(w.shape[first:], stride, padding, spread, dilation):
        n = x.shape[first]
        places = ((n - 1) * t + before + after - (size - 1) * d) // s + 1
        at = s * np.arange(places)[:, None] + d * np.arange(size) - before
        inside = (at % t == 0) & (at >= 0) & (at < n * t)
        x = np.where(inside, np.moveaxis(x, first, -1)[..., np.clip(at // t, 0, n - 1)], np.zeros((), x.dtype))
    windows, kernels = ("ncik", "ock") if axes == 1 else ("ncikjl", "ockl")
    sums = f"{windows},{kernels}->no{'ij'[:axes]}".replace("n", "ng").replace("ock", "gock")
    return np.einsum(sums if grouped else sums.replace("g", ""), x, w, optimize=True)
"""


def _told(**settings: Any) -> dict[str, Any]:
    """Keep the settings that make a difference."""
    return {name: value for name, value in settings.items() if value is not _CONVOLUTION_DEFAULTS[name]}


_CONVOLUTION_DEFAULTS = {"stride": 1, "padding": 0, "spread": 1, "dilation": 1, "grouped": False}


def _convolution_source(**settings: Any) -> str:
    given = "".join([f", {name}={{{name}!r}}" for name in _told(**settings)])
    return f"{_CONVOLUTION_SOURCE}convolution({{0}}, {{1}}{given})"


def _in_words(settings: dict[str, Any]) -> str:
    """Say how a kernel moves: "stride 2, padding 1×0"."""
    told = {k: v for k, v in _told(**settings).items() if k != "grouped"}
    return ", ".join([f"{name} {_number(value)}" for name, value in told.items()])


def _number(value: Any) -> str:
    """Write one number for all axes, one for each, or a pair for each."""
    if isinstance(value, int):
        return str(value)
    return "×".join([":".join(map(str, v)) if isinstance(v, tuple) else str(v) for v in value])


def _convolution_text(**settings: Any) -> str:
    words = _in_words(settings)
    return f"({{0}} ⋆ {{1}}, {words})" if words else "{0} ⋆ {1}"


def _convolution_latex(**settings: Any) -> str:
    words = _in_words(settings).replace("×", "{{\\times}}").replace("-", "{{-}}")
    return rf"{{0}} \star_{{{{\text{{{{{words}}}}}}}}} {{1}}" if words else r"{0} \star {1}"


def _convolution_on_numpy(
    x: Array, w: Array, stride: _Setting = 1, padding: Any = 0, spread: _Setting = 1, dilation: _Setting = 1,
    grouped: bool = False,
) -> Array:  # fmt: skip
    """Compute with products of matrices: one convolution without zeros in between for every phase of the places."""
    moves = _Moves(x.ndim - 2 - grouped, stride, padding, spread, dilation)
    axes, dtype = moves.axes, np.result_type(x, w)
    shape = (*x.shape[: -axes - 1], w.shape[-axes - 2], *(_places(*one) for one in moves.each(x, w)))
    if not (x.size and w.size and math.prod(shape)):
        return np.zeros(shape, dtype)
    written = set(moves.spread) == {1}  # all of the result is
    y = (np.empty if written else np.zeros)(shape, dtype)
    x, w = (a.astype(dtype, copy=False) for a in (x, w))
    x, w, whole = (x, w, y) if grouped else (x[:, None], w[None], y[:, None])
    for phases in itertools.product(*(_phases(*one) for one in moves.each(w, y))):
        there, kept, *settings = zip(*phases, strict=True)
        part = whole[(..., *there)]
        out = part if written else np.empty(part.shape, dtype)
        _without_spread(out, x, w[(..., *kept)], *settings)
        if out is not part:
            part[...] = out
    return y


_Phase = tuple[slice, slice, int, int, int]


def _phases(size: int, places: int, stride: int, padding: tuple[int, int], spread: int, dilation: int) -> list[_Phase]:
    """Sort the places by which elements of the kernel meet no zero that was put between those of x.

    For places i = r + i′·s and elements k = k₀ + k′·d such that i·stride + k·dilation − before is a multiple of the
    spread, that multiple is i′·stride′ + k′·dilation′ − before′. Of each r: the slices of i and k, and the rest.
    """
    before, _ = padding
    s, d = spread // math.gcd(stride, spread), spread // math.gcd(dilation, spread)
    found = []
    for r in range(min(s, places)):
        first = next((k for k in range(min(d, size)) if (r * stride + k * dilation - before) % spread == 0), None)
        if first is not None:
            start = (r * stride + first * dilation - before) // spread
            by, apart = s * stride // spread, d * dilation // spread
            found.append((slice(r, None, s), slice(first, None, d), by, -start, apart))
    return found


def _without_spread(y: Array, x: Array, w: Array, stride: _Ints, before: _Ints, dilation: _Ints) -> None:
    """Convolve in the way that costs least; to lay a number out, or to add it, takes as long as fifteen products."""
    (out, channels, rows, *columns), across = w.shape[1:], math.prod(y.shape[4:])
    covered = channels * math.prod(columns)
    by_windows = covered * rows * (1 + out / 15) * y.shape[3] * across
    by_rows = (covered + rows * out + covered * rows * out / 15) * x.shape[3] * across
    if rows * math.prod(columns) > y.shape[3] * across:
        convolve = _sum_over_places
    elif by_rows < by_windows:
        convolve = _add_rows
    else:
        convolve = _sum_within_places
    convolve(y, x, w, stride, before, dilation)


_Axis = tuple[int, int, int, int]
"""Of a kernel along an axis: its elements, how far apart they are, its places, how far apart."""


def _seen(axis: _Axis) -> int:
    """Return how much a kernel sees of an axis, from its first element in the first place to its last in the last."""
    size, dilation, places, stride = axis
    return (size - 1) * dilation + (places - 1) * stride + 1


def _met(axis: _Axis, n: int, before: int) -> tuple[slice, slice]:
    """Return where in what a kernel sees, from so far before x on, there is x, of length n, and what of x that is."""
    seen = _seen(axis)
    return slice(max(0, before), max(0, min(seen, n + before))), slice(max(0, -before), max(0, min(n, seen - before)))


class _Layout:
    """Lays windows of the last axes out side by side, in the same memory again and again.

    ``[…, k…, …, i…]`` becomes x[…, i·stride + k·dilation − before], and 0 beyond the ends of x. The axes of the shorter
    of kernel and places, k, are put in behind the first two, and the longer ones, i, stay behind: long runs are copied.
    """

    def __init__(self, most: int, x: Array, axes: Sequence[_Axis], before: Sequence[int]) -> None:
        """Prepare the copies for so many of x at a time, axis by axis from the last: later ones find longer runs."""
        first = x.ndim - len(axes)
        met: list[Any] = [*map(_met, axes, x.shape[first:], before)]
        windows = np.zeros((most, *x.shape[1:first], *map(_seen, axes)), x.dtype)
        self.inside, self.of = windows[(..., *[there for there, _ in met])], [of for _, of in met]
        self.copies: list[tuple[Array, Array]] = []
        for j, (size, dilation, places, stride) in enumerate(reversed(axes), 1):
            if size == stride == 1:  # what is there are the windows
                continue
            x, at = windows, windows.ndim - j
            ahead, behind, step = x.shape[2:at], x.shape[at + 1 :], x.strides[at]
            shape = (*x.shape[:2], size, *ahead, places)
            strides = (*x.strides[:2], step * dilation, *x.strides[2:at], step * stride)
            windows = np.empty((*shape, *behind), x.dtype)
            runs = len(shape) - (stride == 1)  # what is behind is one element: NumPy takes its time between runs
            length = math.prod(windows.shape[runs:])
            run = np.dtype((np.void, length * x.itemsize))
            to = windows.reshape(*shape[:runs], length).view(run)[..., 0]
            self.copies.append((to, np.ndarray(to.shape, run, x, 0, strides[:runs])))
        self.windows = windows

    def lay(self, x: Array) -> Array:
        """Lay out x, or less of it than was prepared for."""
        self.inside[: len(x)] = x[(..., *self.of)]
        for to, of in self.copies:
            to[: len(x)] = of[: len(x)]
        return self.windows[: len(x)]


def _cut(n: int, each: int, least: int = 1) -> list[slice]:
    """Cut an axis of length n, with so many bytes at each place, evenly: nothing is longer than what comes first."""
    count = -(-n // max(least, _BLOCK // each))
    length = -(-n // count)
    return [slice(i, min(i + length, n)) for i in range(0, n, length)]


def _add_rows(y: Array, x: Array, w: Array, stride: _Ints, before: _Ints, dilation: _Ints) -> None:
    """Multiply the kernels with windows of the last axis only, and add up what each of their rows makes, shifted."""
    (n, groups, out, places, *columns), (rows, *last) = y.shape, w.shape[3:]
    kernels = w.transpose(0, 3, 1, *range(4, w.ndim), 2).reshape(groups, rows * out, -1)
    axes, across = [*zip(last, dilation[1:], columns, stride[1:], strict=True)], math.prod(columns)
    flat, of_a_row = y.reshape(n, groups, out, -1), kernels[:, 0].size * across * y.itemsize
    blocks = _cut(n, of_a_row * x.shape[3])
    most = blocks[0].stop
    least = max(8 * _BLOCK // (of_a_row * stride[0]), _LONG * rows * dilation[0])
    for part in _cut(places, of_a_row, least):
        row = (rows, dilation[0], part.stop - part.start, stride[0])
        there, of = _met(row, x.shape[3], before[0] - part.start * stride[0])
        layout = _Layout(most, x[:, :, :, of], axes, before[1:])
        products = np.zeros((most, groups, rows * out, _seen(row) * across), y.dtype)
        m, g, o, i = products.strides
        strides = (m, g, o * out + i * across * dilation[0], o, i * across * stride[0], i)
        shifted = np.ndarray((most, groups, rows, out, row[2], across), y.dtype, products, 0, strides)
        for block in blocks:
            windows = layout.lay(x[block, :, :, of])
            windows = windows.reshape(len(windows), groups, kernels.shape[2], -1)
            made = products[: len(windows), ..., there.start * across : there.stop * across]
            np.matmul(kernels, windows, out=made)
            total = flat[block, ..., part.start * across : part.stop * across]
            shifted[: len(windows)].reshape(len(windows), groups, rows, out, -1).sum(2, out=total)


def _sum_within_places(y: Array, x: Array, w: Array, stride: _Ints, before: _Ints, dilation: _Ints) -> None:
    """Multiply the kernels with the windows of some images, or rows, at a time: W (o, k·c) times (k·c, i)."""
    (n, groups, out, *places), size = y.shape, w.shape[3:]
    kernels, flat = np.moveaxis(w, 2, -1).reshape(groups, out, -1), y.reshape(n, groups, out, -1)
    axes, across = [*zip(size, dilation, places, stride, strict=True)], math.prod(places[1:])
    of_a_row = kernels[:, 0].size * across * y.itemsize
    blocks = _cut(n, of_a_row * places[0])
    for part in _cut(places[0], of_a_row):
        row = (size[0], dilation[0], part.stop - part.start, stride[0])
        ahead = before[0] - part.start * stride[0]
        layout = _Layout(blocks[0].stop, x, [row, *axes[1:]], (ahead, *before[1:]))
        for block in blocks:
            windows = layout.lay(x[block])
            windows = windows.reshape(len(windows), groups, kernels.shape[2], -1)
            np.matmul(kernels, windows, out=flat[block, ..., part.start * across : part.stop * across])


def _sum_over_places(y: Array, x: Array, w: Array, stride: _Ints, before: _Ints, dilation: _Ints) -> None:
    """Multiply where the kernel is the longer one, as that of a gradient is: (i, k) times Wᵀ (k, o), of each channel.

    Only windows of the last axis are laid out: for each row of the result, the matrix begins some rows further on. Rows
    of a kernel that lie d apart meet every d-th row of x, the same ones for every so many rows of the result.
    """
    (n, groups, out, rows, *places), (channels, size, *columns) = y.shape, w.shape[2:]
    x, kernels = x.swapaxes(0, 2), np.moveaxis(w, 2, 0)
    total = np.zeros((groups, rows, math.prod(places) * n, out), y.dtype)
    axes, across = [*zip(places, stride[1:], columns, dilation[1:], strict=True)], math.prod(columns)
    of_a_row = total[:, 0, :, 0].size * across * y.itemsize
    blocks = _cut(channels, of_a_row * size + total.nbytes)
    most, d, every = blocks[0].stop, dilation[0], dilation[0] // math.gcd(stride[0], dilation[0])
    for r, part in itertools.product(range(min(every, rows)), _cut(size, of_a_row)):
        some, (behind, first) = total[:, r::every], divmod(r * stride[0] - before[0], d)
        row = (some.shape[1], stride[0] * every // d, part.stop - part.start, 1)
        ahead = (-behind - part.start, *before[1:])
        layout = _Layout(most, x[:, :, :, first::d], [(1, 1, _seen(row), 1), *axes], ahead)
        windows = layout.windows.reshape(most, groups, -1, _seen(row) * across)
        m, g, i, k = windows.strides
        shape, strides = (most, *some.shape[:3], row[2] * across), (m, g, k * across * row[1], i, k)
        of_rows = np.ndarray(shape, y.dtype, windows, 0, strides)
        for block in blocks:
            count = len(layout.lay(x[block, :, :, first::d]))
            seen_by = kernels[block, :, :, part].reshape(count, groups, 1, out, -1)
            products = of_rows[:count] @ seen_by.swapaxes(3, 4)
            some += products.sum(0, dtype=y.dtype) if count > 1 else products[0]
    y[...] = np.moveaxis(total.reshape(groups, rows, *places, n, out), (-2, -1), (0, 2))


# --- its gradients -----------------------------------------------------------------------------------


def _convolution_of_x(
    g: Any, y: Any, x: Any, w: Any, stride: _Setting, padding: Any, spread: _Setting, dilation: _Setting, grouped: bool
) -> Any:
    """Convolve the cotangent, spread by the stride, with the kernels turned around."""
    moves = _Moves(x.ndim - 2 - grouped, stride, padding, spread, dilation)
    around = []
    for n, size, places, s, (before, _), t, d in moves.each(x, w, g):
        reach = (size - 1) * d
        around.append((reach - before, (n - 1) * t - (places - 1) * s + before))
    turned = swapaxes(flip(w, axis=tuple(range(-moves.axes, 0))), -moves.axes - 1, -moves.axes - 2)
    return _convolution(g, turned, moves.spread, around, moves.stride, moves.dilation, grouped)


def _convolution_of_w(
    g: Any, y: Any, x: Any, w: Any, stride: _Setting, padding: Any, spread: _Setting, dilation: _Setting, grouped: bool
) -> Any:
    """Convolve the input with the cotangent: images are the channels that are summed over."""
    moves = _Moves(x.ndim - 2 - grouped, stride, padding, spread, dilation)
    channels, around = -moves.axes - 1, []
    for n, size, places, s, (before, _), t, d in moves.each(x, w, g):
        around.append((before, (size - 1) * d + (places - 1) * s - before - (n - 1) * t))
    images, kernels = swapaxes(x, 0, channels), moveaxis(g, 0, channels)
    found = _convolution(images, kernels, moves.dilation, around, moves.spread, moves.stride, grouped)
    return moveaxis(found, 0, channels)


def _convolution_leading(i: int, x: Any, w: Any, *, grouped: bool, **static: Any) -> Any:
    """Take several batches of images as one, or several kernels as one with more channels."""
    if i == 0:
        return convolution(reshape(x, (x.shape[0] * x.shape[1], *x.shape[2:])), w, grouped=grouped, **static)
    at = 1 + grouped  # of the channels, behind the groups
    count, w = w.shape[0], moveaxis(w, 0, at - 1)
    merged = reshape(w, (*w.shape[: at - 1], count * w.shape[at], *w.shape[at + 1 :]))
    y = convolution(x, merged, grouped=grouped, **static)
    return moveaxis(reshape(y, (*y.shape[:at], count, w.shape[at], *y.shape[at + 1 :])), at, 0)


convolution: Callable[..., Any] = primitive(
    _convolution_forward,
    (_convolution_of_x, _convolution_of_w),
    name="convolution", keep="x w", structure="multilinear", leading=_convolution_leading,
    on_numpy=_convolution_on_numpy, source=_convolution_source,
    text=_convolution_text, latex=_convolution_latex, symbol="⋆",
    doc="What `conv1d` and `conv2d` compute, and their gradients.",
)  # fmt: skip


def _convolution(
    x: Any, w: Any, stride: _Ints, padding: Sequence[tuple[int, int]], spread: _Ints, dilation: _Ints, grouped: bool
) -> Any:
    """Convolve, and say one number for all axes where all are the same."""
    around = {n for pair in padding for n in pair}
    settings: dict[str, Any] = {"stride": stride, "spread": spread, "dilation": dilation}
    settings = {name: each[0] if len(set(each)) == 1 else each for name, each in settings.items()}
    settings |= {"padding": around.pop() if len(around) == 1 else tuple(padding), "grouped": grouped}
    return convolution(x, w, **_told(**settings))


# --- what people call --------------------------------------------------------------------------------

_AXES = {1: ("length",), 2: ("height", "width")}


def _for_each_axis(caller: str, what: str, value: Any, axes: int, least: int) -> _Ints:
    """Return one integer for each axis that the kernel moves along, of one for all or a sequence of them."""
    value = given_for(caller, what, value)
    more = f", or {axes} of them," if axes > 1 else ""
    wanted = f"{caller}: {what} must be an integer{more} of at least {least}, got {value!r}"
    try:
        each = as_ints(value)
    except TypeError:
        raise TypeError(wanted) from None
    each = each * axes if len(each) == 1 else each
    if len(each) != axes or min(each) < least:
        raise ValueError(wanted)
    return each


def _padding(caller: str, padding: Any, lengths: _Ints, reach: _Ints, stride: _Ints) -> _Pairs:
    """Return how many zeros stand before and after each axis; see `conv2d`."""
    padding = given_for(caller, "padding", padding)
    if isinstance(padding, str):
        if padding.lower() == "valid":
            return ((0, 0),) * len(lengths)
        if padding.lower() != "same":
            raise ValueError(f"{caller}: padding must be 'same', 'valid' or integers, got {padding!r}")
        totals = [max(0, (n - 1) // s * s + r - n) for n, r, s in zip(lengths, reach, stride, strict=True)]
        return tuple([(total // 2, total - total // 2) for total in totals])
    if isinstance(padding, Iterable) and any(not is_index(p) for p in padding):
        pairs: Any = tuple([_for_each_axis(caller, "padding", p, 2, 0) for p in padding])
        if len(pairs) != len(lengths):
            raise ValueError(f"{caller}: padding must be one pair for each of {len(lengths)} axes, got {padding!r}")
        return pairs  # type: ignore[no-any-return]
    return tuple([(p, p) for p in _for_each_axis(caller, "padding", padding, len(lengths), 0)])


def _check_shapes(caller: str, x: Any, w: Any, bias: Any, groups: int) -> None:
    """Say what doesn't fit, in the words of the shapes."""
    axes = int(caller[-2])
    kernel = ", ".join(_AXES[axes])
    shapes = f"(x has shape {x.shape}, the weights {w.shape})"
    if x.ndim != axes + 2:
        more = "; of one image give x[None]" if x.ndim == axes + 1 else ""
        raise ValueError(f"{caller}: x must have axes (batch, channels, {kernel}), got shape {x.shape}{more}")
    if w.ndim != axes + 2:
        raise ValueError(
            f"{caller}: weights must have axes (channels out, channels in / groups, {kernel}), got shape {w.shape}"
        )
    if w.shape[0] % groups:
        raise ValueError(f"{caller}: {w.shape[0]} channels out can't be divided among {groups} groups {shapes}")
    if x.shape[1] != w.shape[1] * groups:
        among = f" for each of {groups} groups" if groups > 1 else ""
        raise ValueError(f"{caller}: x has {x.shape[1]} channels, the weights are for {w.shape[1]}{among} {shapes}")
    for what, n in [*zip(_AXES[axes], x.shape[2:], strict=True), *zip(_AXES[axes], w.shape[2:], strict=True)]:
        if not n:
            raise ValueError(f"{caller}: the {what} is 0 {shapes}")
    if bias is not None and bias.shape != w.shape[:1]:
        raise ValueError(
            f"{caller}: the bias has shape {bias.shape}; one number for each channel out is needed, {w.shape[:1]}"
        )


def _conv(caller: str, x: Any, w: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: Any) -> Any:
    axes = int(caller[-2])
    x, w = given(x, caller), given(w, caller)
    bias = bias if bias is None else given(bias, caller)
    (groups,) = _for_each_axis(caller, "groups", groups, 1, 1)
    _check_shapes(caller, x, w, bias, groups)
    stride = _for_each_axis(caller, "stride", stride, axes, 1)
    dilation = _for_each_axis(caller, "dilation", dilation, axes, 1)
    lengths, size = x.shape[2:], w.shape[2:]
    reach = tuple([(k - 1) * d + 1 for k, d in zip(size, dilation, strict=True)])
    pairs = _padding(caller, padding, lengths, reach, stride)
    for what, n, k, r, pair in zip(_AXES[axes], lengths, size, reach, pairs, strict=True):
        if n + sum(pair) < r:
            spans = f" that spans {r}" if r != k else ""
            padded = f" padded to {n + sum(pair)}" if sum(pair) else ""
            raise ValueError(f"{caller}: a kernel of {what} {k}{spans} is longer than x, of {what} {n}{padded}")
    if groups > 1:
        x, w = reshape(x, _grouped(x.shape, 1, groups)), reshape(w, _grouped(w.shape, 0, groups))
    y = _convolution(x, w, stride, pairs, (1,) * axes, dilation, groups > 1)
    if groups > 1:
        y = reshape(y, (y.shape[0], y.shape[1] * y.shape[2], *y.shape[3:]))
    return y if bias is None else add(y, reshape(bias, (-1,) + (1,) * axes))


def _grouped(shape: _Ints, axis: int, groups: int) -> _Ints:
    """Make an axis into two: which group, and which of it."""
    return (*shape[:axis], groups, shape[axis] // groups, *shape[axis + 1 :])


@mirrors(inputs=2)
def conv1d(
    x: Any, weights: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Any:
    """Convolve sequences with kernels: as `conv2d` does, along one axis.

    Parameters
    ----------
    x : array_like or Tensor
        Of shape (n, channels in, length).
    weights : array_like or Tensor
        Of shape (channels out, channels in / groups, kernel length).
    bias : array_like or Tensor, optional
        Of shape (channels out,).
    stride, dilation : int
        By how much the kernel moves on, and how far apart its elements are on x.
    padding : {"same", "valid"}, int, or a list of one pair of int
        How many zeros are put before x, and after it.
    groups : int
        Into how many groups the channels are divided.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of shape (n, channels out, length).

    Raises
    ------
    ValueError
        If the shapes do not fit, or the kernel is longer than what it slides over.

    Examples
    --------
    >>> import microgradnet as mg
    >>> x = mg.tensor([[[1.0, 2.0, 4.0, 7.0]]])
    >>> mg.conv1d(x, [[[-1.0, 1.0]]])
    tensor([[[1., 2., 3.]]])
    >>> mg.conv1d(x, [[[1.0, 0.0, -1.0]]], padding="same")
    tensor([[[-2., -3., -5.,  4.]]])
    """
    return _conv("conv1d", x, weights, bias, stride, padding, dilation, groups)


@mirrors(inputs=2)
def conv2d(
    x: Any, weights: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Any:
    """Convolve images with kernels: slide each over x, and sum what it covers, each number times its weight.

    yₙₒᵢ = biasₒ + Σ x[n, c, i·stride + k·dilation − padding] · weights[o, c, k], over c and k. As in PyTorch and
    JAX the kernel isn't turned around, which in mathematics is called a cross-correlation.

    Parameters
    ----------
    x : array_like or Tensor
        Of shape (n, channels in, height, width).
    weights : array_like or Tensor
        Of shape (channels out, channels in / groups, kernel height, kernel width).
    bias : array_like or Tensor, optional
        Of shape (channels out,). By ``+`` such a vector would be added along the last axis.
    stride : int or pair of int
        By how much the kernel moves on.
    padding : {"same", "valid"}, int, pair of int, or pair of pairs of int
        How many zeros are put around x: as many before as after along each axis, or before and after. "same": so
        many that the result is as long as x divided by the stride, rounded up; an odd one stands after x.
        "valid": none.
    dilation : int or pair of int
        How far apart the elements of the kernel are on x.
    groups : int
        Into how many groups the channels are divided, each with kernels of its own. As many as there are
        channels: each channel by itself.

    Returns
    -------
    Tensor, or array if no argument is a Tensor
        Of shape (n, channels out, height, width), where a length n becomes
        (n + padding − (k − 1)·dilation − 1) // stride + 1.

    Raises
    ------
    ValueError
        If the shapes do not fit, or the kernel is longer than what it slides over.

    Examples
    --------
    >>> import microgradnet as mg
    >>> x = mg.tensor([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])
    >>> mg.conv2d(x, [[[[1.0, -1.0], [0.0, 1.0]]]], bias=[10.0])
    tensor([[[[14., 15.]]]])
    >>> mg.conv2d(x, [[[[1.0, -1.0], [0.0, 1.0]]]], padding=1).shape
    (1, 1, 3, 4)
    """
    return _conv("conv2d", x, weights, bias, stride, padding, dilation, groups)


# --- pooling -----------------------------------------------------------------------------------------


def _windows_on_numpy(x: Array, size: _Ints = (), stride: _Ints = ()) -> Array:
    """Copy the windows; what is reduced over them runs over long rows."""
    axes = tuple(range(-len(size), 0))
    every = np.lib.stride_tricks.sliding_window_view(x, size, axes)
    some: list[Any] = [slice(None, None, s) for s in stride]
    return np.moveaxis(every, axes, range(len(size)))[(..., *some)].copy()


def _windows_forward(xp: Any, x: Array, size: _Ints = (), stride: _Ints = ()) -> Array:
    if xp is np:
        return _windows_on_numpy(x, size, stride)
    axes = len(size)
    first = x.ndim - axes
    for n, k, s in zip(x.shape[first:], size, stride, strict=True):  # (…, n, …) becomes (…, …, k, places)
        x = _taken(xp, xp.moveaxis(x, first, -1), np.arange(k)[:, None] + s * np.arange((n - k) // s + 1))
    return xp.moveaxis(x, tuple(range(first, first + 2 * axes, 2)), tuple(range(axes)))


def _windows_source(size: _Ints, stride: _Ints) -> str:
    axes = tuple(range(-len(size), 0))
    every = f"np.lib.stride_tricks.sliding_window_view({{0}}, {size}, {axes})"
    return f"np.moveaxis({every}, {axes}, {tuple(range(len(size)))})[..., {', '.join(f'::{s}' for s in stride)}]"


_windows: Callable[..., Any] = primitive(
    _windows_forward,
    [lambda g, y, x, size, stride: _overlapped(g, stride=stride, lengths=x.shape[-len(size) :])],
    name="windows", keep="x", on_numpy=_windows_on_numpy, source=_windows_source, structure="linear",
    leading=lambda x, size, stride: moveaxis(_windows(x, size=size, stride=stride), len(size), 0),
    latex=r"\operatorname{{windows}} {0}",
    doc="Lay out the windows that slide over the last axes: (…, n) becomes (size, …, places).",
)  # fmt: skip


def _overlapped_on_numpy(g: Array, stride: _Ints = (), lengths: _Ints = ()) -> Array:
    axes = len(lengths)
    y = np.zeros((*g.shape[axes:-axes], *lengths), g.dtype)
    for k in np.ndindex(g.shape[:axes]):
        each = zip(k, g.shape[-axes:], stride, strict=True)
        there: list[Any] = [slice(i, i + n * s, s) for i, n, s in each]
        y[(..., *there)] += g[k]
    return y


def _overlapped_forward(xp: Any, g: Array, stride: _Ints = (), lengths: _Ints = ()) -> Array:
    if xp is np:
        return _overlapped_on_numpy(g, stride, lengths)
    for n, s in zip(lengths, stride, strict=True):  # (k, …, places, …) becomes (…, …, n)
        size, places = g.shape[0], g.shape[-len(lengths)]
        of = np.arange(n) - np.arange(size)[:, None]
        inside = (of % s == 0) & (of >= 0) & (of // s < places)
        g = xp.moveaxis(xp.moveaxis(g, -len(lengths), -1), 0, -2)
        g = xp.reshape(g, (*g.shape[:-2], size * places))
        g = xp.sum(_taken(xp, g, np.arange(size)[:, None] * places + of // s, inside), axis=-2)
    return g


_OVERLAPPED_SOURCE = """
def overlapped(g, stride, lengths):
    axes = len(lengths)
    y = np.zeros((*g.shape[axes:-axes], *lengths), g.dtype)
    for k in np.ndindex(g.shape[:axes]):
        there = [slice(i, i + n * s, s) for i, n, s in zip(k, g.shape[-axes:], stride)]
        y[(..., *there)] += g[k]
    return y
overlapped({0}, {stride!r}, {lengths!r})"""

_overlapped: Callable[..., Any] = primitive(
    _overlapped_forward,
    [lambda h, y, g, stride, lengths: _windows(h, size=g.shape[: len(stride)], stride=stride)],
    name="overlapped", keep="g", on_numpy=_overlapped_on_numpy, source=_OVERLAPPED_SOURCE, structure="linear",
    leading=lambda g, stride, lengths: _overlapped(moveaxis(g, 0, len(stride)), stride=stride, lengths=lengths),
    latex=r"\operatorname{{overlapped}} {0}",
    doc="Add windows up where they overlap: (size, …, places) becomes (…, n).",
)  # fmt: skip


def _pooled(caller: str, x: Any, size: Any, stride: Any, padding: Any, around: float) -> Any:
    """Return the windows of x, with `around` in the place of what is padded."""
    axes = len(as_ints(given_for(caller, "size", size))) if not is_index(size) else x.ndim - 2
    if axes not in (1, 2) or x.ndim < axes:
        raise ValueError(
            f"{caller}: x must have axes (batch, channels, length) or (batch, channels, height, width), or a size be "
            f"given for each of its last axes; got shape {x.shape} and size {size!r}"
        )
    size = _for_each_axis(caller, "size", size, axes, 1)
    stride = size if stride is None else _for_each_axis(caller, "stride", stride, axes, 1)
    padding = _for_each_axis(caller, "padding", padding, axes, 0)
    for what, n, k, p in zip(_AXES[axes], x.shape[-axes:], size, padding, strict=True):
        if p > k // 2:
            raise ValueError(f"{caller}: a padding of {p} is more than half of a window of {k}")
        if n + 2 * p < k:
            padded = f" padded to {n + 2 * p}" if p else ""
            raise ValueError(f"{caller}: a window of {what} {k} is longer than x, of {what} {n}{padded}")
    if any(padding):
        widths = [(0, 0)] * (x.ndim - axes) + [(p, p) for p in padding]
        x = pad(x, widths, constant_values=around)
    return _windows(x, size=size, stride=stride)


@mirrors(inputs=1)
def max_pool(x: Any, size: Any, stride: Any = None, padding: Any = 0) -> Any:
    """Take the largest number of every window. Where several are largest, they share the gradient equally.

    Parameters
    ----------
    x : array_like or Tensor
        Of shape (batch, channels, length) or (batch, channels, height, width).
    size : int, or tuple of one or two int
        Of a window. Given as a tuple, it is for as many of the last axes, whatever stands before them.
    stride : int or tuple of int, optional
        By how much it moves on; the default is its size, so that windows lie side by side. What is left over at
        the end, less than a window, is passed over.
    padding : int or tuple of int
        How many places beyond both ends belong to windows too, at most half of the size; nothing stands there.

    Returns
    -------
    Tensor, or array if `x` is no Tensor
        Of shape (batch, channels, …), where a length n becomes (n + 2·padding − size) // stride + 1.

    Raises
    ------
    ValueError
        If a window is longer than what it slides over.

    Examples
    --------
    >>> import microgradnet as mg
    >>> x = mg.tensor([[[[1.0, 2.0, 0.0, 1.0], [3.0, 0.0, 1.0, 5.0]]]])
    >>> mg.max_pool(x, 2)
    tensor([[[[3., 5.]]]])
    >>> mg.max_pool(x, (1, 3), stride=1)
    tensor([[[[2., 2.],
              [3., 5.]]]])
    """
    x = given(x, "max_pool")
    windows = _pooled("max_pool", x, size, stride, padding, np.iinfo(x.dtype).min if whole(x) else -math.inf)
    return max_(windows, axis=tuple(range(windows.ndim - x.ndim)))


@mirrors(inputs=1)
def avg_pool(x: Any, size: Any, stride: Any = None, padding: Any = 0) -> Any:
    """Take the mean of every window.

    Parameters
    ----------
    x : array_like or Tensor
        Of shape (batch, channels, length) or (batch, channels, height, width).
    size : int, or tuple of one or two int
        Of a window. Given as a tuple, it is for as many of the last axes, whatever stands before them.
    stride : int or tuple of int, optional
        By how much it moves on; the default is its size, so that windows lie side by side. What is left over at
        the end, less than a window, is passed over.
    padding : int or tuple of int
        How many zeros are put before and after, at most half of the size. They count as numbers of the windows, as
        in PyTorch.

    Returns
    -------
    Tensor, or array if `x` is no Tensor
        Of shape (batch, channels, …), where a length n becomes (n + 2·padding − size) // stride + 1.

    Raises
    ------
    ValueError
        If a window is longer than what it slides over.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.avg_pool(mg.tensor([[[1.0, 3.0, 2.0, 6.0]]]), 2)
    tensor([[[2., 4.]]])
    >>> mg.avg_pool(mg.tensor([[[1.0, 3.0, 2.0, 7.0]]]), 3, stride=1, padding=1)
    tensor([[[1.33333333, 2.        , 4.        , 3.        ]]])
    """
    x = given(x, "avg_pool")
    windows = _pooled("avg_pool", x, size, stride, padding, 0)
    return mean(windows, axis=tuple(range(windows.ndim - x.ndim)))
