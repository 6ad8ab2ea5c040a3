"""Run the Python blocks of a Markdown file in order, in one namespace: ``python .ci/readme.py README.md FOLDER``."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path


def main(markdown: str, folder: str) -> None:
    """Run the blocks in a folder, and say which one failed."""
    text = Path(markdown).read_text(encoding="utf-8")
    blocks = list(re.finditer(r"^```python\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL))
    if not blocks:
        sys.exit(f"{markdown} has no Python block")
    os.chdir(folder)
    namespace: dict[str, object] = {"__name__": "__main__"}
    for block in blocks:
        line = text.count("\n", 0, block.start(1))
        exec(compile("\n" * line + block[1], markdown, "exec"), namespace)
    print(f"{len(blocks)} blocks ran")


if __name__ == "__main__":
    main(*sys.argv[1:])
