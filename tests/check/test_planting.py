"""The mistakes that are put into right derivations are mistakes, by finite differences alone."""

import itertools
from functools import cache

import pytest

from .planting import FOLDERS, mistaken, pair, read
from .test_corpus_of_derivations import by_name, differences, run, wrong

PATHS = [path for folder in FOLDERS for path in sorted(folder.glob("*.py"))]


@cache
def expected(path, seed):
    """Return the source, the arguments and the gradients by finite differences."""
    source, _ = read(path)
    names = run(source, path)
    arguments = names["data"](seed)
    return source, arguments, differences(names, arguments)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_the_derivation_is_right(path):
    for seed in range(2):
        source, arguments, true = expected(path, seed)
        assert not wrong(by_name(run(source, path), "backprop", arguments), true)


@pytest.mark.parametrize(
    ("path", "number"), [(path, k) for path in PATHS for k in range(len(read(path)[1]))],
    ids=lambda value: getattr(value, "stem", str(value)),
)  # fmt: skip
def test_each_mistake_is_one(path, number):
    source, arguments, true = expected(path, 0)
    text, lines = mistaken(source, *read(path)[1][number][:2])
    assert lines
    names = run(text, path)
    assert names["loss"](*arguments) == run(source, path)["loss"](*arguments)
    assert wrong(by_name(names, "backprop", arguments), true)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_two_that_are_drawn_are_two_in_any_order(path):
    source, arguments, true = expected(path, 0)
    number, text, (first, second), _, _ = pair(source, read(path)[1], "seed")
    assert first
    assert second
    assert not first & second
    for order in itertools.permutations(map(int, number.split("_"))):
        made = source
        for k in order:
            made, _ = mistaken(made, *read(path)[1][k][:2])
        assert made == text
    assert wrong(by_name(run(text, path), "backprop", arguments), true)


def test_there_are_many_of_many_sorts():
    mistakes = [m for path in PATHS for m in read(path)[1]]
    assert len(PATHS) >= 45
    assert len(mistakes) >= 950
    assert len({kind for m in mistakes for kind in m[2].split(" or ")}) >= 20
