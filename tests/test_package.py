"""The package as a whole: what importing it loads, its public names, its pictures, its import directions."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import microgradnet as mg

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "microgradnet"

FLOORS = [
    {"started", "ownership", "plain", "template", "text", "trees", "typed"},  # `typed` is a stub
    {"calls"},
    {"record"},
    {"deferred", "leaving"},
    {"ops"},
    {"backward", "objects"},
    {"forward"},
    {"tensor"},
    {"containers", "dual", "graph"},
    {"transforms", "wholes"},
    {"again", "notation"},
    {"passes", "simplify"},
    {"compiler"},
    {"each", "repeating"},
    {"views"},
    {"check"},
    {"exploring", "nn", "testing"},  # activations are checked with `check`; nothing there knows of `nn`
    {"article"},
    {"cli"},
    {"__main__"},
]


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    return done.stdout.strip()


def test_importing_loads_numpy_and_the_standard_library_only() -> None:
    loaded = run("import sys, numpy; before = set(sys.modules); import microgradnet; print(*set(sys.modules) - before)")
    roots = {name.partition(".")[0] for name in loaded.split()}
    assert roots - set(sys.stdlib_module_names) <= {"microgradnet", "numpy"}


@pytest.mark.parametrize("name", mg.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    value = getattr(mg, name)
    assert value.__doc__
    assert name in dir(mg)


def test_importing_leaves_the_rooms_unloaded_that_most_programs_do_without() -> None:
    loaded = run("import sys, microgradnet; print(*sys.modules)").split()
    later = {f"microgradnet.{room}" for room in ("article", "check", "compiler", "graph", "nn", "views")}
    assert not later & set(loaded)


def test_activations_load_nothing_that_checks_or_studies_them() -> None:
    loaded = run("import sys, microgradnet as mg; mg.activations, mg.nn.TwoLayers; print(*sys.modules)").split()
    assert {"microgradnet.check", "microgradnet.compiler", "microgradnet.nn.activate.study"}.isdisjoint(loaded)
    assert run("import microgradnet as mg; print(mg.nn.study_activation is mg.study_activation)") == "True"


def test_what_is_loaded_later_needs_no_optional_package() -> None:
    code = """
import sys
import tomllib
for name in ("graphviz", "pygraphviz", "matplotlib", "numba", "rich", "typer", "scipy"):
    sys.modules[name] = None  # importing it fails
import microgradnet as mg
values = [getattr(mg, name) for name in mg.__all__]
weight = mg.tensor(2.0, requires_grad=True)
print(len(mg.Graph.of(weight * weight)), mg.gradcheck(mg.tanh, 0.5).ok)
"""
    assert run(code) == "2 True"


def test_importing_every_module_leaves_every_public_name_what_it_was() -> None:
    code = """
import importlib, pkgutil, types
import microgradnet as mg
for module in pkgutil.walk_packages(mg.__path__, "microgradnet."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(*[name for name in mg.__all__ if isinstance(getattr(mg, name), types.ModuleType)])
"""
    assert run(code) == "article nn testing linalg"


def test_the_names_of_linalg_are_numpys() -> None:
    others = [name for name in mg.linalg.__all__ if not hasattr(np.linalg, name) and not hasattr(np, name)]
    assert others == ["EighResult", "QRResult", "SVDResult", "SlogdetResult"]


def test_no_name_is_public_twice() -> None:
    assert len(set(mg.__all__)) == len(mg.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'gradd'"):
        mg.gradd  # noqa: B018


def test_the_version_is_that_of_the_distribution() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", mg.__version__)


def test_imports_only_point_down() -> None:
    floor = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    for path in PACKAGE.rglob("*.py"):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        for statement in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("microgradnet"):
                names = [f"{statement.module}.{a.name}" for a in statement.names]
                for other in (name.split(".")[1] for name in names):
                    assert other == room or floor.get(other, -1) < floor[room], f"{path} imports {other}"


def test_classes_for_different_things_have_different_names() -> None:
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py"))
    names = Counter(node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    assert [name for name, count in names.items() if count > 1] == []


def test_a_public_name_that_is_also_a_module_is_what_it_says() -> None:
    both = {path.stem for path in PACKAGE.iterdir()} & set(mg.__all__)
    assert both == {"article", "nn", "tensor", "testing"}
    assert mg.article is sys.modules["microgradnet.article"]
    assert mg.tensor is sys.modules["microgradnet.tensor"].tensor


def test_the_forge_s_files_say_what_the_project_s_own_file_says() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    known = dict(re.findall(r"^([a-z-]+): (.+)$", citation, re.MULTILINE))
    assert (known["title"], known["version"], known["license"]) == (
        project["name"], project["version"], project["license"],
    )  # fmt: skip
    assert known["abstract"].strip('"') == project["description"]
    assert known["repository-code"] == project["urls"]["Source"]
    minors = [c.rpartition(" ")[2] for c in project["classifiers"] if re.search(r":: 3\.\d+$", c)]
    oldest = project["requires-python"].removeprefix(">=")
    assert re.search(r"python: \[(.+)\]", workflow)[1] == f'"{oldest}", "{minors[-1]}"'  # type: ignore[index]
    assert "bash .ci/run" in workflow
