"""The first thing that the package imports: the ``microgradnet`` command ends quietly while it is still loading.

Python imports a package before what is in it, so no page of the command is early enough. In any other program
nothing happens here, and what is imported takes next to no time.
"""

from __future__ import annotations

import os
import signal
import sys
from importlib.util import find_spec

__all__ = ["interrupted", "is_command"]


def is_command(original: list[str], arguments: list[str]) -> bool:
    """Whether a program is the command, by what Python was started with and by what is left for the program.

    Examples
    --------
    >>> is_command(["python", "-m", "microgradnet", "demo"], ["-m", "demo"])
    True
    >>> is_command(["python", "/usr/bin/microgradnet", "demo"], ["/usr/bin/microgradnet", "demo"])
    True
    >>> is_command(["python", "-m", "pytest", "microgradnet"], ["-m", "microgradnet"])
    False
    """
    program = original[-len(arguments) :][:1] if arguments else []
    return [os.path.splitext(os.path.basename(name))[0].removeprefix("-m") for name in program] == ["microgradnet"]


def interrupted(number: int, _: object) -> None:
    """End the program at once: nothing has begun that would have to be cleared away."""
    os._exit(128 + number)


if is_command(sys.orig_argv, getattr(sys, "argv", [])):
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupted)  # until the command can catch what the usual one raises
    if find_spec("numpy") is None:
        sys.stderr.write("microgradnet: NumPy is missing: pip install numpy\n")
        sys.exit(2)
