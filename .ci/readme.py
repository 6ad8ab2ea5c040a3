"""What the README says, put to the test.

``readme.py command PREFIX [PAGE]`` prints the shell command that begins with PREFIX, of the README or of another page;
``readme.py run`` runs the README's Python blocks in order, in one namespace. The pages of docs/ run when built.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def blocks(language: str, page: Path = README) -> list[tuple[int, str]]:
    """Return the fenced blocks of a language: the line each begins at, and its text."""
    text = page.read_text(encoding="utf-8")
    found = re.finditer(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [(text.count("\n", 0, m.start(1)), m[1]) for m in found]


def command(prefix: str, page: str = str(README)) -> None:
    """Print the one shell command that begins like this."""
    found = [line for _, text in blocks("sh", Path(page)) for line in text.splitlines() if line.startswith(prefix)]
    if len(found) != 1:
        sys.exit(f"{page} has {len(found)} commands that begin with {prefix!r}, not one")
    print(found[0])


def run() -> None:
    """Run the Python blocks; line numbers in a traceback are the page's own."""
    found = blocks("python")
    if not found:
        sys.exit("README.md has no Python block")
    namespace: dict[str, object] = {"__name__": "__main__"}
    for line, text in found:
        exec(compile("\n" * line + text, str(README), "exec"), namespace)
    print(f"README.md: {len(found)} blocks ran")


if __name__ == "__main__":
    {"command": command, "run": run}[sys.argv[1]](*sys.argv[2:])
