"""The command, from the outside: what it prints, what it writes, and with what status it ends."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import datasets
from typer.testing import CliRunner

import microgradnet as mg
from microgradnet import article, cli

PNG = b"\x89PNG\r\n\x1a\n"


def run(*arguments: object) -> Any:
    return CliRunner().invoke(cli.application(), [str(a) for a in arguments])


def files(folder: Path) -> set[str]:
    return {f.name for f in folder.iterdir()}


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(path: Path, columns: Sequence[str], lines: Any) -> Path:
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(lines)
    return path


# --- demo ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    output = tmp_path_factory.mktemp("demo")
    return run("demo", "--seed", 0, "--output", output), output


def test_demo_prints_predictions_differences_and_where_the_files_are(demo: tuple[Any, Path]) -> None:
    result, output = demo
    assert result.exit_code == 0, result.output
    x, y = article.dataset()
    network = article.ManualNetwork(x, y, seed=0)
    network.train(1500)
    for value in network.output[:, 0]:
        assert f"{value:.10g}"[:9] in result.stdout
    assert "argest gradient difference" in result.stdout
    assert "the gradients agree at all 1500 iterations" in result.stdout
    assert "at most 1e-12" in result.stdout
    assert "(seed 0)" in result.stdout
    assert f"written to {output}: explore.html, graph.svg, history.csv, loss.png" in result.stdout
    assert result.stderr == ""


def test_demo_writes_a_plot_a_graph_a_page_and_a_history(demo: tuple[Any, Path]) -> None:
    _, output = demo
    assert files(output) == {"explore.html", "graph.svg", "history.csv", "loss.png"}
    page = (output / "explore.html").read_text(encoding="utf-8")
    assert "d_weights2 = np.dot(layer1.T, delta)" in page
    assert (output / "loss.png").read_bytes().startswith(PNG)
    svg = (output / "graph.svg").read_text(encoding="utf-8")
    assert all(name in svg for name in ("weights1", "weights2", "hidden layer", "output layer"))
    history = rows(output / "history.csv")
    x, y = article.dataset()
    assert [int(r["iteration"]) for r in history] == list(range(1, 1501))
    for column, network in (("manual_loss", article.ManualNetwork), ("automatic_loss", article.AutogradNetwork)):
        losses = network(x, y, seed=0).train(1500)
        np.testing.assert_allclose([float(r[column]) for r in history], losses, rtol=1e-10)
    assert max(float(r["largest_relative_difference"]) for r in history) < 1e-12


def test_compiling_changes_no_more_than_the_last_digits(tmp_path: Path) -> None:
    table = write(tmp_path / "table.csv", ["a", "b", "c"], [[i % 3, i % 5, i % 2] for i in range(30)])
    for command in (["demo"], ["train", table, "--target", "c", "--bias"]):
        histories = []
        for option in ("--compile", "--no-compile"):
            output = tmp_path / f"{command[0]}{option}"
            result = run(*command, option, "--iterations", 20, "--seed", 0, "--output", output)
            assert result.exit_code == 0, result.output
            histories.append([float(r["automatic_loss"]) for r in rows(output / "history.csv")])
        np.testing.assert_allclose(*histories, rtol=1e-12)


def test_demo_repeats_with_the_seed_it_shows(tmp_path: Path) -> None:
    first = run("demo", "--iterations", 5, "--output", tmp_path / "first")
    seed = re.search(r"\(seed (\d+)\)", first.stdout)
    assert seed is not None
    run("demo", "--iterations", 5, "--seed", seed[1], "--output", tmp_path / "second")
    assert rows(tmp_path / "first" / "history.csv") == rows(tmp_path / "second" / "history.csv")


def test_demo_runs_for_one_iteration(tmp_path: Path) -> None:
    result = run("demo", "--iterations", 1, "--output", tmp_path)
    assert result.exit_code == 0
    assert len(rows(tmp_path / "history.csv")) == 1


def test_gradients_that_disagree_end_with_status_1_and_say_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = article.backprop

    def wrong(*arguments: Any) -> Any:
        """Forget the last factor of the chain rule."""
        x, y, weights1, weights2 = arguments
        layer1 = mg.sigmoid(x @ weights1)
        delta = 2 * (y - mg.sigmoid(layer1 @ weights2))
        return right(*arguments)[0], layer1.T @ delta

    monkeypatch.setattr(article, "backprop", lambda x, y, weights1, weights2: wrong(x, y, weights1, weights2))
    result = run("demo", "--seed", 0, "--iterations", 7, "--output", tmp_path)
    assert result.exit_code == 1
    assert "the gradients DISAGREE at 7 of 7 iterations" in result.stdout
    assert re.search(r"weights2\[\d, 0\]", result.stdout)
    assert files(tmp_path) == {"explore.html", "graph.svg", "history.csv", "loss.png"}


@pytest.mark.parametrize(
    ("package", "left", "words"),
    [
        ("matplotlib", {"explore.html", "graph.svg", "history.csv"}, 'loss.png: .*pip install "microgradnet[plot]"'),
        ("pygraphviz", {"loss.png", "history.csv"}, 'graph.svg: .*pip install "microgradnet[render]"'),
    ],
)
def test_without_an_optional_package_the_rest_is_done_and_the_extra_named(
    tmp_path: Path, package: str, left: set[str], words: str
) -> None:
    result = isolated([package], "demo", "--iterations", "3", "--output", str(tmp_path), PATH="")
    assert result.returncode == 0, result.stderr
    assert files(tmp_path) == left
    assert "the gradients agree at all 3 iterations" in result.stdout
    assert re.search(words.replace("[", r"\["), result.stderr)


@pytest.mark.parametrize("package", ["typer", "rich"])
def test_without_its_own_packages_the_command_names_its_extra(package: str) -> None:
    result = isolated([package], "demo")
    assert result.returncode == 2
    assert result.stderr == 'the microgradnet command needs its extra: pip install "microgradnet[cli]"\n'


def isolated(missing: list[str], *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, where some packages can't be found."""
    code = f"""
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {missing!r}:
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Missing())
import importlib.util
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name in {missing!r} else find_spec(name, package)
from microgradnet.cli import main
sys.exit(main())
"""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **environment, "PYTHONUTF8": "1"},
        cwd=Path(__file__).parents[2],
        timeout=120,
    )


