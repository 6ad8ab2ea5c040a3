"""The lowest versions that pyproject.toml claims, as pip takes them: ``lowest.py EXTRA ...``, a requirement a line."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def lowest(requirements: list[str]) -> list[str]:
    """Pin each requirement to the lowest version that it allows, those of the package's own extras included."""
    pinned = []
    for requirement in requirements:
        own = re.fullmatch(rf"{PROJECT['name']}\[([\w,]+)\]", requirement)
        if own is not None:
            for extra in own[1].split(","):
                pinned += lowest(PROJECT["optional-dependencies"][extra])
            continue
        name, at_least, version = requirement.partition(">=")
        if not at_least or not re.fullmatch(r"[\d.]+", version):
            sys.exit(f"{requirement!r} claims no lowest version")
        pinned.append(f"{name}=={version}")
    return pinned


print("\n".join(dict.fromkeys(lowest([*PROJECT["dependencies"], f"{PROJECT['name']}[{','.join(sys.argv[1:])}]"]))))
