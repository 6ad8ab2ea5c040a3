"""microgradnet draw: the article's network, or a tensor in a file of one's own."""

from __future__ import annotations

import sys

import pytest

pytest.importorskip("typer")

from microgradnet import cli

SCRIPT = """
import microgradnet as mg
x = mg.tensor([1.0, 2.0], requires_grad=True)
total = mg.sum(mg.exp(x))
number = 3
def loss():
    return total * 2
def broken():
    raise OSError("no data")
def missing():
    return {}["key"]
"""


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "exits.py").write_text("raise SystemExit(3)")
    (tmp_path / "C:").mkdir()
    (tmp_path / "C:" / "script.py").write_text(SCRIPT)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["microgradnet", "draw", *arguments])
        status = cli.main()
        return status, capsys.readouterr()

    return run


def test_the_article(run, tmp_path):
    for form, beginning in (("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")):
        status, said = run("article", "-o", f"graph.{form}")
        assert (status, said.err) == (0, "")
        assert (tmp_path / f"graph.{form}").read_bytes().startswith(beginning)


@pytest.mark.parametrize("source", ["script.py:total", "script.py:loss", "C:/script.py:loss"])
def test_a_tensor_or_a_function_in_a_file(run, tmp_path, source):
    status, said = run(source, "-o", "graph.dot", "--values", "numbers", "--theme", "dark", "--gradients")
    assert status == 0
    assert said.err == f"running {source.rpartition(':')[0]}\n"
    assert "<b>x</b>" in (tmp_path / "graph.dot").read_text(encoding="utf-8")


def test_options_are_those_of_python(run, tmp_path):
    options = ("--direction", "both", "--depth", "1", "--rankdir", "TB", "--max-nodes", "50")
    assert run("article", "-o", "graph.gv", *options)[0] == 0
    drawn = (tmp_path / "graph.gv").read_text(encoding="utf-8")
    assert "rankdir=TB" in drawn
    assert drawn.count("hidden layer") > 1  # in both passes: the layers are open


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing.py:loss"], "nothing.py: no such file"),
        (["script.py"], "give article, or a file and a name in it"),
        (["script.py:nothing"], "script.py has no name 'nothing'"),
        (["script.py:number"], "not a Tensor but of type int"),
        (["script.py:broken"], "script.py, line 9: OSError: no data"),
        (["script.py:missing"], "script.py, line 11: KeyError: 'key'"),
        (["exits.py:loss"], "exits.py: it exited with 3"),
        (["article", "-o", "graph.bmp"], "can't tell the format"),
        (["article", "--values", "all"], "values must be one of"),
        (["article", "--direction", "up"], "direction must be one of"),
    ],
)
def test_errors_are_one_line_and_status_2(run, arguments, words):
    status, said = run(*arguments)
    assert status == 2
    assert words in said.err.splitlines()[-1]
    assert len([line for line in said.err.splitlines() if not line.startswith("running ")]) == 1


def test_without_graphviz_both_ways_are_named(run, monkeypatch, tmp_path):
    import importlib.util

    monkeypatch.setenv("PATH", str(tmp_path))
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name == "pygraphviz" else found(name, *a))
    status, said = run("article")
    assert status == 2
    assert "microgradnet[render]" in said.err
    assert "graphviz.org" in said.err
