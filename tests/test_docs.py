"""The documentation's sources: what a plain run can hold them to. The built site is checked by .ci/site.py."""

from __future__ import annotations

import inspect
import operator
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import microgradnet as mg
from microgradnet.check import numerical
from microgradnet.check.explain import search
from microgradnet.cli import application
from microgradnet.compiler import function, routine
from microgradnet.record import primitives
from microgradnet.views import explorer, folding

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(page for page in DOCS.rglob("*.md") if "_build" not in page.parts)

FENCE = re.compile(r"^(?P<fence>```+|~~~+)(?P<info>[^\n]*)\n(?P<text>.*?)^(?P=fence)[ \t]*$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, info: str = "") -> list[tuple[str, str]]:
    """Find the fenced blocks whose first line begins like this: that line, and the text."""
    found = FENCE.finditer(page.read_text(encoding="utf-8"))
    return [(m["info"].strip(), m["text"]) for m in found if m["info"].strip().startswith(info)]


def text_outside_blocks(page: Path) -> str:
    return re.sub(r"`[^`\n]+`", "", FENCE.sub("", page.read_text(encoding="utf-8")))


# --- the reference ---------------------------------------------------------------------------------------


def referenced() -> list[str]:
    """List every name that a page of the reference documents."""
    found = [text for page in DOCS.glob("reference/*.md") for _, text in blocks(page, "{names}")]
    return " ".join(found).split()


def test_every_public_name_is_in_the_reference() -> None:
    rooms = {"article": mg.article, "linalg": mg.linalg, "nn": mg.nn, "testing": mg.testing}
    public = set(mg.__all__) - set(rooms)
    for room, module in rooms.items():
        # What is found at the top level too is documented there.
        public |= {f"{room}.{name}" for name in module.__all__ if getattr(mg, name, None) is not getattr(module, name)}
    from microgradnet import check, compiler, views

    for room in (check, compiler, views):
        short = room.__name__.removeprefix("microgradnet.")
        public |= {f"{short}.{name}" for name in room.__all__ if name not in mg.__all__}
    assert public - set(referenced()) == set(), "public names that no page of docs/reference lists"


def test_the_reference_lists_nothing_twice_and_nothing_that_is_not_there() -> None:
    listed = referenced()
    assert sorted(listed) == sorted(set(listed))
    for name in listed:
        found = mg
        for part in name.split("."):
            found = getattr(found, part)
        assert found.__doc__, name


def test_every_function_in_the_reference_tells_of_its_arguments_and_its_result() -> None:
    for name in referenced():
        value = operator.attrgetter(name)(mg)
        if not inspect.isroutine(value):
            continue
        signature, told = inspect.signature(value), inspect.getdoc(value) or ""
        assert "Parameters\n----------" in told or not signature.parameters, name
        assert "Returns\n-------" in told or signature.return_annotation in ("None", None), name


def test_every_command_is_in_the_reference() -> None:
    typer = pytest.importorskip("typer")
    documented = {info.partition(" ")[2] for info, _ in blocks(DOCS / "reference" / "command-line.md", "{command}")}
    assert documented == set(typer.main.get_command(application()).commands)


# --- blocks of code --------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_python_on_a_page_is_run_or_belongs_to_a_file(page: Path) -> None:
    for info, text in blocks(page):
        if info.startswith("{code-block}"):
            assert re.match(r":caption: \S+", text), f"a block without the file that it belongs to:\n{text}"
        assert info.split(maxsplit=1)[:1] not in (["python"], ["py"], ["pycon"]), f"not run:\n{text}"


def test_the_page_on_adding_an_operation_adds_one_that_passes_its_tests(tmp_path: Path) -> None:
    for folder in ("microgradnet", "tests/ops", "tests/typing", "docs/reference"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "tests/conftest.py", "tests/test_typing.py"):
        shutil.copy(ROOT / file, tmp_path / file)
    changes = blocks(DOCS / "development" / "add-an-operation.md", "{code-block} diff")
    assert len(changes) == 6
    for _, text in changes:
        caption, _, diff = text.partition("\n\n")
        file = tmp_path / caption.removeprefix(":caption: ").strip('"`')
        before = "".join(line[1:] for line in diff.splitlines(keepends=True) if line[0] in " -")
        after = "".join(line[1:] for line in diff.splitlines(keepends=True) if line[0] in " +")
        source = file.read_text(encoding="utf-8")
        assert source.count(before) == 1, f"{file.name} has no such place:\n{before}"
        file.write_text(source.replace(before, after), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-k",
        "logsubexp or every or comes_back",
        "tests/ops",
        "tests/test_typing.py",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) > 50, done.stdout  # each of eight cases, in every test over the table
    assert "logsubexp" in (tmp_path / "docs/reference/operations.md").read_text(encoding="utf-8")


def test_the_page_on_speed_names_every_benchmark() -> None:
    page = (DOCS / "development" / "speed.md").read_text(encoding="utf-8")
    files = {path.name for path in (ROOT / "tests" / "benchmarks").glob("*.py")} - {"__init__.py"}
    assert {name for name in files if f"`{name}`" not in page} == set()


# --- the path --------------------------------------------------------------------------------------------


def test_every_chapter_has_its_number_a_picture_something_to_run_and_leads_to_the_next() -> None:
    (listed,) = [text for _, text in blocks(DOCS / "index.md", "{toctree}") if ":caption: The path" in text]
    chapters = re.findall(r"^path/(\S+)$", listed, re.MULTILINE)
    assert {f"{chapter}.md" for chapter in chapters} == {page.name for page in (DOCS / "path").glob("*.md")}
    for number, (chapter, following) in enumerate(zip(chapters, [*chapters[1:], None], strict=True), start=1):
        text = (DOCS / "path" / f"{chapter}.md").read_text(encoding="utf-8")
        assert f"\n# {number}. " in text, chapter
        assert "```{code-cell}" in text, chapter
        assert "    alt: " in text, f"{chapter} has no picture"
        assert following is None or re.search(rf"\*\*Next:\*\* \[[^]]+\]\({following}\.md\)", text), chapter


# --- commands and numbers --------------------------------------------------------------------------------

SHELL = [
    (page, line.partition("  #")[0].strip())
    for page in [ROOT / "README.md", *PAGES]
    for _, text in blocks(page, "sh")
    for line in text.splitlines()
]

CHECKED_ELSEWHERE = {
    "bash .ci/run",
    "ruff check . && ruff format --check .",
    "mypy",
    "pytest",
    "pytest @tests/quick.txt",
    "pytest -q --doctest-modules microgradnet",
    "sphinx-build -W --keep-going -j auto docs docs/_build/html",
    "sphinx-build -W --keep-going -j auto docs docs/_build/html && python .ci/site.py docs/_build/html",
    "python -m build",
}
"""What .ci/run does itself."""

BY_HAND = {
    "rm -rf dist",
    "python -m zipfile -l dist/*.whl",
    "python -m venv ../empty",
    '../empty/bin/pip install "$(echo dist/*.whl)[all]"',
    "../empty/bin/microgradnet demo",
    'git tag -a v0.1.0 -m "microgradnet 0.1.0"',
    "git push --follow-tags",
}
"""What is done only where a release is made."""

SCRIPT = """
import microgradnet as mg

x = mg.tensor([1.0, 2.0], requires_grad=True, name="x")
loss = mg.sum(x * x)


def my_act(x):
    return x * mg.sigmoid(x)
"""


@pytest.mark.parametrize("command", dict.fromkeys(line for _, line in SHELL if line.startswith("microgradnet ")))
def test_every_command_on_a_page_runs(command: str, tmp_path: Path) -> None:
    pytest.importorskip("typer")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "path" / "to").mkdir(parents=True)
    for file in ("script.py", "file.py"):
        (tmp_path / "path" / "to" / file).write_text(SCRIPT)
    arguments = [sys.executable, "-m", "microgradnet", *shlex.split(command)[1:]]
    done = subprocess.run(
        arguments, cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == ("mistakes" in command), done.stdout + done.stderr


def test_every_other_command_on_a_page_is_run_somewhere_or_known_to_be_for_a_person() -> None:
    extras = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])
    for page, line in SHELL:
        if line.startswith("microgradnet ") or line in CHECKED_ELSEWHERE | BY_HAND:
            continue
        if line.startswith("pip install"):
            named = re.search(r"\[([\w,]+)\]", line)
            assert named is not None, line
            assert set(named[1].split(",")) <= extras, line
            continue
        what = re.match(r"pytest (?:-q )?(tests/\w+)|python -m (tests[\w.]+)", line)
        assert what is not None, f"{page.name}: nobody knows whether this works: {line}"
        path = ROOT / (what[1] or what[2].replace(".", "/"))
        assert path.is_dir() or path.with_suffix(".py").is_file(), line


