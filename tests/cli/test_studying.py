"""microgradnet activations study: side by side, a page, somebody's own class."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from microgradnet import cli

MINE = """
import microgradnet as mg
def lecun(x):
    return 1.7159 * mg.tanh(2 * x / 3)
def two(x, y):
    return x * y
three = 3
"""


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "mine.py").write_text(MINE)
    network = Path(__file__).parents[2] / "examples" / "network_class.py"
    (tmp_path / "net.py").write_text(network.read_text(encoding="utf-8"), encoding="utf-8")
    return lambda *given: CliRunner().invoke(cli.application(), ["activations", "study", *given])


def test_one_s_own_is_studied_beside_others_and_put_into_a_class(study, tmp_path):
    done = study("mine.py:lecun", "tanh", "--html", "page.html", "--network", "net.py:NeuralNetwork")
    assert done.exit_code == 0, done.output
    assert max(map(len, done.stdout.split("NeuralNetwork with")[0].splitlines())) <= 80
    assert "1.5925" in done.stdout
    assert "+    return 1.7159 * np.tanh(2 * x / 3)" in done.stdout
    assert "gain, forward" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_study_as_json(study):
    found = json.loads(study("relu", "tanh", "--json").stdout)
    assert round(found["tanh"]["propagation"]["gain"], 4) == 1.5925


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["softmax"], "works along an axis"),
        (["mine.py:two"], "'y' has no default"),
        (["mine.py:three"], "not a function but of type int"),
        (["tahn"], "did you mean 'tanh'"),
        (["relu", "--html", "page.txt"], "doesn't end in .html"),
    ],
)
def test_what_can_t_be_studied_is_one_line_and_status_2(study, given, words):
    done = study(*given)
    assert done.exit_code == 2
    assert words in done.stderr


def test_the_list_and_one_alone_are_still_there(study):
    assert "relu" in CliRunner().invoke(cli.application(), ["activations"]).stdout
    assert "max(x, 0)" in CliRunner().invoke(cli.application(), ["activations", "relu"]).stdout
