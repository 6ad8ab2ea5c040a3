"""The public face, as type checkers see it: what they reveal, what they refuse, and that it is what comes back."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

import microgradnet as mg

ROOT = Path(__file__).parents[1]
RIGHT, WRONG = (ROOT / "tests" / "typing" / name for name in ("right.py", "wrong.py"))
PAGE = ROOT / "docs" / "how-to" / "types.md"
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))

Errors = set[tuple[str, int]]
"""The file's name, and the line."""


@cache
def mypy(*files: Path) -> Errors:
    # The examples are read by people who annotate nothing. A cache of its own, for other options would renew the other.
    options = ["--strict", "--allow-untyped-defs", "--allow-untyped-calls", "--cache-dir", ".mypy_cache/public"]
    command = [sys.executable, "-m", "mypy", "--no-error-summary", *options, *map(str, (*files, *EXAMPLES))]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return {(Path(m[1]).name, int(m[2])) for m in re.finditer(r"^(.+?):(\d+): error: ", done.stdout, re.MULTILINE)}


@cache
def basedpyright(*files: Path) -> Errors:
    command = [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, "--outputjson", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    found = [d for d in json.loads(done.stdout)["generalDiagnostics"] if d["severity"] == "error"]
    return {(Path(d["file"]).name, d["range"]["start"]["line"] + 1) for d in found}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code of the page on types, as a file."""
    cells = re.findall(r"^```\{code-cell\}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    file = tmp_path_factory.mktemp("page") / "page.py"
    file.write_text("".join(cells), encoding="utf-8")
    return file


@pytest.fixture(params=[mypy, basedpyright], ids=lambda f: f.__name__)
def errors(request: pytest.FixtureRequest, page: Path) -> Errors:
    check: Callable[..., Errors] = request.param
    pytest.importorskip(check.__name__, reason="the type checker isn't installed")
    return check(RIGHT, WRONG, page)


def of(file: str, errors: Errors) -> list[int]:
    return sorted(line for name, line in errors if name == file)


def test_type_checkers_refuse_what_is_wrong(errors: Errors) -> None:
    lines = WRONG.read_text(encoding="utf-8").splitlines()
    assert of("wrong.py", errors) == [n for n, line in enumerate(lines, 1) if line.endswith("# error")]


def test_type_checkers_accept_what_is_right(errors: Errors) -> None:
    assert of("right.py", errors) == []


def test_type_checkers_accept_the_page_on_types(errors: Errors) -> None:
    assert of("page.py", errors) == []


def test_what_type_checkers_are_told_is_what_comes_back() -> None:
    spec = importlib.util.spec_from_file_location("tests_typing_right", RIGHT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where a dataclass looks for its own
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[spec.name]


def test_every_operation_is_tried() -> None:
    tried = set(re.findall(r"\bmg\.([\w.]+)\(", RIGHT.read_text(encoding="utf-8")))
    own = {f"linalg.{name}" for name in mg.linalg.__all__ if not hasattr(mg, name) and not name.endswith("Result")}
    assert own | set(mg.ops.__all__) - {"linalg"} <= tried


def test_examples_use_the_package_as_its_types_say(page: Path) -> None:
    pytest.importorskip("mypy")
    assert {name for name, _ in mypy(RIGHT, WRONG, page)} == {"wrong.py"}