def measured(file: str, pattern: str) -> str:
    """Read a figure from a file of measurements."""
    found = re.search(pattern, (ROOT / "tests" / "benchmarks" / "results" / file).read_text(encoding="utf-8"))
    assert found is not None, pattern
    return found[1]


def unread(what: str, which: str = "thirtysixth") -> str:
    """Read a score of mistakes that nobody who builds the search had read."""
    return measured(f"{which}_first.txt", rf"(?m)^cases .*?{what} (\d+)" if what != "cases" else r"(?m)^cases (\d+)")


PLANTED = ROOT / "tests" / "check" / "planted_again"


def planted(what: str) -> int:
    """Read the first score of the mistakes that were put into right derivations."""
    return int(measured("planted_again_first.txt", rf"(?m)^(?:mistakes .*)?{what} (\d+)"))


BRINGS = {
    "cli": "Typer, Rich", "plot": "Matplotlib", "render": "Graphviz, as a wheel", "notebook": "latex2mathml",
    "special": "SciPy", "fast": "Numba, SciPy",
}  # fmt: skip


def numbers_in_prose() -> dict[tuple[str, str], Any]:
    """Say where each number comes from that a page doesn't show being computed."""
    ours = r"4 x 3 x 4 x 1, float64, compiled, {}:.*? ratio ([\d.]+);"
    large = "64 x 784 x 128 x 10, .*?"
    mistakes = list((ROOT / "examples" / "mistakes").glob("*.py"))
    python = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"].removeprefix(">=")
    minutes = round(float(measured("tests.txt", r"passed.* in ([\d.]+)s")) / 60)
    sizes = {extra: measured("extras.txt", rf"(?m)^{extra}: ([\d.]+) MB") for extra in BRINGS}
    needs = measured("extras.txt", r"own needs: (\d+) MB")
    return {
        ("README.md", "All tests take {} minutes in one process"): minutes,
        ("README.md", "that `pip install .` brings, {} MB"): needs,
        ("docs/install.md", "that package take {} MB"): needs,
        **{("README.md", f"`{extra}` {{}} MB"): size for extra, size in sizes.items()},
        **{("docs/install.md", f"| `{extra}` | {brings} | {{}} |"): sizes[extra] for extra, brings in BRINGS.items()},
        ("docs/install.md", "| `all` | the first four | {} |"): measured("extras.txt", r"(?m)^all: (\d+) MB"),
        ("README.md", "in {} of the time of the same step"): measured("compiled.txt", ours.format("numpy")),
        ("README.md", "with Numba in {}."): measured("compiled.txt", ours.format("numba")),
        ("README.md", "such a step takes {} times as long as by hand"): measured(
            "peers.md", r"plain arrays \| ([\d.]+)"
        ),
        ("docs/development/speed.md", "that takes {} times as long as the step by hand"): measured(
            "floor.txt", r"can't do without.* ratio ([\d.]+)"
        ),
        ("docs/development/speed.md", "can't be done without takes {} times"): measured(
            "floor.txt", r"(?s)can't do without.*can't do without.*? ratio ([\d.]+)"
        ),
        ("docs/development/speed.md", "the whole step {} times. For large"): measured(
            "peers.md", r"plain arrays \| [\d.]+ \| ([\d.]+)"
        ),
        ("docs/development/speed.md", "on plain arrays, takes {} times as long"): measured(
            "peers.md", r"plain arrays \| ([\d.]+)"
        ),
        ("docs/development/speed.md", "A recorded call of two tensors takes {} µs"): measured(
            "floor.txt", r"call of two tensors: ([\d.]+) us"
        ),
        **{
            ("docs/development/speed.md", f"{{}} less without the {part}"): measured(
                "floor.txt", rf"the {part} ([\d.]+)"
            )
            for part in ("node", "tensor", "index", "shape")
        },
        ("docs/development/speed.md", "filling arrays of that size takes {} times as long"): measured(
            "per_example.txt", rf"{large}filling ([\d.]+)"
        ),
        ("docs/development/speed.md", "`mg.per_example` takes {} times as long"): measured(
            "per_example.txt", rf"{large}per_example ([\d.]+)"
        ),
        ("docs/development/speed.md", "NumPy by hand {}."): measured("per_example.txt", rf"{large}by hand ([\d.]+)"),
        ("docs/development/speed.md", "Of a small network it takes {} times as long"): measured(
            "per_example.txt", r"per_example ([\d.]+)"
        ),
        ("docs/development/speed.md", "what is above the {} of by hand"): measured(
            "per_example.txt", r"by hand ([\d.]+)"
        ),
        **{
            ("docs/development/speed.md", line): measured("gradbench.txt", rf"{case}:.* ratio ([\d.]+)")
            for line, case in {
                "`saddle rr` takes {} of autograd's": "saddle rr, recorded",
                "recorded, and {} with": "saddle rr",
                "a dozen operations, {} recorded": "particle fr, recorded",
                "and {} of it compiled": "particle fr",
            }.items()
        },
        ("README.md", "PyTorch takes {} times as long"): measured("peers.md", r"torch \| ([\d.]+)"),
        ("README.md", "and autograd {} times"): measured("peers.md", r"autograd \| ([\d.]+)"),
        ("README.md", "With Python {} or newer"): python,
        ("docs/CONTRIBUTING.md", "With Python {} or newer"): python,
        ("docs/install.md", "With Python {} or newer"): python,
        ("docs/development/release.md", "PYTHON=python{} "): python,
        ("docs/how-to/coming-from.md", "every element, up to {} of them"): numerical.EVERY_ELEMENT_UP_TO,
        ("docs/how-to/check.md", "Up to {} elements of all arguments"): numerical.EVERY_ELEMENT_UP_TO,
        ("docs/how-to/compile.md", "the values have {} elements"): routine.SMALL,
        ("docs/how-to/compile.md", "the {} signatures used last"): function.MOST_SIGNATURES,
        ("docs/development/speed.md", "Of {} rows, what"): measured("floor.txt", r"(1797) x"),
        ("docs/how-to/compile.md", "the one with {} rows"): measured("floor.txt", r"(1797) x"),
        ("docs/how-to/diagnose.md", "the search, {} unless told otherwise"): int(search.BUDGET),
        ("docs/how-to/diagnose.md", "holds {} of them"): len(mistakes),
        ("docs/how-to/diagnose.md", "the line was named first in {} of"): unread("line first"),
        ("docs/how-to/diagnose.md", "first in 69 of {} and"): unread("with source"),
        ("docs/how-to/diagnose.md", "and the kind in {} of"): unread("kind first"),
        ("docs/how-to/diagnose.md", "the kind in 73 of {} in"): unread("cases"),
        ("docs/how-to/diagnose.md", "at {} more it was"): unread("of the accused mend all alone"),
        ("docs/how-to/diagnose.md", "and of {} cases with two"): unread("combinations"),
        ("docs/how-to/diagnose.md", "both were named in {}. Of"): unread("all causes"),
        ("docs/how-to/diagnose.md", "in public it was {} of"): unread("line first", "thirtyseventh"),
        ("docs/how-to/diagnose.md", "it was 51 of {}, at"): unread("with source", "thirtyseventh"),
        ("docs/how-to/diagnose.md", "at {} more another"): unread("of the accused mend all alone", "thirtyseventh"),
        ("docs/how-to/diagnose.md", "another line, and {} of 60"): unread("kind first", "thirtyseventh"),
        ("docs/how-to/diagnose.md", "and 51 of {}. The two"): unread("cases", "thirtyseventh"),
        ("docs/how-to/diagnose.md", "before those gave {} of"): unread("line first", "thirtyfifth"),
        ("docs/how-to/diagnose.md", "gave 61 of {} and"): unread("with source", "thirtyfifth"),
        ("docs/how-to/diagnose.md", "of 72 and {} of 80, and"): unread("kind first", "thirtyfifth"),
        ("docs/how-to/diagnose.md", "and 67 of {}, and"): unread("cases", "thirtyfifth"),
        ("docs/how-to/diagnose.md", "of 80, and {} of 72"): unread("line first", "thirtyfourth"),
        ("docs/how-to/diagnose.md", "and 60 of {} and 65"): unread("with source", "thirtyfourth"),
        ("docs/how-to/diagnose.md", "of 72 and {} of 80. Longer"): unread("kind first", "thirtyfourth"),
        ("docs/how-to/diagnose.md", "and 65 of {}. Longer"): unread("cases", "thirtyfourth"),
        ("docs/how-to/diagnose.md", "two such sets gave {} of"): unread("line first", "thirtysecond"),
        ("docs/how-to/diagnose.md", "gave 41 of {} and 37"): unread("with source", "thirtysecond"),
        ("docs/how-to/diagnose.md", "of 50 and {} of 56, and 40"): unread("kind first", "thirtysecond"),
        ("docs/how-to/diagnose.md", "and 37 of {}, and 40"): unread("cases", "thirtysecond"),
        ("docs/how-to/diagnose.md", "of 56, and {} of 50"): unread("line first", "thirtyfirst"),
        ("docs/how-to/diagnose.md", "and 40 of {} and 40"): unread("with source", "thirtyfirst"),
        ("docs/how-to/diagnose.md", "of 50 and {} of 56, and one"): unread("kind first", "thirtyfirst"),
        ("docs/how-to/diagnose.md", "and 40 of {}, and one"): unread("cases", "thirtyfirst"),
        ("docs/how-to/diagnose.md", "one with {} pairs"): unread("combinations", "thirtieth"),
        ("docs/how-to/diagnose.md", "both were named in {}, gave"): unread("all causes", "thirtieth"),
        ("docs/how-to/diagnose.md", "gave {} of 50 and 47"): unread("line first", "thirtieth"),
        ("docs/how-to/diagnose.md", "gave 41 of 50 and {} of 56."): unread("kind first", "thirtieth"),
        ("docs/how-to/diagnose.md", "puts {} mistakes into"): planted("mistakes"),
        ("docs/how-to/diagnose.md", "mends everything in {}, and"): sum(map(planted, ("line first", "elsewhere"))),
        ("docs/how-to/diagnose.md", "and the kind in {}."): planted("kind first"),
        ("docs/how-to/diagnose.md", "derivations of {} models, one"): len([*PLANTED.glob("*.py")]),
        ("docs/how-to/draw.md", "up to {} nodes"): folding._LONGEST,
        ("docs/how-to/explore.md", "Up to {} values fit"): explorer.MOST,
    }


