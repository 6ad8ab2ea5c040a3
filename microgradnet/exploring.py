"""`mg.explore`: a computation as a live page, with a derivation by hand beside it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from microgradnet.check import GradientReport, compare
from microgradnet.notation import TEXT, Notation
from microgradnet.passes import Passes
from microgradnet.record import Recorded, node_of
from microgradnet.text import legible
from microgradnet.views.explorer import Exploration, LineByHand, page_of

if TYPE_CHECKING:
    from microgradnet.typed import Tensor

__all__ = ["explore"]


def explore(
    output: Tensor,
    *,
    names: Mapping[str, Any] | None = None,
    manual: Callable[..., Any] | GradientReport | None = None,
    step: float | None = None,
    title: str | None = None,
    max_nodes: int = 200,
) -> Exploration:
    """Make a live page of a computation and its gradients: step through it, edit any number, train.

    Forward and reverse pass are computed anew in the browser whenever a number changes, in the dtypes of the arrays.

    Parameters
    ----------
    output : Tensor
        The loss: of one element.
    names : mapping of str to Tensor, optional
        Names for tensors, in place of those they have, such as ``locals()``; see `Graph.of`.
    manual : callable or GradientReport, optional
        A derivation by hand, whose source is shown beside the graph, line by line what it computes, and where it is
        wrong: a function whose parameters are called as the tensors that the output was computed from, and that
        returns gradients as `compare` takes them, or updates that point down the loss; or what `compare` returned.
    step : float, optional
        A learning rate: the page can train then, each parameter by ``w -= step * ∂output/∂w``.
    title : str, optional
        Of the page; the output's name by default.
    max_nodes : int
        How many boxes the picture has; what is more is folded, as by `draw`.

    Returns
    -------
    Exploration
        It shows itself in a notebook; ``.save("page.html")`` writes it: one file, which opens offline.

    Raises
    ------
    TypeError
        If the output isn't a tensor, or the title no text.
    ValueError
        If it has more than one element or requires no gradients, there is too much for a page, or a parameter of
        `manual` isn't called as anything that the output was computed from.
    RuntimeError
        If an earlier reverse pass has freed the graph, or there is no Graphviz to lay it out.

    Examples
    --------
    >>> import microgradnet as mg
    >>> x = mg.tensor([1.0, 2.0], requires_grad=True, name="x")
    >>> mg.explore(mg.sum(mg.exp(x)))
    <Exploration of loss: 6 values>
    """

    def beside(both: Passes, titles: Mapping[int, str]) -> list[LineByHand]:
        if manual is None:
            return []
        report = manual if isinstance(manual, GradientReport) else _compared(both, titles, manual)
        return [*_lines(both, titles, report)]

    return page_of(output, names, beside, step, title, max_nodes)


def _compared(both: Passes, titles: Mapping[int, str], manual: Callable[..., Any]) -> GradientReport:
    """Compare a derivation with the graph; where it is right but for its direction, as what points down the loss."""
    if not callable(manual):
        raise TypeError(
            f"explore: manual must be a function or what compare returned, got {legible(type(manual).__name__)}"
        )
    forward = both.graph[: both.seed]
    known = {titles[e.id]: e.id for e in forward if e.operation is None and e.id in titles}
    wanted = [
        p.name for p in inspect.signature(manual).parameters.values()
        if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]  # fmt: skip
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise ValueError(
            f"explore: manual takes {legible(unknown[0])}, and nothing that the output was computed from is called so: "
            f"{', '.join(map(legible, known)) or 'no tensor has a name'}"
        )
    places = [known[name] for name in wanted]

    def loss(*arguments: Any) -> Any:
        given = dict(zip(places, arguments, strict=True))
        values: list[Any] = []
        for entry in forward:
            if entry.operation is None:
                values.append(given.get(entry.id, entry.value))
                continue
            values.append(entry.operation.apply(*(values[i] for i in entry.inputs), **entry.static))
            if isinstance(values[-1], Recorded) and entry.id in titles:
                node_of(values[-1]).name = titles[entry.id]
        return values[both.output]

    parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in wanted]
    loss.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    arguments = [forward[i].value for i in places]
    positions = [k for k, i in enumerate(places) if i in both.gradients]
    report = compare(loss, manual, *arguments, argnums=positions)
    if not report:
        downwards = compare(loss, manual, *arguments, argnums=positions, descent=True)
        return downwards if downwards or _closer(downwards, report) else report
    return report


def _closer(a: GradientReport, b: GradientReport) -> bool:
    """Whether more gradients are right in a report than in another."""
    return sum(p.ok for p in a.parameters) > sum(p.ok for p in b.parameters)


def _lines(both: Passes, titles: Mapping[int, str], report: GradientReport) -> Iterator[LineByHand]:
    """Say of each line of a derivation which value of the graph it is."""
    notation = Notation(both.graph, lambda i: TEXT.name(titles[i]) if i in titles else None, TEXT)
    called = {TEXT.name(title): i for i, title in titles.items()}
    for entry in both.graph[: both.seed]:
        if entry.operation is not None:
            called.setdefault(notation.write(entry.id) or "", entry.id)
    for i, at in both.cotangents.items():
        called.setdefault(TEXT.partial.format("L", notation.refer(i, 3, closed=True)), at)
    for line in report.listing.lines:
        wrong = [w for d in line.diagnoses for w in (d.kind, d.correction or d.right) if w]
        found = (called.get(word) for text in _words(line.code, [q.text for q in line.quantities]) for word in text)
        place = next((i for i in found if i is not None), None)
        if place is None and line.diagnoses:  # where the wrong value would be
            place = both.gradients.get(called.get(line.diagnoses[0].parameters[0], -1))
        said = tuple((q.text, q.latex) for q in line.quantities)
        yield LineByHand(line.number, line.code, said, place, tuple(wrong))


def _words(code: str, said: list[str]) -> Iterator[list[str]]:
    """List what a line may be called in the graph, the surest first."""
    for text in said:
        whole = text.removeprefix("in the end ").removeprefix("−")
        yield [whole, whole.partition(" = ")[0]]
    variable = re.match(r"\s*(\w+)\s*=[^=]", code)
    if variable is not None and said and not said[0].startswith("unknown"):
        yield [variable[1]]
