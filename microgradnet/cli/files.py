"""Files that the command writes: whole or not at all, and none of somebody else's written over.

What the command has written it knows again, by a mark in the file or by what only its own files begin with. Such a
file it replaces; any other stays, unless the user says ``--force``.
"""

from __future__ import annotations

import errno
import os
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from microgradnet.nn.report import HISTORY, MARK, PREDICTIONS

__all__ = ["Force", "keep_what_is_not_ours", "write_marked"]

Force = Annotated[bool, typer.Option("--force", help="Write over files that this command didn't write.")]

_MARK = MARK.encode()
_KNOWN = {
    ".csv": (",".join(HISTORY).encode(), ",".join(PREDICTIONS).encode() + b","),
    ".npz": (b"feature_low.npy",),
}
"""What files of these kinds hold that only the command's own do; all others hold the mark."""

_LOOK = 1 << 14
"""How many bytes of the beginning and of the end of a file are looked at."""


def keep_what_is_not_ours(paths: Iterable[Path], force: bool, given: Path | None = None) -> None:
    """Refuse to write over a file that the command didn't write.

    Parameters
    ----------
    paths : iterable of Path
        What is going to be written.
    force : bool
        Whether the user wants it all the same.
    given : Path, optional
        What is read. It is never written over.

    Raises
    ------
    FileExistsError
    """
    for path in paths:
        if given is not None and path.exists() and given.exists() and path.samefile(given):
            raise FileExistsError(errno.EEXIST, "is read, and would be written over; choose another output", str(path))
        if path.is_file() and not force and not _is_ours(path):
            why = "is there, and was not written by this command; --force replaces it"
            raise FileExistsError(errno.EEXIST, why, str(path))


def _is_ours(path: Path) -> bool:
    with open(path, "rb") as file:
        seen = file.read(_LOOK)
        file.seek(max(0, os.path.getsize(path) - _LOOK))
        seen += file.read()
    return not seen or any(mark in seen for mark in _KNOWN.get(path.suffix, (_MARK,)))


def write_marked(picture: bytes, path: Path) -> None:
    """Write a picture, a page or source with the mark in it, where its format has room for a comment."""
    from microgradnet.views.rendering import write_whole  # loads graphviz, which other commands do without

    match path.suffix.lower():
        case ".png":  # a chunk of text before the last chunk, which has 12 bytes
            text = b"tEXt" + b"Software\0" + _MARK
            chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
            picture = picture[:-12] + chunk + picture[-12:]
        case ".svg" | ".html":
            picture += b"<!-- " + _MARK + b" -->\n"
        case ".pdf" | ".tex":
            picture += b"% " + _MARK + b"\n"
        case ".py":
            picture += b"# " + _MARK + b"\n"
        case _:
            picture += b"// " + _MARK + b"\n"
    write_whole(picture, path)
