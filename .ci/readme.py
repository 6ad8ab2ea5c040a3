"""What the README and the pages say, put to the test.

``readme.py command PREFIX [PAGE]`` prints the shell command that begins with PREFIX, of the README or of another page;
``readme.py run`` runs the README's Python blocks in order, in one namespace, and asks that what a ``text`` block shows
was printed by the block before it; ``readme.py plug-in DIRECTORY`` writes the package of docs/how-to/plug-in.md there.
The pages of docs/ run when built.
"""

from __future__ import annotations

import io
import linecache
import re
import sys
from contextlib import redirect_stdout
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PLUG_IN = ROOT / "docs" / "how-to" / "plug-in.md"


def blocks(languages: str, page: Path = README) -> list[tuple[str, int, str]]:
    """Return the fenced blocks of some languages, ``a|b``: the language, the line it begins at, and the text."""
    text = page.read_text(encoding="utf-8")
    found = re.finditer(rf"^```({languages})\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [(m[1], text.count("\n", 0, m.start(2)), m[2]) for m in found]


def command(prefix: str, page: str = str(README)) -> None:
    """Print the one shell command that begins like this."""
    found = [line for _, _, text in blocks("sh", Path(page)) for line in text.splitlines() if line.startswith(prefix)]
    if len(found) != 1:
        sys.exit(f"{page} has {len(found)} commands that begin with {prefix!r}, not one")
    print(found[0])


def run() -> None:
    """Run the Python blocks, each as a file that can be read: a listing shows its lines."""
    found = blocks("python|text")
    if not found:
        sys.exit("README.md has no Python block")
    namespace: dict[str, object] = {"__name__": "__main__"}
    printed = io.StringIO()
    for language, line, text in found:
        if language == "python":
            with redirect_stdout(printed := io.StringIO()):
                file = f"README.md, the block at line {line + 1}"
                linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
                exec(compile(text, file, "exec"), namespace)
            print(printed.getvalue(), end="")
        elif text not in printed.getvalue():
            sys.exit(f"README.md, line {line + 1}: this is not what the block above prints:\n{text}")
    print(f"README.md: {len(found)} blocks hold")


def plug_in(directory: str) -> None:
    """Write the package that the page on plug-ins describes: its metadata, and its first cell as the module."""
    folder = Path(directory)
    folder.mkdir(parents=True)
    ((_, _, metadata),) = blocks("toml", PLUG_IN)
    (folder / "pyproject.toml").write_text(metadata, encoding="utf-8")
    (folder / "smooth_activations.py").write_text(blocks(r"\{code-cell\}", PLUG_IN)[0][2], encoding="utf-8")


if __name__ == "__main__":
    {"command": command, "run": run, "plug-in": plug_in}[sys.argv[1]](*sys.argv[2:])
