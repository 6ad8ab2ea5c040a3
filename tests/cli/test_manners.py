"""How the command treats the system and the user's files: exit statuses, pipes, signals, terminals, spreadsheets."""

from __future__ import annotations

import csv
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("typer")

from typer.testing import CliRunner

from microgradnet import cli

ROOT = Path(__file__).parents[2]
TABLE = "a,b,y\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n.1,.9,1\n.9,.8,0\n.2,.1,0\n.8,.1,1\n"
RIGHT = """
import numpy as np
def loss(w): return np.sum(w**2)
def backprop(w): return 2 * w
def data(): return [np.ones(2)]
"""
ESCAPES = "\x1b[31mred\x1b]0;title\x07"

posix = pytest.mark.skipif(os.name == "nt", reason="pipes and signals as POSIX has them")


def run(*arguments: object) -> Any:
    return CliRunner().invoke(cli.application(), [str(a) for a in arguments])


def program(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "microgradnet", *map(str, arguments)]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg", **more}


def module(folder: Path, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        program(*arguments), cwd=folder, env=environment(**more), capture_output=True, text=True, encoding="utf-8"
    )


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    return path


# --- exit statuses -------------------------------------------------------------------------------------


def unread(folder: Path, *arguments: str) -> tuple[int, bytes]:
    """Run the command with a pipe for standard output whose reader has gone."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as nobody:
        done = subprocess.run(program(*arguments), cwd=folder, env=environment(), stdout=nobody, stderr=subprocess.PIPE)
    return done.returncode, done.stderr


@posix
@pytest.mark.parametrize("arguments", ["activations", "--help", "train --help", "derive article --source"])
def test_a_closed_pipe_ends_quietly_with_141(tmp_path: Path, arguments: str) -> None:
    assert unread(tmp_path, *shlex.split(arguments)) == (141, b"")


BROKEN = """
import microgradnet as mg, numpy as np
def raises(*_): raise BrokenPipeError(32, "theirs")
own = mg.primitive(lambda xp, x: xp.exp(x), [raises], name="own")
def loss(w): return raises() if w.size == 2 else mg.sum(own(w))
def prints(w):
    print("x" * 100_000)
    return mg.sum(w * w)
