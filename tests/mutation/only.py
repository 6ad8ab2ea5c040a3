"""A plugin of pytest: run the tests that a file names, in its order. ``ONLY=FILE pytest -p tests.mutation.only``."""

import os
from pathlib import Path


def pytest_collection_modifyitems(items: list) -> None:
    """Leave out every other test."""
    order = {name: n for n, name in enumerate(Path(os.environ["ONLY"]).read_text(encoding="utf-8").splitlines())}
    items[:] = sorted((i for i in items if i.nodeid in order), key=lambda i: order[i.nodeid])
