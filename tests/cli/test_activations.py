"""microgradnet activations: the list, one in full, the check of one's own, the gallery."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import microgradnet as mg
from microgradnet import cli

SCRIPT = """
import microgradnet as mg
import numpy as np
def right(x):
    return x * mg.sigmoid(x)
def wrong(x):
    return np.float64(2) * mg.tanh(x)
three = 3
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(SCRIPT)
    return lambda *arguments: CliRunner().invoke(cli.application(), ["activations", *arguments])


def test_all_are_listed_and_one_is_shown_in_full(run):
    listed = run().stdout
    assert all(name in listed for name in mg.activations)
    assert "⠤" in listed
    assert "subgradient" in run("relu").stdout


def test_one_s_own_is_checked(run):
    for name, status in (("right", 0), ("wrong", 1)):
        result = run("--check", f"mine.py:{name}")
        assert (result.exit_code, result.stderr) == (status, "running mine.py\n")
        assert result.stdout.startswith(f"{name}: ")


def test_one_is_checked_by_its_name(run):
    result = run("--check", "relu")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("relu: nothing wrong in ")


def test_one_is_exported_to_the_terminal_or_into_a_file(run, tmp_path):
    assert "def silu(x):" in run("silu", "--export", "numpy").stdout
    assert run("mine.py:right", "--export", "latex").stdout.startswith("\\begin{aligned}\n")
    assert run("silu", "--export", "numpy", "-o", "silu.py").stdout == "written to silu.py\n"
    exec((tmp_path / "silu.py").read_text(), names := {})
    assert names["silu"](0.0) == 0
    assert run("silu", "--export", "latex", "-o", "silu.tex").exit_code == 0
    assert run("relu", "--export", "numpy", "-o", "silu.py").exit_code == 0  # it is the command's own


def test_somebody_s_file_is_not_written_over(run, tmp_path):
    result = run("silu", "--export", "numpy", "-o", "mine.py")
    assert result.exit_code == 2
    assert "was not written by this command" in result.stderr
    assert (tmp_path / "mine.py").read_text() == SCRIPT


def test_the_gallery_is_written(run, tmp_path):
    assert run("--gallery", "all.svg").stdout == "written to all.svg\n"
    assert b"<svg" in (tmp_path / "all.svg").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["reluu"], "did you mean 'relu'"),
        (["--check", "mine.py"], "give a file and a name in it"),
        (["--check", "nothing.py:f"], "nothing.py: no such file"),
        (["--check", "mine.py:three"], "not a function but of type int"),
        (["--check", "mine.py:four"], "has no name 'four'"),
        (["--check", "reluu"], "did you mean 'relu'"),
        (["--export", "torch"], "--export needs the NAME of an activation"),
        (["relu", "--export", "keras"], "there are torch, jax, numpy, latex"),
        (["relu", "-o", "relu.py"], "--output is where --export writes"),
        (["mine.py:wrong", "--export", "numpy"], "use Python's numbers"),
        (["--gallery", "all.xyz"], "'xyz' is not supported"),
        (["relu", "--gallery", "all.svg"], "give one of NAME, --check and --gallery"),
    ],
)
def test_errors_are_one_line_and_status_2(run, arguments, words):
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr.splitlines()[-1]


def test_a_check_is_no_wider_than_the_terminal(run, monkeypatch):
    for columns in (60, 80, 200):
        monkeypatch.setenv("COLUMNS", str(columns))
        widest = max(map(len, run("--check", "relu").stdout.splitlines()))
        assert min(columns, 110) - 20 < widest <= min(columns, 110)


@pytest.mark.parametrize("option", ["--output", "--gallery"])
@pytest.mark.parametrize("folder", [".", ".."])
def test_a_folder_is_no_file_to_write(run, option, folder):
    given = ["relu", "--export", "numpy"] if option == "--output" else []
    assert f"{folder}: Is a directory" in run(*given, option, folder).stderr


@pytest.mark.parametrize("columns", ["20", "100"])
def test_a_terminal_that_knows_ascii_only_is_enough(columns):
    environment = {**os.environ, "COLUMNS": columns, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "microgradnet", "activations"]
    result = subprocess.run(command, capture_output=True, env=environment, cwd=Path(__file__).parents[2], timeout=120)
    assert result.returncode == 0, result.stderr
    assert b".--''" in result.stdout or b"..--" in result.stdout
    assert b"?" not in result.stdout
