"""The ``microgradnet`` command: reads options, calls the rooms below, prints.

There is no logic here. Each page holds a family of subcommands. Exit status 1 says that gradients disagree, or that an
activation fails its check, and nothing else: an error in what the user gave, or in what the machine has, is one
line on stderr and exit status 2; a signal ends with 128 and its number, and a closed pipe like one.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    import typer

__all__ = ["application", "main"]


class _Ended(BaseException):
    """Raised where a signal wants the program to end, so that what is half done is cleared away."""


def main() -> int:
    """Run the command on the program's arguments, and return its exit status."""
    try:
        return _main()
    except KeyboardInterrupt:  # before a command runs, which raises typer.Abort
        return 128 + signal.SIGINT


def _main() -> int:
    for name in ("stdout", "stderr"):  # None where the program was started with it closed
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - to the end of the program
    try:
        import rich  # noqa: F401 - the pages need it
        import typer
    except ImportError:
        print('the microgradnet command needs its extra: pip install "microgradnet[cli]"', file=sys.stderr)
        return 2
    from microgradnet.cli.common import complain, unread

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without → shows ? instead
    try:
        _end_by_exception()
        arguments = sys.argv[1:] or ["--help"]
        status = application()(arguments, prog_name="microgradnet", standalone_mode=False)
        sys.stdout.flush()  # of --help and --version, which are no page's
    except typer.Abort:
        return 128 + signal.SIGINT
    except _Ended as error:
        return 128 + int(error.args[0])
    except SystemExit as error:  # a closed pipe below --help, which no page prints; and the shell's completion
        if not isinstance(error.__context__, BrokenPipeError):
            raise
        return unread()
    except BrokenPipeError:  # the reader of --help or --version has gone
        return unread()
    except OSError as error:
        unread()
        return complain(error.strerror or str(error))
    except Exception as error:
        if not hasattr(error, "format_message"):  # what a wrong option raises has it
            raise
        return complain(error.format_message())
    return status if isinstance(status, int) else 0


def _end_by_exception() -> None:
    """Make the signals that ask a program to end raise an exception, unless somebody else has a use for them."""
    from microgradnet.started import interrupted

    def end(number: int, _: FrameType | None) -> NoReturn:
        raise _Ended(number)

    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, end)
        if signal.getsignal(signal.SIGINT) is interrupted:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def application() -> typer.Typer:
    """Make the command with its subcommands."""
    import typer
    from typer.core import TyperGroup

    from microgradnet.cli import activations, common, comparing, derivation, drawing, studying, training

    class Commands(TyperGroup):
        """Commands of one word or of two."""

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            if (name := " ".join(args[:2])) in self.commands:
                args = [name, *args[2:]]
            return super().resolve_command(ctx, args)

    app = typer.Typer(
        cls=Commands,
        help="See, check and trust a gradient.",
        context_settings={"help_option_names": ["-h", "--help"]},
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(common.options)
    commands: dict[str, tuple[Callable[..., None], str]] = {
        "demo": (training.demo, "microgradnet demo --seed 0"),
        "train": (training.train, "microgradnet train flowers.csv --target species --hidden 8"),
        "compare": (comparing.compare_gradients, "microgradnet compare derivation.py --loss loss --backprop backprop"),
        "draw": (drawing.draw_graph, "microgradnet draw model.py:loss --gradients -o loss.svg"),
        "explore": (drawing.explore_graph, "microgradnet explore article -o network.html"),
        "derive": (derivation.derive_gradient, "microgradnet derive model.py:loss --source"),
        "activations": (activations.show, "microgradnet activations gelu"),
        "activations study": (studying.study, "microgradnet activations study gelu silu --html study.html"),
    }
    for name, (command, example) in commands.items():
        summary = (command.__doc__ or "").partition("\n\n")[0]
        guarded: Callable[..., None] = common.errors()(command)
        app.command(name, short_help=summary, epilog=f"Example: {example}")(guarded)
    return app