def backprop(w): return 2 * w
def data(): return [np.ones(2)]
def tensor(): return loss(mg.tensor([1.0], requires_grad=True))
def loud(): return prints(mg.tensor([1.0], requires_grad=True))
"""


@pytest.mark.parametrize(
    "arguments",
    [
        "compare broken.py", "compare broken.py --json", "draw broken.py:raises", "derive broken.py:tensor",
        "draw broken.py:tensor --gradients -o x.dot", "activations --check broken.py:raises",
    ],
)  # fmt: skip
def test_a_pipe_of_the_users_that_is_broken_is_an_error_of_theirs(tmp_path: Path, arguments: str) -> None:
    (tmp_path / "broken.py").write_text(BROKEN)
    done = module(tmp_path, *shlex.split(arguments))
    if "--check" in arguments:  # which reports what the activation raises
        assert (done.returncode, "BrokenPipeError" in done.stdout) == (1, True)
        return
    assert done.returncode == 2
    assert "BrokenPipeError: [Errno 32] theirs" in done.stderr.splitlines()[-1]


@posix
def test_what_the_users_file_prints_to_a_closed_pipe_ends_with_141(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text(BROKEN)
    assert unread(tmp_path, "derive", "broken.py:loud") == (141, b"running broken.py\n")


@pytest.mark.parametrize("command", ["draw raises.py:loss --gradients -o x.dot", "derive raises.py:loss"])
def test_what_a_vjp_of_the_users_raises_is_one_line_and_status_2(tmp_path: Path, command: str) -> None:
    (tmp_path / "raises.py").write_text(
        "import microgradnet as mg\ndef vjp(g, y, x): raise ZeroDivisionError('theirs')\n"
        "own = mg.primitive(lambda xp, x: xp.exp(x), [vjp], name='own')\n"
        "loss = own(mg.tensor(1.0, requires_grad=True))\n"
    )
    done = module(tmp_path, *shlex.split(command))
    assert done.returncode == 2
    assert done.stderr.splitlines()[1:] == ["microgradnet: raises.py:loss: ZeroDivisionError: theirs"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux's device that is full")
def test_a_full_disk_is_one_line_and_status_2(tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            program("activations", "relu"), cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE
        )
    assert done.returncode == 2
    assert done.stderr.startswith(b"microgradnet: ")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux's device that is full")
@pytest.mark.parametrize("arguments", ["--help", "train -h", "--version"])
def test_help_on_a_full_disk_is_one_line_and_status_2(tmp_path: Path, arguments: str) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            program(*shlex.split(arguments)), cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE
        )
    assert done.returncode == 2
    assert done.stderr.startswith(b"microgradnet: ")
    assert done.stderr.count(b"\n") == 1


@posix
@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-", "2>&-"])
@pytest.mark.parametrize("arguments", ["activations relu", "compare right.py", "compare right.py --json", "--version"])
def test_closed_streams_change_no_exit_status(tmp_path: Path, arguments: str, closed: str) -> None:
    (tmp_path / "right.py").write_text(RIGHT)
    command = f"{shlex.join(program(*shlex.split(arguments)))} {closed}"
    done = subprocess.run(command, shell=True, cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr


def test_a_network_too_large_for_the_machine_is_refused_before_it_is_made(table: Path) -> None:
    done = module(table.parent, "train", table, "--target", "y", "--hidden", 10**12)
    assert done.returncode == 2
    assert "not enough memory" in done.stderr
    assert done.stderr.count("\n") == 1


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_nothing_half_written(tmp_path: Path, number: signal.Signals) -> None:
    output = tmp_path / "a" / "b"
    command = program("demo", "--iterations", 10**8, "--output", output)
    process = subprocess.Popen(
        command, env=environment(), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )  # fmt: skip
    try:
        while not list(output.glob(".unfinished-*")):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(number)
        said = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 128 + number
    assert said == (b"", b"")
    assert list(tmp_path.iterdir()) == []


@posix
@pytest.mark.parametrize("module", ["numpy", "typer", "rich"])
@pytest.mark.parametrize("start", [["-m", "microgradnet"], ["microgradnet"]], ids=["module", "script"])
def test_an_interrupt_while_it_is_loading_ends_quietly_with_130(tmp_path: Path, start: list[str], module: str) -> None:
    first = tmp_path / "first"
    first.mkdir()
    (first / f"{module}.py").write_text(
        "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nraise AssertionError\n"
    )
    (tmp_path / "microgradnet").write_text("import sys\nfrom microgradnet.cli import main\nsys.exit(main())\n")
    done = subprocess.run(
        [sys.executable, *start, "activations"], cwd=tmp_path, capture_output=True,
        env=environment(PYTHONPATH=os.pathsep.join([str(first), str(ROOT)]), PYTHONSAFEPATH="1"),
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@posix
def test_an_interrupt_while_another_program_imports_the_package_is_its_own(tmp_path: Path) -> None:
    code = "import signal, microgradnet; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    done = subprocess.run([sys.executable, "-c", code], env=environment(), cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "True\n"


@pytest.mark.parametrize(
    ("missing", "command", "words"),
    [
        ("numpy", "activations", "NumPy is missing: pip install numpy"),
        ("graphviz", "draw article -o x.dot", "the package graphviz, which is missing: pip install graphviz"),
        ("typer", "activations", 'pip install "microgradnet[cli]"'),
        ("matplotlib", "activations --gallery x.png", 'pip install "microgradnet[plot]"'),
    ],
)
def test_a_package_that_is_missing_is_one_line_with_what_to_install(
    tmp_path: Path, missing: str, command: str, words: str
) -> None:
    done = without(missing, tmp_path, command)
    assert (done.returncode, done.stderr.count("\n"), words in done.stderr) == (2, 1, True), done.stderr


@pytest.mark.parametrize("command", ["activations relu", "derive article", "compare right.py", "demo --iterations 2"])
def test_without_the_package_graphviz_what_draws_no_graph_works(tmp_path: Path, command: str) -> None:
    (tmp_path / "right.py").write_text(RIGHT)
    done = without("graphviz", tmp_path, command)
    assert done.returncode == 0, done.stderr


def without(missing: str, folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run the command as if a package weren't installed."""
    (folder / "sitecustomize.py").write_text(f"import sys\nsys.modules[{missing!r}] = None\n")
    return module(folder, *shlex.split(command), PYTHONPATH=os.pathsep.join([str(folder), str(ROOT)]))


@pytest.mark.parametrize("columns", ["0", "-5", "abc", "1", "7"])
@pytest.mark.parametrize(
    "command",
    [
        "activations",
        "activations softmax",
        "demo --iterations 2",
        "train table.csv --target y --iterations 2",
        "compare right.py",
        "derive article",
        "train --help",
    ],
)
def test_a_terminal_of_any_width_is_written_to(
    table: Path, monkeypatch: pytest.MonkeyPatch, command: str, columns: str
) -> None:
    (table.parent / "right.py").write_text(RIGHT)
    monkeypatch.chdir(table.parent)
    monkeypatch.setenv("COLUMNS", columns)
    result = run(*shlex.split(command))
    assert result.exit_code == 0, result.output


