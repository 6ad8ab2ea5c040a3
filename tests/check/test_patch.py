"""`patch`: a change is written as a person would write it, and nothing else of the file is touched."""

import pytest

from microgradnet.check.observe import Source
from microgradnet.check.patch import changed

from .test_observe import defined


def written(line, old, new):
    """Write a line of a function with other text for a part of it."""
    source = f"def f(a, b, c, d, y):\n    {line}\n    return y\n"
    program = Source.of(defined(source))
    place = next(p for p in program.places if p.kind == "expression" and program.text(p) == old)
    after = changed(program, program.file, [(place, new)])
    assert after.startswith("def f(a, b, c, d, y):\n    ")
    assert after.endswith("\n    return y\n")
    return after[len("def f(a, b, c, d, y):\n    ") : -len("\n    return y\n")]


@pytest.mark.parametrize(
    ("line", "old", "new", "after"),
    [
        ("y = a + b", "b", "-b", "y = a - b"),
        ("y = a - b", "b", "-b", "y = a + b"),
        ("y = a + (b - c)", "b - c", "-(b - c)", "y = a - (b - c)"),
        ("y = (a - b) - c * d", "c * d", "-c * d", "y = (a - b) + c * d"),
        ("y += b", "b", "-b", "y -= b"),
        ("y -= (b)", "b", "-b", "y += (b)"),
        ("y += a + b", "b", "-b", "y += a - b"),
        ("y += (a + b)", "a + b", "-(a + b)", "y -= (a + b)"),
        ("y = 2 * (a + b)", "b", "-b", "y = 2 * (a - b)"),
        ("y = a * b", "b", "-b", "y = a * -b"),
        ("y = -a + b", "-a", "-b", "y = -b + b"),
        ("y = a + b * c", "b", "-b", "y = a + -b * c"),
        ("y = a - -b", "-b", "b", "y = a - b"),
        ("y = a + b", "b", "-b - c", "y = a + (-b - c)"),
        ("y = a - (b)", "b", "-(b + c)", "y = a + (b + c)"),
        ("y = (a +\n         b)", "b", "-b", "y = (a +\n         -b)"),
    ],
)
def test_what_is_added_with_a_minus_is_subtracted(line, old, new, after):
    assert written(line, old, new) == after


@pytest.mark.parametrize(
    ("line", "old", "new", "after"),
    [
        ("y = a * (b + c)", "b + c", "b", "y = a * b"),
        ("y = a * (b + c)", "b + c", "b - c", "y = a * (b - c)"),
        ("y = (\n        a * (b + c)\n    )", "b + c", "b", "y = (\n        a * b\n    )"),
        ("y = abs(b + c)", "b + c", "b", "y = abs(b)"),
        ("y = (a, (b + c),\n         d)", "b + c", "b", "y = (a, b,\n         d)"),
        ("y = a.T @ (b + c); d = 1", "b + c", "d", "y = a.T @ d; d = 1"),
    ],
)
def test_parentheses_that_nothing_needs_are_gone(line, old, new, after):
    assert written(line, old, new) == after
