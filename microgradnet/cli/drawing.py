"""``microgradnet draw`` and ``explore``: a computation, the article's or one in a user's file, as a picture or live."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from microgradnet import article
from microgradnet.cli.common import SOURCE, SOURCE_HELP, function_in, say, tensor_of, worked_on
from microgradnet.cli.files import Force, keep_what_is_not_ours, write_marked

__all__ = ["draw_graph", "explore_graph"]


def draw_graph(
    source: Annotated[
        str,
        typer.Argument(
            metavar=SOURCE,
            help=SOURCE_HELP,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="The picture: .svg, .png or .pdf; .tex for TikZ; .dot or .gv for DOT text."
        ),
    ] = Path("graph.svg"),
    values: Annotated[str, typer.Option(help="Below a name: shape, statistics or numbers.")] = "shape",
    gradients: Annotated[bool, typer.Option("--gradients", help="Show the size of the gradient everywhere.")] = False,
    direction: Annotated[str, typer.Option(help="forward, backward, both or tangents.")] = "forward",
    depth: Annotated[
        int | None, typer.Option(help="How many levels of scopes stay open. Default: all.", show_default=False)
    ] = None,
    rankdir: Annotated[
        str | None,
        typer.Option(
            help="LR, from left to right, or TB, from top to bottom. Default: what suits.", show_default=False
        ),
    ] = None,
    theme: Annotated[str, typer.Option(help="light or dark.")] = "light",
    max_nodes: Annotated[int, typer.Option(help="Fold what would take more nodes than that.")] = 80,
    size: Annotated[str | None, typer.Option(help="slide or page: scale it to fit.", show_default=False)] = None,
    title: Annotated[str | None, typer.Option(help="What stands above it.", show_default=False)] = None,
    operations: Annotated[
        bool, typer.Option("--operations", help="The reverse pass operation by operation, in place of formulas.")
    ] = False,
    force: Force = False,
) -> None:
    """Draw a computation graph; for FILE.py:NAME this runs the file, as Python would: draw no file you don't trust."""
    from microgradnet.views.drawing import draw
    from microgradnet.views.rendering import format_of, to_bytes

    form = format_of(output)
    keep_what_is_not_ours([output], force)
    tensor, names = tensor_of(source)
    options: dict[str, Any] = {
        "values": values,
        "gradients": gradients,
        "direction": direction,
        "depth": depth,
        "rankdir": rankdir,
        "theme": theme,
        "max_nodes": max_nodes,
        "size": size,
        "title": title,
        "operations": operations,
    }
    with worked_on(source):
        picture = to_bytes(draw(tensor, names=names, **options), form)
    write_marked(picture, output)
    say(f"written to {output}")


def explore_graph(
    source: Annotated[str, typer.Argument(metavar=SOURCE, help=SOURCE_HELP)],
    output: Annotated[Path, typer.Option("--output", "-o", help="The page: .html.")] = Path("explore.html"),
    step: Annotated[
        float | None,
        typer.Option(help="A learning rate, to train in the page. Default: 1 for the article.", show_default=False),
    ] = None,
    manual: Annotated[
        str | None,
        typer.Option(
            help="A derivation by hand in the same file: a function whose parameters are called as the tensors. For "
            "the article, backprop is its own.",
            show_default=False,
        ),
    ] = None,
    max_nodes: Annotated[int, typer.Option(help="Fold what would take more nodes than that.")] = 200,
    force: Force = False,
) -> None:
    """Make a live page of a computation: step, edit, train; for FILE.py:NAME this runs the file, as Python would."""
    from microgradnet.exploring import explore

    if output.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"{output}: a live page is a file that ends in .html")
    keep_what_is_not_ours([output], force)
    tensor, names = tensor_of(source)
    is_article = source == "article"
    rate = 1.0 if step is None and is_article else step
    title = "The article's network" if is_article else None
    by_hand = None
    if manual is not None:
        by_hand = article.backprop if is_article else function_in(names, manual, source.rpartition(":")[0])
    with worked_on(source):
        page = explore(tensor, names=names, manual=by_hand, step=rate, title=title, max_nodes=max_nodes).html()
    write_marked(page.encode(), output)
    say(f"written to {output}")
