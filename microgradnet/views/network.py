"""A network as a beginner meets it: units are circles, weights are lines between them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from numbers import Integral
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from microgradnet.graph import Entry, Graph, located, needed
from microgradnet.record import Recorded, value_of
from microgradnet.text import legible, number, what
from microgradnet.trees import flatten, is_container
from microgradnet.views.drawing import Theme, at_least, chosen, inches, quiet, safe
from microgradnet.views.flow import flow

if TYPE_CHECKING:
    from microgradnet.views.rendering import Drawing

__all__ = ["draw_network"]

_MOST = 8  # units of a layer that are shown


def draw_network(
    *weights: Any,
    names: Mapping[str, Any] | Sequence[str] | None = None,
    values: bool | Sequence[Any] = False,
    row: int = 0,
    gradients: bool | Sequence[Any] = False,
    max_units: int = _MOST,
    title: str | None = None,
    theme: Literal["light", "dark"] = "light",
    fontsize: float = 12.0,
    size: Literal["slide", "page"] | tuple[float, float] | None = None,
) -> Drawing:
    """Draw a network of fully connected layers: a circle for each unit, a line for each weight.

    A line is the wider, the larger the weight is; blue and solid for a positive one, orange and dashed for a negative
    one. What is NaN or infinite is purple and dotted, counted beside, and no measure for others. Of a large layer the
    first and the last units are drawn.

    Parameters
    ----------
    *weights : array or Tensor, or an object that has some
        Matrices, from the inputs to the outputs: of shape (inputs, outputs), as in ``x @ W``, or all of them of shape
        (outputs, inputs), as in ``W @ x``. Or one thing that they are found in: a recorded loss; a network, whose
        attributes that are matrices and begin with *w*, as ``weights1`` or ``W1`` do; or a list or dict. What has one
        axis is the bias of the matrix before it. In a recorded loss layers are products of what the product before
        leads to with a matrix that is a parameter, or is made of one alone, as ``W.T`` is; a parameter that is added
        to one is its bias.
    names : mapping of str to Tensor, or sequence of str, optional
        What stands above the layers. Of a recorded loss, a mapping such as ``locals()``.
    values : bool or sequence of arrays
        Write into the units what they hold: arrays, one for each layer; of a recorded loss, True.
    row : int
        Which row of these, where they have several.
    gradients : bool or sequence of arrays
        Draw the lines after the gradients of the weights: those of the recorded loss or in ``.grad``, or those given.
    max_units : int
        How many units of a layer are drawn, at least 3.
    title, theme, fontsize, size :
        As in `draw`.

    Returns
    -------
    graphviz.Digraph
        As `draw` returns it.

    Raises
    ------
    TypeError
        If no matrices are found, or the title is no text.
    ValueError
        If they don't fit one another, or an option is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> import microgradnet as mg
    >>> weights1, weights2 = np.array([[0.5, -1.0], [2.0, 0.1]]), np.array([[1.0], [-0.5]])
    >>> mg.draw_network(weights1, weights2).render("network.svg")  # doctest: +SKIP
    'network.svg'
    """
    colours = chosen("draw_network", theme, fontsize, title)
    at_least("draw_network", "max_units", max_units, 3)
    found = _found(weights, names if isinstance(names, Mapping) else None, gradients is True)
    layers = [len(found.matrices[0]), *(m.shape[1] for m in found.matrices)]
    if values is True and found.values is None:
        raise ValueError("draw_network: values=True is for a recorded loss; give an array for each layer")
    held = _held(found.values if values is True else values if values is not False else None, layers, row)
    lines = found.gradients if gradients is True else _oriented(None if gradients is False else gradients, found)
    titles = found.titles if names is None or isinstance(names, Mapping) else _several("names", names)
    for given in titles:
        if not isinstance(given, str):
            raise TypeError(f"draw_network: names must be text, got {what(given)}")
    if len(titles) != len(layers):
        raise ValueError(f"draw_network: names must be one for each of {len(layers)} layers, got {len(titles)}")
    # Imported here because it loads graphviz, which `import microgradnet` shall not.
    from microgradnet.views.rendering import Drawing

    picture = _Units(
        layers, found.matrices if lines is None else lines, found.biases, titles, held, max_units, colours,
        "weight" if lines is None else "gradient", title, inches("draw_network", size),
    )  # fmt: skip
    return Drawing(body=list(picture.body()))


# --- what is drawn ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    """Matrices of shape (inputs, outputs), and what goes with them."""

    matrices: list[Any]
    biases: list[Any]
    titles: list[str]
    values: list[Any] | None = None
    gradients: list[Any] | None = None
    turned: bool = False


def _found(given: tuple[Any, ...], names: Mapping[str, Any] | None, with_gradients: bool) -> _Found:
    """Find the matrices in what was given."""
    if len(given) == 1 and isinstance(given[0], Recorded) and value_of(given[0]).ndim == 0:
        return _in_record(given[0], names, with_gradients)
    parts: list[Any] = []
    for k, thing in enumerate(given):
        if is_container(thing):
            flatten(thing, parts, lambda value: value is not None, f"draw_network: argument {k}")
        elif np.ndim(value_of(thing)) == 0 and hasattr(thing, "__dict__"):
            inside = {k: v for k, v in vars(thing).items() if k.lstrip("_")[:1] in ("w", "W")}
            parts += [v for v in inside.values() if np.ndim(value_of(v)) == 2]
            if not inside:
                raise TypeError(
                    f"draw_network: a {type(thing).__name__} has no matrices among its attributes that begin with w: "
                    "give the matrices, draw_network(W1, W2)"
                )
        else:
            parts.append(thing)
    matrices: list[Any] = []
    biases: list[Any] = []
    sources: list[Any] = []
    for part in parts:
        array = _real(part)
        if array.ndim == 2 and array.size:
            matrices.append(array)
            biases.append(None)
            sources.append(part)
        elif array.ndim == 1 and matrices:
            biases[-1] = array
        else:
            raise TypeError(f"draw_network: weights are matrices; got one of shape {array.shape}")
    if not matrices:
        raise TypeError("draw_network: give the weights: matrices, a recorded loss, or a network that has them")
    turned = _turned([m.shape for m in matrices])
    for matrix, bias in zip(matrices, biases, strict=True):
        if bias is not None and len(bias) != (units := matrix.shape[0 if turned else 1]):
            raise ValueError(f"draw_network: a bias is one number for each of {units} outputs, got {len(bias)}")
    grads = [getattr(s, "grad", None) for s in sources] if with_gradients else None
    if grads is not None and any(g is None for g in grads):
        raise ValueError("draw_network: gradients=True is for tensors that have a .grad, or a recorded loss")
    slopes = None if grads is None else [_real(g) for g in grads]
    return _Found(
        [m.T for m in matrices] if turned else matrices,
        biases,
        ["input", *(f"hidden {k}" if len(matrices) > 2 else "hidden" for k in range(1, len(matrices))), "output"],
        gradients=[g.T for g in slopes] if slopes is not None and turned else slopes,
        turned=turned,
    )


def _real(given: Any) -> Any:
    """Return an array of real numbers, whatever has them.

    Raises
    ------
    TypeError
    """
    value = value_of(given)
    try:
        array = np.asarray(value)
        if array.dtype.kind != "c":
            return array.astype(float)
    except (TypeError, ValueError):  # lists of several lengths, text
        pass
    raise TypeError(f"draw_network: arrays of real numbers are drawn, got {what(value)}")


def _several(option: str, given: Any) -> list[Any]:
    """Read an option that is one for each layer or matrix.

    Raises
    ------
    TypeError
    """
    try:
        return list(given)
    except TypeError as error:
        raise TypeError(f"draw_network: {option} must be a list, one for each, got {what(given)}") from error


def _turned(shapes: list[tuple[int, ...]]) -> bool:
    """Tell whether matrices are of shape (outputs, inputs); ValueError if they fit in neither way."""
    pairs = list(pairwise(shapes))
    if all(a[1] == b[0] for a, b in pairs):
        return False
    if all(a[0] == b[1] for a, b in pairs):
        return True
    words = ", ".join(f"{a}×{b}" for a, b in shapes)
    raise ValueError(
        f"draw_network: matrices of shapes {words} don't follow each other: outputs of one are inputs of the next"
    )


def _in_record(loss: Any, names: Mapping[str, Any] | None, with_gradients: bool) -> _Found:
    """Find the products with matrices that are learned, in order, and what goes in and comes out of each."""
    graph, _ = located(loss, names=names)
    computed = graph.values()
    gradients = flow(loss, names)[1].gradients if with_gradients else None
    users: list[list[int]] = [[] for _ in graph]
    for entry in graph:
        for i in entry.inputs:
            users[i].append(entry.id)
    matrices, biases, titles, values, slopes = [], [], [], [], []
    before: list[int] = []
    last = -1
    for entry in graph:
        weights = [i for i in entry.inputs if _is_learned(graph, i)]
        if len(weights) != 1 or len(graph[weights[0]].shape or ()) != 2 or not _does(graph, entry, np.matmul):
            continue
        (w,), (x,) = weights, [i for i in entry.inputs if i not in weights]
        turn: Callable[[Any], Any] = np.asarray if entry.inputs == (x, w) else np.transpose  # of W @ x
        if not {*before} <= {*needed(graph.nodes, [x])}:
            raise ValueError("draw_network: the products that were recorded don't follow each other; give the matrices")
        before = [entry.id]
        matrices.append(np.asarray(turn(computed[w]), float))
        bias, last = _through(graph, users, entry.id, matrices[-1].shape[1])
        biases.append(None if bias is None else np.asarray(computed[bias], float).ravel())
        values.append(turn(computed[x]))
        titles.append(graph[x].name or ("input" if len(matrices) == 1 else f"hidden {len(matrices) - 1}"))
        if gradients is not None:
            slopes.append(np.asarray(turn(gradients.get(w, np.zeros_like(computed[w]))), float))
    if not matrices:
        raise TypeError("draw_network: no product with a parameter that is a matrix was recorded: give the matrices")
    if any(a.shape[1] != b.shape[0] for a, b in pairwise(matrices)):
        raise ValueError("draw_network: the products that were recorded don't follow each other; give the matrices")
    end = graph[last].name or "output"
    return _Found(matrices, biases, [*titles, end], [*values, turn(computed[last])], slopes if with_gradients else None)


def _is_learned(graph: Graph, i: int) -> bool:
    """Whether an entry is a parameter, or an operation on one alone."""
    inputs = graph[i].inputs or (i,)
    return len(inputs) == 1 and graph[inputs[0]].kind == "parameter"


def _does(graph: Graph, entry: Entry, function: Callable[[Any, Any], Any]) -> bool:
    """Whether an operation on two arrays does what a function does: tried on numbers of their shapes."""
    shapes = [graph[i].shape for i in entry.inputs]
    if entry.operation is None or len(shapes) != 2 or None in shapes:
        return False
    random = np.random.default_rng(0)
    a, b = (random.normal(size=shape) for shape in shapes)
    try:
        expected = function(a, b)
    except ValueError:  # their shapes don't fit
        return False
    with np.errstate(all="ignore"):
        found = np.asarray(entry.operation.compute(a, b, **entry.static))
    return found.shape == expected.shape and np.allclose(found, expected)


def _through(graph: Graph, users: list[list[int]], at: int, units: int) -> tuple[int | None, int]:
    """Follow a product through its bias and its activation, as long as nothing else comes in."""
    bias = None
    while len(users[at]) == 1:
        user = graph[users[at][0]]
        others = [i for i in user.inputs if i != at and not graph[i].is_number]
        if user.shape != graph[at].shape or any(graph[i].kind != "parameter" for i in others):
            break
        learned = [i for i in others if graph[i].shape != ()]
        if learned and (bias is not None or math.prod(graph[learned[0]].shape or ()) != units):
            break
        if learned and not _does(graph, user, np.add):
            break
        bias = learned[0] if learned else bias
        at = user.id
        if user.name:
            break
    return bias, at


def _held(values: Any, layers: list[int], row: int) -> list[Any] | None:
    """Take a row of the values of each layer."""
    if values is None:
        return None
    if not isinstance(row, Integral):
        raise TypeError(f"draw_network: row must be a whole number, got {what(row)}")
    rows = []
    given = _several("values", values)
    for k, (value, units) in enumerate(zip(given, layers, strict=False)):
        array = _real(value)
        if array.ndim > 1:
            array = array.reshape(-1, array.shape[-1])
            if not -len(array) <= row < len(array):
                raise ValueError(f"draw_network: there are {len(array)} rows; got row={row}")
            array = array[row]
        if array.shape != (units,):
            raise ValueError(f"draw_network: values[{k}] has shape {np.shape(value)}; the layer has {units} units")
        rows.append(array)
    if len(rows) != len(layers):
        raise ValueError(f"draw_network: values are one array for each of {len(layers)} layers, got {len(rows)}")
    return rows


def _oriented(gradients: Any, found: _Found) -> list[Any] | None:
    """Check the gradients that were given against the matrices."""
    if gradients is None:
        return None
    arrays = [_real(g) for g in _several("gradients", gradients)]
    arrays = [a.T if found.turned else a for a in arrays]
    if [a.shape for a in arrays] != [m.shape for m in found.matrices]:
        raise ValueError("draw_network: gradients must be one of the shape of each matrix")
    return arrays


# --- DOT text -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Units:
    layers: list[int]
    lines: list[Any]
    biases: list[Any]
    titles: list[str]
    held: list[Any] | None
    most: int
    theme: Theme
    what: str
    title: str | None
    inches: tuple[float, float] | None

    def body(self) -> Iterator[str]:
        """Write the statements of the drawing: layers from left to right, then the lines between them."""
        theme, font = self.theme, self.theme.font
        size = "" if self.inches is None else f'size="{self.inches[0]:g},{self.inches[1]:g}!" '
        yield f'\tgraph [rankdir=LR splines=line nodesep=0.18 ranksep=1.3 {size}pad=0.15 bgcolor="{theme.background}" '
        yield f'fontname="{theme.face}" fontsize={font:g} fontcolor="{theme.quiet}"]\n'
        width = 0.55 if all(b is None for b in self.biases) else 0.68
        yield f'\tnode [shape=circle style=filled fixedsize=true width={width} fontname="{theme.face}" '
        yield f'fontsize={font:g} fontcolor="{theme.text}"]\n\tedge [arrowhead=none]\n'
        for k, units in enumerate(self.layers):
            yield from self.layer(k, units)
        largest = max(float(np.abs(m[np.isfinite(m)]).max(initial=0.0)) for m in self.lines)
        for k, matrix in enumerate(self.lines):
            for i in self.shown(self.layers[k]):
                for j in self.shown(self.layers[k + 1]):
                    if i is not None and j is not None:
                        yield self.line(k, i, j, float(matrix[i, j]), largest)
        yield from self.words(largest)

    def shown(self, units: int) -> list[int | None]:
        """List the units of a layer that are drawn; None for those between them that aren't."""
        if units <= self.most:
            return list(range(units))
        first = self.most // 2
        return [*range(first), None, *range(units - (self.most - first - 1), units)]

    def layer(self, k: int, units: int) -> Iterator[str]:
        """Write the units of a layer below its name."""
        theme = self.theme
        last = k == len(self.layers) - 1
        outline, fill = theme.input if k == 0 else theme.output if last else theme.operation
        above = f"<b>{safe(self.titles[k])}</b><br/>{quiet(f'{units:,} unit' + 's' * (units > 1), theme)}"
        width = max(1.0, 0.1 * len(legible(self.titles[k])))
        yield f"\tl{k} [shape=plaintext style=solid label=<{above}> width={width:.2f} height=0.5]\n"
        keys = [f"l{k}"]
        for i in self.shown(units):
            keys.append(f"u{k}_{'rest' if i is None else i}")
            if i is None:
                yield f'\t{keys[-1]} [shape=plaintext style=solid label="⋮" height=0.3 width=0.3 '
                yield f"fontsize={1.6 * theme.font:g}]\n"
                continue
            text = "" if self.held is None else safe(number(self.held[k][i], 2))
            bias = None if k == 0 else self.biases[k - 1]
            if bias is not None and i < len(bias):
                text += f"{'<br/>' if text else ''}{quiet(safe(_signed(bias[i])), theme)}"
            yield f'\t{keys[-1]} [label=<{text or " "}> color="{outline}" fillcolor="{fill}" penwidth=1.4]\n'
        yield f"\t{{rank=same; {' -> '.join(keys)} [style=invis weight=10]}}\n"

    def line(self, k: int, i: int, j: int, weight: float, largest: float) -> str:
        """Write the line of one weight."""
        tooltip = f'tooltip="{self.what} {safe(number(weight))}"'
        ends = f"\tu{k}_{i} -> u{k + 1}_{j}"
        if not np.isfinite(weight):
            return f'{ends} [color="{self.theme.folded[0]}" style=dotted penwidth=2.5 {tooltip}]\n'
        share = abs(weight) / (largest or 1.0)
        if share < 1e-12:
            return f'{ends} [color="{self.theme.scope[0]}" style=dotted penwidth=0.5 {tooltip}]\n'
        colour, style = (self.theme.input[0], "solid") if weight > 0 else (self.theme.not_finite, "dashed")
        strength = f"{round(70 + 185 * share):02X}"  # the smaller, the paler
        return f'{ends} [color="{colour}{strength}" style={style} penwidth={0.4 + 3.6 * share:.2f} {tooltip}]\n'

    def words(self, largest: float) -> Iterator[str]:
        """Write the title, and what lines mean."""
        theme = self.theme
        below = (
            f'<font color="{theme.input[0]}">━━</font> {quiet(f"positive {self.what}", theme)}    '
            f'<font color="{theme.not_finite}">╍╍</font> {quiet("negative", theme)}'
        )
        if largest:
            below += f"    {quiet(f'the widest line is ±{safe(number(largest, 3))}', theme)}"
        counts = (sum(int(np.count_nonzero(test(m))) for m in self.lines) for test in (np.isnan, np.isinf))
        if others := [f"{count:,} {word}" for count, word in zip(counts, ("NaN", "infinite"), strict=True) if count]:
            below += f'    <font color="{theme.folded[0]}">┉┉</font> {quiet(" and ".join(others), theme)}'
        if any(b is not None for b in self.biases):
            below += f"    {quiet('in grey: the bias', theme)}"
        if self.title is None:
            yield f"\tgraph [label=<{below}> labelloc=b]\n"
            return
        head = f'<font point-size="{1.5 * theme.font:g}" color="{theme.text}"><b>{safe(self.title, 100)}</b></font>'
        yield f"\tgraph [label=<{head}<br/>{below}> labelloc=t]\n"


def _signed(value: float) -> str:
    return f"+{number(value, 2)}" if value >= 0 else number(value, 2)