# --- the user's files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_the_table_that_is_read_is_never_written_over(tmp_path: Path, force: list[str]) -> None:
    path = tmp_path / "history.csv"
    path.write_text(TABLE)
    result = run("train", path, "--target", "y", "--output", tmp_path, *force)
    assert result.exit_code == 2
    assert f"{path}: is read, and would be written over" in result.stderr
    assert path.read_text() == TABLE
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["graph.svg", "history.csv", "loss.png", "predictions.csv", "weights.npz"])
def test_a_file_that_the_command_did_not_write_needs_force(table: Path, name: str) -> None:
    output = table.parent / "output"
    arguments = ["train", table, "--target", "y", "--output", output, "--iterations", 3, "--seed", 0]
    for _ in range(2):  # what it has written itself it replaces
        assert run(*arguments).exit_code == 0
    written = (output / name).read_bytes()
    (output / name).write_bytes(b"mine")
    result = run(*arguments)
    assert result.exit_code == 2
    assert f"{name}: is there, and was not written by this command; --force replaces it" in result.stderr
    assert (output / name).read_bytes() == b"mine"
    assert run(*arguments, "--force").exit_code == 0
    assert (output / name).read_bytes()[:20] == written[:20]


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf", "tex", "dot"])
@pytest.mark.parametrize("command", ["draw article --output", "activations --gallery"])
def test_a_picture_takes_no_other_files_place(tmp_path: Path, command: str, suffix: str) -> None:
    if suffix in ("dot", "tex") and "gallery" in command:
        pytest.skip("Matplotlib writes neither DOT nor TikZ")
    path = tmp_path / f"picture.{suffix}"
    for _ in range(2):
        result = run(*command.split(), path)
        assert result.exit_code == 0, result.output
    path.write_bytes(b"mine")
    assert run(*command.split(), path).exit_code == 2
    assert path.read_bytes() == b"mine"
    assert run(*command.split(), path, "--force").exit_code == 0
    assert path.read_bytes() != b"mine"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nosuchdir" / "x.svg"
    result = run("draw", "article", "-o", path)
    assert result.exit_code == 2
    assert f"{path}: No such file or directory" in " ".join(result.stderr.split())


# --- the user's text ---------------------------------------------------------------------------------------


