"""`patch`: a change is written as a person would write it, and nothing else of the file is touched."""

import linecache
import re
import subprocess

import pytest

from microgradnet.check.observe import Source
from microgradnet.check.patch import as_diff, changed

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
        ("y = a + 0.5 * b", "0.5", "1.0", "y = a + b"),
        ("y = a * 2 + b", "2", "1", "y = a + b"),
        ("y = a * (2 * (b + c))", "2", "1", "y = a * (b + c)"),
        ("y = 1 / b * (c + d)", "1", "b", "y = c + d"),
        ("y = 1 / b", "1", "b", "y = b / b"),
        ("y = 2.0 * (a > b)", "2.0", "1.0", "y = 1.0 * (a > b)"),
        ("y = a + 2", "2", "1", "y = a + 1"),
    ],
)
def test_a_factor_of_one_is_left_out(line, old, new, after):
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


FILE = """# \N{LATIN SMALL LETTER E WITH ACUTE}
def f(a, b):
    y = a * b
    return y + a
"""

TOOLS = {"patch": ["patch", "-p1", "-i", "it.diff"], "git": ["git", "apply", "it.diff"]}


def placed(program, text, kind="expression"):
    return next(p for p in program.places if p.kind == kind and program.text(p) == text)


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("old", ["a * b", "y + a", "both", "more"])
@pytest.mark.parametrize(
    "written",
    [
        FILE,
        FILE.removesuffix("\n"),
        FILE.replace("\n", "\r\n"),
        FILE.replace("\n", "\r\n").removesuffix("\r\n"),
        FILE.replace("a * b\n", "a * b\r\n"),
        FILE.replace("a, b):\n", "a, b):\r"),
        FILE.replace("é", "é\f\u2028"),
        "\ufeff" + FILE,
        "\ufeff" + FILE.replace("\n", "\r\n").removesuffix("\r\n"),
        "\ufeff" + FILE.removeprefix("# é\n"),
    ],
    ids=["unix", "no end", "windows", "windows, no end", "mixed", "old", "feeds", "mark", "mark, no end", "mark alone"],
)
def test_a_patch_applies_to_the_file_as_it_is_written(tmp_path, monkeypatch, written, old, tool):
    path = tmp_path / "of_a_user.py"
    path.write_bytes(written.encode())
    names = {}
    exec(compile(written.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), str(path), "exec"), names)
    linecache.checkcache(str(path))
    program = Source.of(names["f"])
    changes = {
        "a * b": [(placed(program, "a * b"), "a - b")],
        "y + a": [(placed(program, "y + a"), "y")],
        "both": [(placed(program, "a * b"), "a - b"), (placed(program, "y + a"), "y")],
        "more": [(placed(program, "y = a * b", "statement"), "y = a\ny = y - b")],
    }[old]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "it.diff").write_bytes(as_diff(program, str(path), changed(program, str(path), changes)).encode())
    subprocess.run(TOOLS[tool], cwd=tmp_path, check=True, capture_output=True)
    wanted = written.replace("a * b", "a - b") if old in ("a * b", "both") else written
    wanted = wanted.replace("y + a", "y") if old in ("y + a", "both") else wanted
    if old == "more":
        wanted = re.sub(r"    y = a \* b(\r?\n)", r"    y = a\1    y = y - b\1", written)
    assert path.read_bytes().decode() == wanted
    assert not [*tmp_path.glob("*.rej"), *tmp_path.glob("*.orig")]
