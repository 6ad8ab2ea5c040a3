"""microgradnet derive: steps, NumPy source and LaTeX of the article's gradient, or of one in a file of one's own."""

from __future__ import annotations

import sys

import numpy as np
import pytest

pytest.importorskip("typer")

import microgradnet as mg
from microgradnet import cli

SCRIPT = """
import microgradnet as mg
x = mg.tensor([1.0, 2.0], requires_grad=True)
h = mg.exp(x)
total = mg.sum(h * h)
number = 3
freed = mg.sum(x * x)
freed.backward()
plain = mg.tensor(1.0)
import numpy as np
halved = lambda xp, x: np.array([v / 2 for v in x])
own = mg.primitive(halved, [lambda g, y, x: own(g)], name="own_of_the_command")
halves = mg.sum(own(x) * x)
"""


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "script.py").write_text(SCRIPT)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["microgradnet", "derive", *arguments])
        status = cli.main()
        return status, capsys.readouterr()

    return run


def test_the_articles_gradient_step_by_step(run):
    status, said = run("article")
    assert (status, said.err) == (0, "")
    assert "∂loss/∂weights1 = xᵀ · δ₁" in said.out
    assert len(said.out.splitlines()) == 4
    assert run("article", "--wrt", "weights2")[1].out.count("∂loss/∂weights") == 1
    assert run("article", "--wrt", "weights2", "--wrt", "weights1")[1].out.count("∂loss/∂weights") == 2


def test_the_source_is_a_program(run):
    _, said = run("article", "--source")
    names = {}
    exec(said.out, names)
    x, y = mg.article.dataset()
    weights = mg.article.initial_weights(x, y, seed=3)
    for found, by_hand in zip(names["backprop"](x, y, *weights), mg.article.backprop(x, y, *weights), strict=True):
        np.testing.assert_allclose(found, -by_hand, rtol=1e-12)


def test_the_latex_is_what_derive_writes(run):
    status, said = run("script.py:total", "--latex")
    assert (status, said.err) == (0, "running script.py\n")
    assert said.out.startswith("\\begin{aligned}\n")
    assert r"\frac{\partial \mathrm{total}}{\partial x}" in said.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["article", "--source", "--latex"], "give --source or --latex, not both"),
        (["article", "--wrt", "w"], "no tensor is named 'w'; those with gradients are: weights1, weights2, loss"),
        (["script.py:number"], "script.py:number: not a Tensor but of type int"),
        (["script.py:freed"], "the graph was freed"),
        (["script.py:plain"], "derive: the output does not require gradients"),
        (["script.py:h"], "the output has shape (2,)"),
        (["script.py:halves", "--source"], "the operation 'own_of_the_command' has no template"),
        (["missing.py:loss"], "missing.py: no such file"),
    ],
)
def test_errors_are_one_line(run, arguments, words):
    status, said = run(*arguments)
    assert status == 2
    assert words in said.err
    assert said.err.removeprefix("running script.py\n").count("\n") == 1


def test_a_tangent_is_written_in_forward_mode(run):
    status, printed = run("article", "--mode", "forward", "--wrt", "weights1", "--source")
    assert status == 0
    assert "def pushforward(x, y, weights1, weights2, d_weights1):" in printed.out
    status, printed = run("article", "--mode", "up")
    assert status != 0
    assert "mode must be 'reverse' or 'forward', got 'up'" in printed.err