@pytest.mark.parametrize("place", numbers_in_prose(), ids=": ".join)
def test_a_number_in_prose_is_that_of_the_code_or_of_a_measurement(place: tuple[str, str]) -> None:
    page, phrase = place
    text = " ".join((ROOT / page).read_text(encoding="utf-8").split())
    assert phrase.format(numbers_in_prose()[place]) in text


NUMBER = re.compile(r"(?<![\w.])(?:\d+\.\d+|\d{2,})(?![\w.]*\w)")

LITERATURE = DOCS / "path" / "onward.md"


@pytest.mark.parametrize("name", [str(p.relative_to(ROOT)) for p in [ROOT / "README.md", *PAGES] if p != LITERATURE])
def test_a_number_in_prose_stands_in_code_on_its_page_or_is_accounted_for(name: str) -> None:
    page = ROOT / name
    without = r"^# .*|^\d+\. |chapter\s\d+|\]\([^)]*\)|<[^>]*>|\$[^$]+\$"
    prose = re.sub(without, "", text_outside_blocks(page), flags=re.MULTILINE)
    known = {str(number) for (where, _), number in numbers_in_prose().items() if where == name}
    for _, code in blocks(page):
        known.update(NUMBER.findall(code))
    assert set(NUMBER.findall(prose)) <= known


