"""The wrong derivations of all corpora are what their first lines say, by finite differences alone.

Nothing of the package is used here: the right derivation is right, the wrong one is wrong, and replacing the statement
that is named by its correction mends it, on several draws of the data.
"""

import ast
import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parent / "derivations"
LATER = (
    "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
    "seventeenth", "eighteenth", "nineteenth", "twentieth", "twentyfirst", "twentysecond",
    "twentythird", "twentyfourth", "twentyfifth", "twentysixth", "twentyseventh", "twentyeighth",
    "twentyninth", "thirtieth", "thirtyfirst", "thirtysecond", "thirtythird", "thirtyfourth", "thirtyfifth",
    "thirtysixth", "thirtyseventh",
)  # fmt: skip
FOLDERS = FOLDER, *map(FOLDER.with_name, LATER)
FILES = [path for folder in FOLDERS for path in sorted(folder.glob("*.py"))]
SEEDS = range(3)


def head_of(source):
    """Return the fields of the docstring; a field goes on in the indented lines below it."""
    text = re.sub(r"\n {4}", " ", ast.get_docstring(ast.parse(source), clean=False))
    return dict(re.findall(r"^([\w ]+): (.*)$", text, flags=re.MULTILINE))


def changes(head):
    """Return the sets of lines of which each mends everything."""
    groups = [[int(n) for n in group.split(" or ")] for group in head["wrong line"].split(" and ")]
    together = [[int(n) for n in head["or together"].split(" and ")]] if "or together" in head else []
    return [*map(list, product(*groups)), *together]


def corrected(source, head, lines):
    """Replace the innermost statements that these lines are in by their corrections; of a block only its head."""
    statements = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)]
    text = source.splitlines()
    for line in sorted(lines, reverse=True):
        node = max((s for s in statements if s.lineno <= line <= s.end_lineno), key=lambda s: s.lineno)
        indent = " " * node.col_offset
        last = node.body[0].lineno - 1 if hasattr(node, "body") else node.end_lineno
        text[node.lineno - 1 : last] = [indent + head[f"correction {line}"]]
    return "\n".join(text)


def run(source, path):
    names = {"__name__": path.stem, "__file__": str(path)}
    exec(compile(source, str(path), "exec"), names)
    return names


def differences(names, arguments, step=1e-5):
    """Return the gradients of the loss, one for each of its parameters, by central differences."""
    loss, gradients = names["loss"], {}
    order = loss.__code__.co_varnames[: loss.__code__.co_argcount]
    for name in names["PARAMETERS"]:
        place = order.index(name)
        gradients[name] = np.zeros(np.shape(arguments[place]))
        for at in np.ndindex(gradients[name].shape):
            ends = []
            for h in (step, -step):
                moved = [*arguments]
                moved[place] = np.array(arguments[place])
                moved[place][at] += h
                ends.append(loss(*moved))
            gradients[name][at] = (ends[0] - ends[1]) / (2 * step)
    return gradients


def by_name(names, function, arguments):
    """Call a derivation on copies; it may return a mapping, a tuple, or the one gradient there is."""
    given = names[function](*[np.copy(a) if isinstance(a, np.ndarray) else a for a in arguments])
    if isinstance(given, dict):
        return {name: given[name] for name in names["PARAMETERS"]}
    if len(names["PARAMETERS"]) == 1 and not isinstance(given, tuple | list):
        given = [given]
    return dict(zip(names["PARAMETERS"], given, strict=True))


def wrong(derived, expected):
    """Return the names of the gradients that differ."""
    size = max(np.max(np.abs(e)) for e in expected.values())
    return [
        name
        for name, e in expected.items()
        if np.shape(derived[name]) != e.shape or not np.allclose(derived[name], e, rtol=1e-5, atol=1e-6 * size)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}: {path.stem}")
def test_a_derivation_is_what_its_first_lines_say(path):
    source = path.read_text(encoding="utf-8")
    head = head_of(source)
    names, repaired = run(source, path), [run(corrected(source, head, lines), path) for lines in changes(head)]
    assert {"expected kind", "wrong line", "source", "said", "what"} <= head.keys()
    for seed in SEEDS:
        arguments = names["data"](seed)
        expected = differences(names, arguments)
        assert not wrong(by_name(names, "right", arguments), expected), "the right derivation is wrong"
        assert wrong(by_name(names, "backprop", arguments), expected), "the wrong derivation is right"
        for lines, mended in zip(changes(head), repaired, strict=True):
            assert not wrong(by_name(mended, "backprop", arguments), expected), f"not mended by {lines}"


SEVERAL = [path for path in FILES if " and " in path.read_text(encoding="utf-8").split("what:")[0]]


@pytest.mark.parametrize("path", SEVERAL, ids=lambda path: f"{path.parent.name}: {path.stem}")
def test_no_one_of_several_corrections_is_enough(path):
    source = path.read_text(encoding="utf-8")
    head, names = head_of(source), run(source, path)
    arguments = names["data"]()
    expected = differences(names, arguments)
    for line in {line for lines in changes(head) if len(lines) > 1 for line in lines}:
        partly = run(corrected(source, head, [line]), path)
        assert wrong(by_name(partly, "backprop", arguments), expected), f"line {line} alone mends everything"


def test_the_corpus_is_large_and_diverse():
    heads = [head_of(path.read_text(encoding="utf-8")) for path in FILES]
    losses = {ast.unparse(function) for path in FILES for function in functions(path, "loss")}
    assert len(FILES) >= 60
    assert len(losses) >= 20
    assert sum(" and " in head["wrong line"] for head in heads) >= 6
    assert sum("another-loss" in head["expected kind"] for head in heads) >= 4


def functions(path, name):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