# --- the program as a whole ----------------------------------------------------------------------------


def module(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONUTF8": "1", **options.pop("env", {})}
    return subprocess.run(
        [sys.executable, "-m", "microgradnet", *arguments],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        cwd=Path(__file__).parents[2],
        timeout=120,
        **options,
    )


def test_the_module_runs_as_the_command_does(tmp_path: Path) -> None:
    result = module("demo", "--seed", "0", "--iterations", "20", "--output", str(tmp_path / "new" / "folder"))
    assert result.returncode == 0, result.stderr
    assert "the gradients agree at all 20 iterations" in result.stdout
    assert result.stderr == ""
    assert "\x1b" not in result.stdout
    assert files(tmp_path / "new" / "folder") == {"explore.html", "graph.svg", "history.csv", "loss.png"}


def test_a_narrow_terminal_that_knows_ascii_only_is_enough(tmp_path: Path) -> None:
    environment = {"COLUMNS": "20", "NO_COLOR": "1", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    result = module("demo", "--seed", "0", "--iterations", "5", "--output", str(tmp_path), env=environment)
    assert result.returncode == 0, result.stderr
    assert result.stdout.isascii()


def test_version_and_help() -> None:
    assert re.fullmatch(r"microgradnet \S.*\n", module("--version").stdout)
    for arguments in ([], ["--help"]):
        result = module(*arguments)
        assert result.returncode == 0
        assert "demo" in result.stdout
        assert "train" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["demo", "--iterations", "0"], "'--iterations'"),
        (["demo", "--iterations", "-3"], "'--iterations'"),
        (["demo", "--iterations", "many"], "'--iterations'"),
        (["demo", "--seed", "-1"], "'--seed'"),
        (["demo", "--colour"], "--colour"),
        (["demonstrate"], "demonstrate"),
        (["demo", "--output", __file__], "test_training.py: Not a directory"),
        (["demo", "--output", f"{__file__}/below"], "below: Not a directory"),
        (["train", "missing.csv", "--target", "t"], "missing.csv: No such file or directory"),
        (["train", str(Path(__file__).parent), "--target", "t"], "Is a directory"),
        (["train", "missing.csv"], "'--target'"),
    ],
)
def test_a_wrong_request_is_one_line_and_status_2(arguments: list[str], words: str) -> None:
    result = module(*arguments)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith("microgradnet: ")
    assert result.stderr.count("\n") == 1
    assert words in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_an_interrupt_leaves_nothing_behind(tmp_path: Path) -> None:
    output = tmp_path / "a" / "b"
    process = subprocess.Popen(
        [sys.executable, "-m", "microgradnet", "demo", "--iterations", "100000000", "--output", str(output)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # a background job ignores it
        cwd=Path(__file__).parents[2],
    )
    try:
        while not list(output.glob(".unfinished-*")):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        said, complained = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130
    assert (said, complained) == (b"", b"")
    assert not files(tmp_path)


# --- train, on real data -------------------------------------------------------------------------------


def scores(result: Any) -> dict[str, tuple[float, float]]:
    """Read the table of scores: by part, those of the manual and of the automatic run."""
    found = re.findall(r"(training|held out) +│ +(-?[\d.]+) +│ +(-?[\d.]+)", result.stdout)
    return {part: (float(manual), float(automatic)) for part, manual, automatic in found}


@pytest.fixture
def iris(tmp_path: Path) -> Path:
    bunch = datasets.load_iris()
    lines = [[*x, bunch.target_names[t]] for x, t in zip(bunch.data, bunch.target, strict=True)]
    return write(tmp_path / "iris.csv", [*bunch.feature_names, "species"], lines)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_iris(tmp_path: Path, iris: Path, seed: int) -> None:
    output = tmp_path / "output"
    result = run("train", iris, "--target", "species", "--bias", "--seed", seed, "--output", output)
    assert result.exit_code == 0, result.output
    assert "the gradients agree at all 1500 iterations" in result.stdout
    reached = scores(result)
    assert reached["training"] == reached["training"][::-1]
    assert min(reached["training"]) >= 0.95
    assert min(reached["held out"]) >= 0.85
    assert files(output) == {"graph.svg", "history.csv", "loss.png", "predictions.csv", "weights.npz"}
    predictions = rows(output / "predictions.csv")
    assert len(predictions) == 150
    held_out = [r for r in predictions if r["part"] == "held out"]
    assert len(held_out) == 30
    right = sum(r["species"] == r["species (automatic)"] for r in held_out)
    assert round(right / 30, 4) == reached["held out"][1]


def test_the_weights_file_is_all_that_predicting_needs(tmp_path: Path, iris: Path) -> None:
    output = tmp_path / "output"
    run("train", iris, "--target", "species", "--bias", "--iterations", 300, "--seed", 0, "--output", output)
    table = rows(iris)
    with np.load(output / "weights.npz") as saved:
        columns = np.array([[float(r[name]) for name in saved["features"]] for r in table])
        x = (columns - saved["feature_low"]) / saved["feature_span"]
        layer1 = 1 / (1 + np.exp(-(x @ saved["weights1"] + saved["bias1"])))
        outputs = 1 / (1 + np.exp(-(layer1 @ saved["weights2"] + saved["bias2"])))
        names = [str(name).partition("=")[2] for name in saved["outputs"]]
    predicted = [names[i] for i in outputs.argmax(axis=1)]
    assert predicted == [r["species (automatic)"] for r in rows(output / "predictions.csv")]


def test_breast_cancer(tmp_path: Path) -> None:
    bunch = datasets.load_breast_cancer()
    path = write(tmp_path / "cancer.csv", [*bunch.feature_names, "benign"], np.column_stack([bunch.data, bunch.target]))
    result = run("train", path, "--target", "benign", "--iterations", 500, "--seed", 0, "--output", tmp_path / "output")
    assert result.exit_code == 0, result.output
    assert min(scores(result)["training"]) >= 0.95
    assert min(scores(result)["held out"]) >= 0.92
    assert "the gradients agree at all 500 iterations" in result.stdout


def test_digits(tmp_path: Path) -> None:
    bunch = datasets.load_digits()
    lines = [[*x, t] for x, t in zip(bunch.data.astype(int), bunch.target, strict=True)]
    path = write(tmp_path / "digits.csv", [*bunch.feature_names, "digit"], lines)
    options = ("--target", "digit", "--categorical", "digit", "--hidden", 16, "--iterations", 400, "--seed", 0)
    result = run("train", path, *options, "--output", tmp_path / "output")
    assert result.exit_code == 0, result.output
    assert min(scores(result)["held out"]) >= 0.85
    assert "outputs: 10" in result.stdout
    assert "the gradients agree at all 400 iterations" in result.stdout


def test_diabetes_a_target_of_numbers(tmp_path: Path) -> None:
    bunch = datasets.load_diabetes()
    columns = [*bunch.feature_names, "progression"]
    path = write(tmp_path / "diabetes.csv", columns, np.column_stack([bunch.data, bunch.target]))
    result = run("train", path, "--target", "progression", "--seed", 0, "--output", tmp_path / "output")
    assert result.exit_code == 0, result.output
    assert min(scores(result)["held out"]) >= 0.35
    actual = [float(r["progression"]) for r in rows(tmp_path / "output" / "predictions.csv")]
    np.testing.assert_array_equal(actual, bunch.target)


@pytest.mark.parametrize("activation", sorted(mg.activations))
def test_every_activation_trains(tmp_path: Path, iris: Path, activation: str) -> None:
    options = ("--activation", activation, "--bias", "--iterations", 200, "--seed", 0)
    result = run("train", iris, "--target", "species", *options, "--output", tmp_path / "output")
    assert result.exit_code == 0, result.output
    history = rows(tmp_path / "output" / "history.csv")
    assert float(history[-1]["automatic_loss"]) < float(history[0]["automatic_loss"])


def test_two_targets_and_no_row_held_out(tmp_path: Path, iris: Path) -> None:
    options = ("--target", "species", "--target", "petal width (cm)", "--holdout", 0, "--iterations", 50)
    result = run("train", iris, *options, "--seed", 0, "--output", tmp_path / "output")
    assert result.exit_code == 0, result.output
    assert "rows held out: 0, inputs: 3, outputs: 4" in result.stdout
    assert "R²" in result.stdout
    assert "accuracy" in result.stdout
    header = (tmp_path / "output" / "predictions.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header.startswith("row,part,species,species (manual),species (automatic),petal width (cm),")


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        ("a,t\n1,x\nred,y\n", [], r"row 2 \(line 3\), column 'a': 'red' is not a number"),
        ("a,t\n1,x\ninf,y\n", [], r"row 2 \(line 3\), column 'a': 'inf' is not a finite number"),
        ("a,t\n", [], "has no rows"),
        ("", [], "is empty"),
        ("a,t\n1,x\n2,x\n", [], "the target 't' is constant"),
        ("a,goal\n1,x\n2,y\n", [], "has no column 't'"),
        ("a,t\n1,x\n2,y\n", ["--activation", "tanhh"], "no activation 'tanhh'; did you mean 'tanh'"),
        ("a,t\n1,x\n2,y\n", ["--learning-rate", "-1"], "--learning-rate must be a number above 0, got -1"),
        ("a,t\n1,x\n2,y\n", ["--learning-rate", "nan"], "--learning-rate must be a number above 0, got nan"),
        ("a,t\n1,x\n2,y\n", ["--holdout", "1"], "at least 0 and below 1"),
        (
            "a,t\n1,1\n2,2\n3,7\n",
            ["--learning-rate", "1e9", "--activation", "identity", "--no-scale"],
            r"no longer finite at iteration 4: \(y − identity\(… \+ bias2\)\)² made inf at \[0, 0\], from "
            r"y − identity\(… \+ bias2\) = [\d.e+]+ there \(scope loss\); choose a smaller --learning-rate",
        ),
    ],
)
def test_a_table_that_cannot_be_used_is_one_line_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, options: list[str], words: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(content)
    result = run("train", path, "--target", "t", "--output", tmp_path / "output", "--seed", 0, *options)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("microgradnet: ")
    assert result.stderr.count("\n") == 1
    assert re.search(words, result.stderr)
    assert files(tmp_path) == {"table.csv"}