def test_every_room_of_operations_is_on_the_page_of_their_vjps() -> None:
    page = (DOCS / "reference" / "vjps.md").read_text(encoding="utf-8")
    ours = [p for p in primitives.values() if p.module.startswith("microgradnet.ops.") and p.differentiable]
    assert {p.module.rpartition(".")[2] for p in ours} <= set(re.findall(r"\{vjps\} (\w+)", page))


def test_links_to_a_chapter_give_its_number() -> None:
    for page in PAGES:
        for number, target in re.findall(r"\[chapter\s(\d+)\]\(([^)#]+)", page.read_text(encoding="utf-8")):
            assert f"\n# {number}. " in (page.parent / target).read_text(encoding="utf-8"), f"{page.name}: {number}"


def test_the_article_is_an_example_of_less_than_sixty_lines() -> None:
    assert len((ROOT / "examples" / "article.py").read_text(encoding="utf-8").splitlines()) < 60


@pytest.mark.parametrize("name", ["names", "attention"])
def test_a_network_with_its_derivation_is_an_example_of_less_than_eighty_lines(name: str) -> None:
    assert len((ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8").splitlines()) < 80


# --- the built site --------------------------------------------------------------------------------------


def checked(site: Path) -> tuple[int, str]:
    command = [sys.executable, str(ROOT / ".ci" / "site.py"), str(site)]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_a_site_whose_links_hold_and_that_asks_no_other_host_passes(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    a = '<a href="b/c.html#there">c</a> <a href="https://numpy.org">elsewhere</a> <a href="b/">b</a>'
    c = '<h1 id="there">c</h1> <a href="../a.html">a</a> <img src="data:image/png;base64," alt="c">'
    (tmp_path / "a.html").write_text(a)
    (tmp_path / "b" / "c.html").write_text(c)
    (tmp_path / "b" / "index.html").write_text("<p>")
    assert checked(tmp_path) == (0, "3 pages, 3 internal links, 1 loaded files: 0 wrong\n")


WRONG_PAGES = {
    '<a href="gone.html">': "link to gone.html: there is no such file",
    '<a href="#gone">': "link to #gone: there is no such anchor",
    '<a href="../outside.html">': "link to ../outside.html: there is no such file",
    '<img src="gone.png">': "loads gone.png: there is no such file",
    '<script src="https://cdn.example/x.js"></script>': "loads https://cdn.example/x.js from another host",
    '<link rel="stylesheet" href="//cdn.example/x.css">': "loads //cdn.example/x.css from another host",
    "<style>@font-face { src: url(https://cdn.example/f.woff2) }</style>": "from another host",
    '<p style="background: url(https://cdn.example/i.png)">': "from another host",
    '<img srcset="https://cdn.example/i.png 2x" alt="i">': "from another host",
    '<img src="data:image/png;base64,">': "a picture without a text",
    '<img src="a.html" alt="a.html">': "a picture without a text: a.html",
    "<h1>a</h1> <h3>b</h3>": "a heading h3 after h1",
    "<pre>/tmp/x/a.py</pre>": "a path of this machine: /tmp/x/a.py",
}


@pytest.mark.parametrize("text", WRONG_PAGES)
def test_what_is_wrong_with_a_site_is_listed(text: str, tmp_path: Path) -> None:
    (tmp_path.parent / "outside.html").write_text("")
    (tmp_path / "a.html").write_text(text)
    status, told = checked(tmp_path)
    assert status == 1
    assert WRONG_PAGES[text] in told


# --- links of the README ---------------------------------------------------------------------------------


def slugs(page: Path) -> set[str]:
    """Make the anchors of a page's headings, as GitHub does."""
    headings = re.findall(r"^#+ +(.+?)\s*$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_of_the_readme_lead_somewhere() -> None:
    text = text_outside_blocks(ROOT / "README.md")
    targets = [*re.findall(r"\]\(([^)\s]+)\)", text), *re.findall(r"(?:src|href)=\"([^\"]+)\"", text)]
    assert targets
    for target in targets:
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        page = ROOT / name if name else ROOT / "README.md"
        assert page.exists(), f"README.md links to {target}"
        assert not anchor or anchor in slugs(page), f"{name} has no heading {anchor!r}"


def test_every_example_is_shown_with_what_it_prints() -> None:
    page = (DOCS / "examples.md").read_text(encoding="utf-8")
    for file in sorted((ROOT / "examples").glob("*.py")):
        assert f"literalinclude}} ../examples/{file.name}" in page
        assert f'%run {{examples / "{file.name}"}}' in page


def test_the_quick_tests_are_there() -> None:
    named = (ROOT / "tests" / "quick.txt").read_text(encoding="utf-8").split()
    assert [name for name in named if not (ROOT / name).is_file()] == []
