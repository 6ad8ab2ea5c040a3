"""How many MB each extra brings, beside what the package needs itself: ``python .ci/extras.py``.

Counted are the files of the distributions that are installed where this runs, which has the extra dev, without compiled
bytecode; what an extra shares with NumPy or another one that it includes is counted with it once.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def needed(requirements: Iterable[str], extras: frozenset[str] = frozenset()) -> set[str]:
    """Find the distributions that requirements lead to; of the package's own, those of the extras that are named."""
    found: set[str] = set()
    pending = [(Requirement(r), extras) for r in requirements]
    while pending:
        requirement, given = pending.pop()
        if requirement.marker is not None and not any(requirement.marker.evaluate({"extra": e}) for e in given or [""]):
            continue
        name = canonicalize_name(requirement.name)
        if name == PROJECT["name"]:
            pending += [(Requirement(r), frozenset()) for extra in requirement.extras for r in EXTRAS[extra]]
        elif name not in found:
            found.add(name)
            pending += [(Requirement(r), frozenset(requirement.extras)) for r in distribution(name).requires or ()]
    return found


def megabytes(names: Iterable[str]) -> str:
    """Add up what is installed of some distributions."""
    files = [Path(str(f.locate())) for name in names for f in distribution(name).files or () if f.suffix != ".pyc"]
    size = sum(f.stat().st_size for f in files if f.is_file()) / 1e6
    return f"{size:.0f} MB" if size >= 1 else f"{size:.1f} MB"


base = needed(PROJECT["dependencies"])
print(f"the package's own needs: {megabytes(base)}")
for extra in EXTRAS:
    try:
        names = needed([f"{PROJECT['name']}[{extra}]"])
    except PackageNotFoundError as missing:
        print(f"{extra}: {missing} is not installed here")
    else:
        print(f"{extra}: {megabytes(names - base)}")