def test_the_report_as_json_is_json_whatever_the_file_prints(tmp_path: Path) -> None:
    (tmp_path / "talks.py").write_text(
        "import atexit, ctypes, os, subprocess, sys, threading\nimport numpy as np\nprint('imported')\n"
        "def child(word): subprocess.run([sys.executable, '-c', f'print({word!r})'])\n"
        "def outlive():\n    threading.main_thread().join()\n    print('thread')\n"
        "    os.write(1, b'thread below Python\\n')\n"
        "    sys.__stdout__.write('unfinished line of a thread')\n"
        "atexit.register(print, 'at exit')\natexit.register(child, 'child at exit')\n"
        "if os.name == 'posix': atexit.register(ctypes.CDLL(None).puts, b'C at exit')\n"
        "def loss(w):\n    print('called')\n    os.write(1, b'below Python')\n    return (w * w).sum()\n"
        "def backprop(w):\n    child('child')\n    return 2 * w\n"
        "def data():\n    threading.Thread(target=outlive).start()\n    return [np.ones(2)]\n"
    )
    done = module(tmp_path, "compare", "talks.py", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ok"] is True
    words = ["imported", "called", "below Python", "child", "thread", "thread below Python", "at exit", "child at exit"]
    words += ["unfinished line of a thread", *(["C at exit"] if os.name == "posix" else [])]
    assert [word for word in words if word not in done.stderr] == []


@posix
def test_the_report_as_json_ends_like_all_others_where_nobody_reads_it(tmp_path: Path) -> None:
    (tmp_path / "right.py").write_text(RIGHT)
    assert unread(tmp_path, "compare", "right.py", "--json") == (141, b"running right.py\n")


@pytest.mark.parametrize("command", ["train", "draw", "compare", "derive"])
def test_nothing_of_the_users_steers_the_terminal(tmp_path: Path, command: str) -> None:
    named = tmp_path / f"{ESCAPES.replace('/', '')}.py"
    named.write_text(
        "import microgradnet as mg, numpy as np\n"
        f"loss = mg.sum(mg.tensor([1.0], requires_grad=True, name={ESCAPES!r}))\n"
        "def backprop(w): return w\n"
        f"def data(): raise ValueError({ESCAPES!r})\n"
    )
    data = tmp_path / "data.csv"
    data.write_text(f"a,{ESCAPES}\n" + "".join(f"{i},{ESCAPES}{i % 2}\n" for i in range(9)))
    arguments = {
        "train": ["train", data, "--target", ESCAPES, "--iterations", 2, "--output", tmp_path / ESCAPES],
        "draw": ["draw", f"{named}:loss", "-o", tmp_path / f"{ESCAPES}.dot"],
        "compare": ["compare", named],
        "derive": ["derive", f"{named}:loss"],
    }[command]
    result = run(*arguments)
    assert "red" in result.output
    assert "\x1b" not in result.output.replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert "\x07" not in result.output


def test_predictions_hold_no_formula_for_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    labels = ['=HYPERLINK("x")', "+1+1", "-2+3", "@SUM(A1)", "plain"]
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([["a", "=cmd()"], *([i, labels[i % 5]] for i in range(25))])
    output = tmp_path / "output"
    result = run("train", path, "--target", "=cmd()", "--iterations", 3, "--seed", 0, "--output", output)
    assert result.exit_code == 0, result.output
    with open(output / "predictions.csv", newline="") as file:
        cells = {cell for row in csv.reader(file) for cell in row}
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert {"'=cmd()", "'+1+1", "plain"} <= cells


# --- what train says ---------------------------------------------------------------------------------------


def test_a_backend_that_is_none_leaves_out_the_picture_and_not_the_run(table: Path) -> None:
    output = table.parent / "output"
    done = module(
        table.parent, "train", table, "--target", "y", "--iterations", 3, "--output", output, MPLBACKEND="nonsense"
    )
    assert done.returncode == 0, done.stderr
    assert "not written: loss.png: " in done.stderr
    assert "nonsense" in done.stderr
    assert {f.name for f in output.iterdir()} == {"graph.svg", "history.csv", "predictions.csv", "weights.npz"}


def test_a_network_that_tells_no_row_from_another_is_said_so(table: Path) -> None:
    arguments = ["--target", "y", "--learning-rate", 1e-12, "--iterations", 5, "--seed", 0]
    said = run("train", table, *arguments, "--output", table.parent / "out").stdout
    assert "all predictions of y are the same" in said
    said = run("train", table, "--target", "y", "--seed", 3, "--output", table.parent / "out").stdout
    assert "all predictions" not in said


def test_a_loss_that_did_not_fall_is_said_so(table: Path) -> None:
    result = run("train", table, "--target", "y", "--learning-rate", 1e-300, "--output", table.parent / "out")
    assert "the loss did not fall" in result.stdout


def test_train_has_biases_unless_told_otherwise(table: Path) -> None:
    for option, names in (([], {"bias1", "bias2"}), (["--no-bias"], set())):
        output = table.parent / "out"
        assert run("train", table, "--target", "y", "--iterations", 2, "--output", output, *option).exit_code == 0
        with np.load(output / "weights.npz") as weights:
            assert {name for name in weights.files if name.startswith("bias")} == names


def test_an_activation_without_a_derivative_by_hand_trains_with_its_automatic_one(table: Path) -> None:
    import microgradnet as mg

    def soft_step(x: Any, slope: float = 1.5) -> Any:
        return mg.tanh(slope * x) * mg.sigmoid(x)

    mg.activation(soft_step, learnable=["slope"])
    result = run(
        "train", table, "--target", "y", "--activation", "soft_step", "--seed", 0, "--output", table.parent / "out"
    )
    assert result.exit_code == 0, result.output
    assert "no derivative by hand of soft_step is known" in result.stdout
    assert "the gradients agree at all 1500 iterations" in result.stdout


# --- help ----------------------------------------------------------------------------------------------------


def test_every_command_has_a_whole_summary_and_an_example_in_its_help() -> None:
    overview = " ".join(run("-h").stdout.split())
    commands = ("demo", "train", "compare", "draw", "derive", "activations")
    for name in commands:
        said = run(name, "-h").stdout
        assert said == run(name, "--help").stdout
        assert f"Example: microgradnet {name}" in said
        summary = " ".join(said.partition("\n\n")[2].partition("\n\n")[0].split())
        assert summary in overview, name
    assert "..." not in overview.partition("Commands")[2]


def test_the_shell_can_complete(tmp_path: Path) -> None:
    done = module(tmp_path, _MICROGRADNET_COMPLETE="complete_bash", COMP_WORDS="microgradnet de", COMP_CWORD="1")
    assert done.stdout.split() == ["demo", "derive"]
