"""What the README and the how-tos say, put to the test.

``readme.py command PREFIX`` prints the shell command that begins with PREFIX; ``readme.py run`` runs the Python
blocks of it and of docs/*.md in order, in one namespace for each page.
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


def command(prefix: str) -> None:
    """Print the one shell command that begins like this."""
    found = [text.strip() for _, text in blocks("sh") if text.startswith(prefix)]
    if len(found) != 1:
        sys.exit(f"README.md has {len(found)} commands that begin with {prefix!r}, not one")
    print(found[0])


def run() -> None:
    """Run the Python blocks; line numbers in a traceback are the page's own."""
    if not blocks("python"):
        sys.exit("README.md has no Python block")
    for page in (README, *sorted(README.parent.glob("docs/*.md"))):
        namespace: dict[str, object] = {"__name__": "__main__"}
        found = blocks("python", page)
        for line, text in found:
            exec(compile("\n" * line + text, str(page), "exec"), namespace)
        print(f"{page.name}: {len(found)} blocks ran")


if __name__ == "__main__":
    {"command": command, "run": run}[sys.argv[1]](*sys.argv[2:])
