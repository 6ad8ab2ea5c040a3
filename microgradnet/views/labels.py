"""Labels of scopes out of the way of arrows: Graphviz routes these around nodes, but not around labels.

A drawing is laid out, and a label that an arrow goes through moves to another corner of its scope. Where scopes came
out one on top of another, since their rows were to be in order, that order is left to Graphviz. What the drawing has as
comments, to be tried, holds where arrows are shorter with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np

__all__ = ["TRIED", "with_free_labels"]

TRIED = "//"
"""What a line of DOT text begins with that is tried: for Graphviz a comment."""

_SVG = "{http://www.w3.org/2000/svg}"
_LABEL = re.compile(
    r"(subgraph (cluster_\d+) \{\n\s*graph \[label=<.*) labeljust=([lrc])( labelloc=b)? (margin=\d+\]\n)"
)
_GROUP = re.compile(r"\t\w+ \[group=\w+\]\n")
_MOST_LAYOUTS = 5

Box = tuple[float, float, float, float]  # left, top, right, bottom
Points = np.ndarray[Any, np.dtype[np.float64]]


def with_free_labels(source: str, svg_of: Callable[[str], bytes]) -> str:
    """Move the labels of scopes that arrows go through, in the DOT text of `draw`; others are left alone."""
    if f"\n{TRIED}" in source:
        tried = re.sub(f"^{TRIED}", "", source, flags=re.MULTILINE)
        source = min(source, tried, key=lambda text: _length(ET.fromstring(svg_of(text))))
    turned: set[str] = set()
    for _ in range(_MOST_LAYOUTS):
        if not _LABEL.search(source):
            break
        root = ET.fromstring(svg_of(source))
        if _GROUP.search(source) and _is_torn(root):
            source = _GROUP.sub("", source)
            continue
        arrows = _arrows(root)
        crossed = {name: (scope, label) for name, scope, label in _labels(root) if _is_crossed(label, arrows)}
        sides = {name: _free_side(scope, label, arrows) for name, (scope, label) in crossed.items()}
        turning = {name for name, side in sides.items() if side is None} - turned
        turned |= turning
        source = _LABEL.sub(lambda m: _moved(m, sides.get(m[2]), m[2] in turning), source)  # noqa: B023
        if not turning:  # along its edge a label moves without moving anything else
            break
    return source


def _is_torn(root: ET.Element) -> bool:
    """Whether scopes overlap, of which neither is inside the other: so Graphviz may fail to keep rows in order."""
    boxes = np.array([scope for _, scope, _ in _labels(root)]).reshape(-1, 4)
    low, high = boxes[:, :2], boxes[:, 2:]
    meet = (np.minimum(high[:, None], high) - np.maximum(low[:, None], low) > 1).all(2)
    within = ((low[:, None] >= low - 1) & (high[:, None] <= high + 1)).all(2)
    return bool((meet & ~within & ~within.T).any())


def _moved(found: re.Match[str], side: str | None, is_turning: bool) -> str:
    before, _, before_side, bottom, after = found.groups()
    if is_turning:
        bottom = "" if bottom else " labelloc=b"
    return f"{before} labeljust={side or before_side}{bottom or ''} {after}"


def _length(root: ET.Element) -> float:
    """Add up the lengths of all arrows."""
    return sum(float(np.hypot(*np.diff(points, axis=0).T).sum()) for points in _curves(root))


def _arrows(root: ET.Element) -> Points:
    """List points along all arrows, close enough to each other that none passes a label unseen."""
    return np.vstack([np.zeros((0, 2)), *_curves(root)])


def _curves(root: ET.Element) -> Iterator[Points]:
    """List points along each part of an arrow."""
    t = np.linspace(0, 1, 25)[:, None]
    weights = np.hstack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3])
    for path in root.iterfind(f".//{_SVG}g[@class='edge']//{_SVG}path"):
        numbers = np.array(re.findall(r"-?\d+(?:\.\d+)?", path.get("d", "")), float).reshape(-1, 2)
        yield from (weights @ numbers[k : k + 4] for k in range(0, len(numbers) - 3, 3))


def _labels(root: ET.Element) -> Iterator[tuple[str, Box, Box]]:
    """List the scopes, each with its box and about that of its label."""
    for group in root.iterfind(f".//{_SVG}g[@class='cluster']"):
        outline = next(group.iter(f"{_SVG}path"), None)
        text = next(group.iter(f"{_SVG}text"), None)
        if outline is None or text is None or not text.text:
            continue
        corners = np.array(re.findall(r"-?\d+(?:\.\d+)?", outline.get("d", "")), float).reshape(-1, 2)
        size, x, y = (float(text.get(key, 0)) for key in ("font-size", "x", "y"))
        if text.get("text-anchor") == "middle":
            x -= 0.28 * size * len(text.text)
        label = (x - 2, y - 0.8 * size, x + 0.58 * size * len(text.text), y + 0.25 * size)
        (left, top), (right, bottom) = corners.min(0), corners.max(0)
        yield group.findtext(f"{_SVG}title", ""), (left, top, right, bottom), label


def _is_crossed(box: Box, arrows: Points) -> bool:
    left, top, right, bottom = box
    x, y = arrows.T
    return bool(((left < x) & (x < right) & (top < y) & (y < bottom)).any())


def _free_side(scope: Box, label: Box, arrows: Points) -> str | None:
    """Choose an end of the strip that the label is in, or its middle; None if arrows go through all of them."""
    width, margin = label[2] - label[0], 8.0
    places = {"l": scope[0] + margin, "r": scope[2] - margin - width, "c": (scope[0] + scope[2] - width) / 2}
    for side, left in places.items():
        if left >= scope[0] and not _is_crossed((left, label[1], left + width, label[3]), arrows):
            return side
    return None
