"""A change of the user's source: the statement as it would be, and the change as a unified diff. Nothing is written."""

from __future__ import annotations

import ast
import contextlib
import difflib
import io
import re
import tokenize
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from microgradnet.check.mend.rewrite import LOOSE
from microgradnet.check.mend.variables import parsed
from microgradnet.check.observe import Place, Source, blocks_of, span_of, tree_of

__all__ = ["Change", "as_diff", "changed", "statement_after"]

Change = tuple[Place, str | None]
"""What stands at a place instead; None to leave the statement out."""

_Span = tuple[int, int, int, int, str]
"""From which line and column to which other text stands."""

_TIGHT = (ast.BinOp, ast.UnaryOp, ast.Attribute, ast.Subscript, ast.Call, ast.Compare)


def changed(program: Source, file: str, changes: Iterable[Change]) -> str | None:
    """Return the source of a file with some changes; None if they can't be written."""
    lines = program.files[file].encode().splitlines(keepends=True)
    spans, changes = [], [*changes]
    taken = {place.statement for place, _ in changes if place.is_moved}
    for place, text in changes:
        edits = _move(program, lines, place, taken) if place.is_moved else [_edit(program, lines, place, text)]
        if None in edits:
            return None
        spans += [e for e in edits if e is not None]
    for first, start, last, end, new in sorted(spans, reverse=True):
        before, after = lines[first - 1][:start], lines[last - 1][end:]
        lines[first - 1 : last] = [before + new.encode() + after]
    source = b"".join(lines).decode()
    try:
        tree_of(source, file)
    except SyntaxError:
        return None
    return source


def _edit(program: Source, lines: list[bytes], place: Place, text: str | None) -> _Span | None:
    statement = place.statement
    if text is None:
        alone = not lines[statement.lineno - 1][: statement.col_offset].strip()
        alone = alone and not lines[statement.end_lineno - 1][statement.end_col_offset :].split(b"#")[0].strip()
        if not alone:
            return None
        if len(_block_of(program.trees[place.file], statement)) == 1:
            return (*span_of(statement), "pass")
        return statement.lineno, 0, statement.end_lineno, len(lines[statement.end_lineno - 1]), ""
    if place.kind in ("after", "added", "ahead"):
        text = f"{place.variable} = {text}" if place.kind == "after" else text
        indent = lines[statement.lineno - 1][: statement.col_offset].decode()
        if indent.strip():
            return None
        if place.kind == "ahead":
            return statement.lineno, statement.col_offset, statement.lineno, statement.col_offset, f"{text}\n{indent}"
        end = len(lines[statement.end_lineno - 1].rstrip(b"\r\n"))
        return statement.end_lineno, end, statement.end_lineno, end, f"\n{indent}{text}"
    if place.kind == "statement":  # several of them stand below each other
        before = lines[statement.lineno - 1][: statement.col_offset].decode()
        return (*span_of(place.node), text.replace("\n", "; " if before.strip() else f"\n{before}"))
    if (gone := _without_a_one(place, text)) is not None:
        product, left = gone
        return (*span_of(product), _enclosed(replace(place, node=product), program.text(place, left)))
    new = ast.parse(text, mode="eval").body
    if _is_negative(new) and (turned := _with_the_other_sign(lines, place, new, text[1:])) is not None:
        return turned
    return (*_without_parentheses(lines, place, new, text), _enclosed(place, text))


def _move(program: Source, lines: list[bytes], place: Place, all_taken: set[ast.stmt]) -> list[_Span | None]:
    """Take a statement out, and put it ahead of another, or behind it: behind the one before, if that is taken, too."""
    taken, other = place.statement, place.node
    block = _block_of(program.trees[place.file], other)
    while place.kind == "moved behind" and other in all_taken and block.index(other):
        other = block[block.index(other) - 1]
    out = _edit(program, lines, place, None)
    indent = lines[other.lineno - 1][: other.col_offset].decode()
    if out is None or indent.strip():
        return [None]
    comment = lines[taken.end_lineno - 1][taken.end_col_offset :].decode().rstrip()
    text = program.text(place, taken) + comment * (not out[-1])  # a pass that is left keeps it
    if place.kind == "moved ahead":
        return [out, (other.lineno, other.col_offset, other.lineno, other.col_offset, f"{text}\n{indent}")]
    if other.end_lineno == taken.end_lineno:  # it ends the block that it is taken out of
        first, start, last, end, left = out
        line = lines[taken.end_lineno - 1]
        ending = line[len(line.rstrip(b"\r\n")) :].decode()
        return [(first, start, last, end, f"{left}\n{indent}{text}" if left else f"{indent}{text}{ending}")]
    end = len(lines[other.end_lineno - 1].rstrip(b"\r\n"))
    return [out, (other.end_lineno, end, other.end_lineno, end, f"\n{indent}{text}")]


def _without_a_one(place: Place, text: str) -> tuple[ast.expr, ast.expr] | None:
    """Return a product of which one factor is to be 1 now, and the other; None where it is to be anything else."""
    around: dict[ast.AST, Any] = {child: n for n in ast.walk(place.statement) for child in ast.iter_child_nodes(n)}
    node, outer = place.node, around.get(place.node)
    match outer:  # m / m
        case ast.BinOp(left, ast.Div(), right) if left is node and ast.unparse(right) == text:
            node, outer, text = outer, around.get(outer), "1"
    match outer:
        case ast.BinOp(left, ast.Mult(), right) if text in ("1", "1.0") and node in (left, right):
            other = right if node is left else left
            return None if isinstance(other, ast.Compare) else (outer, other)  # of a mask it makes numbers
    return None


def _is_negative(node: ast.expr) -> bool:
    """Whether an expression begins with a minus, be it in front of a product."""
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div | ast.MatMult):
        node = node.left
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)


def _with_the_other_sign(lines: list[bytes], place: Place, new: ast.expr, text: str) -> _Span | None:
    """Subtract what would be added with a minus, and the other way round; None where it isn't the second term."""
    sums = (n for n in ast.walk(place.statement) if isinstance(n, ast.BinOp) and n.right is place.node)
    outer: Any = next(sums, place.statement)
    left: Any = outer.left if isinstance(outer, ast.BinOp) else getattr(outer, "target", None)
    own = "+" if isinstance(getattr(outer, "op", None), ast.Add) else "-"
    whole = isinstance(outer, ast.BinOp) or place.node is getattr(outer, "value", None)
    if not whole or left is None or not isinstance(getattr(outer, "op", None), ast.Add | ast.Sub):
        return None
    first, start, last, end = span_of(place.node)
    after = left.end_col_offset
    between = lines[first - 1][after:start].decode()
    if left.end_lineno != first or between.count(own) != 1:
        return None
    if isinstance(outer, ast.AugAssign) and text.startswith("(") and text.endswith(")") and not between.endswith("("):
        alone = ast.dump(ast.parse(text[1:-1])) if parsed(text[1:-1]) is not None else ""
        text = text[1:-1] if alone == ast.dump(ast.parse(text)) else text  # nothing else is around it
    enclosed = between.endswith("(") and isinstance(new, ast.UnaryOp) and new.operand.col_offset > 1
    text = text[1:-1] if enclosed and lines[last - 1][end:].startswith(b")") else text
    return first, after, last, end, between.replace(own, "-" if own == "+" else "+") + text


def _without_parentheses(lines: list[bytes], place: Place, new: ast.expr, text: str) -> tuple[int, int, int, int]:
    """Widen what is replaced by the parentheses around it, where the new text needs none: ``h.T @ do``."""
    span = first, start, last, end = span_of(place.node)
    before, after = lines[first - 1][:start], lines[last - 1][end:]
    if isinstance(new, LOOSE) or not (before.endswith(b"(") and after.startswith(b")")):
        return span
    top, left, bottom, right = span_of(place.statement)  # it alone: there are many to try, and files are long
    above = b"".join([*lines[top - 1 : first - 1], before])[left:]
    below = b"".join([after, *lines[last:bottom]])
    below = below[: len(below) - (len(lines[bottom - 1]) - right)]
    try:
        with_them, without = (ast.parse(a + text.encode() + b) for a, b in ((above, below), (above[:-1], below[1:])))
    except SyntaxError:
        return span
    return (first, start - 1, last, end + 1) if ast.dump(with_them) == ast.dump(without) else span


def _enclosed(place: Place, text: str) -> str:
    """Put parentheses around what binds too loosely for where it stands."""
    new = ast.parse(text, mode="eval").body
    if not isinstance(new, LOOSE):
        return text
    for outer in ast.walk(place.statement):
        for child in ast.iter_child_nodes(outer):
            if child is not place.node or not isinstance(outer, _TIGHT):
                continue
            if isinstance(outer, ast.Call) and outer.func is not child:
                continue
            if isinstance(outer, ast.Subscript) and outer.value is not child:
                continue
            trial = ast.unparse(outer).replace(ast.unparse(child), text, 1)
            wanted = ast.unparse(outer).replace(ast.unparse(child), f"({text})", 1)
            try:
                alike = ast.dump(ast.parse(trial)) == ast.dump(ast.parse(wanted))
            except SyntaxError:
                alike = False
            return text if alike else f"({text})"
    return text


def _block_of(tree: ast.AST, statement: ast.stmt) -> list[ast.stmt]:
    """Return the block that a statement is in."""
    blocks = (block for node in ast.walk(tree) for block in blocks_of(node))
    return next((block for block in blocks if statement in block), [statement])


def statement_after(program: Source, place: Place, text: str) -> str | None:
    """Write the statement as it would be, on its own."""
    if place.kind in ("after", "ahead", "added"):
        own = program.text(place, place.statement)
        text = f"{place.variable} = {text}" if place.kind == "after" else text
        parts = [text, own] if place.kind == "ahead" else [own, text]
        return text if "\n" in own else "; ".join(parts)
    if place.is_moved:
        return f"{text}  # {_where_to(place)}".replace("\n", "; ")
    if place.kind == "statement":
        return text.replace("\n", "; ")
    source = changed(program, place.file, [(place, text)])
    if source is None:
        return None
    at = place.statement.lineno, place.statement.col_offset
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt | ast.Lambda) and (node.lineno, node.col_offset) == at:
            if isinstance(node, ast.For | ast.While | ast.If | ast.With | ast.FunctionDef):
                return source.split("\n")[node.lineno - 1].strip()
            if (node.end_lineno or node.lineno) > node.lineno:  # the line of the change says enough
                return str(source.split("\n")[place.node.lineno - 1].strip())
            segment = ast.get_source_segment(source, node)
            return None if segment is None else segment.strip()
    return None


def _where_to(place: Place) -> str:
    """Say where a statement belongs."""
    other = place.node
    if place.kind == "moved ahead":
        return f"ahead of line {other.lineno}"
    inside = other.lineno <= place.line <= other.end_lineno
    return f"behind the block that begins in line {other.lineno}" if inside else f"behind line {other.end_lineno}"


def as_diff(program: Source, file: str, new: str) -> str:
    """Write a change of a file as `git diff` does, relative to the working directory where it is below that.

    Lines end as they do in the file, so that `patch` and ``git apply`` take it.
    """
    path = Path(file)
    with contextlib.suppress(ValueError, OSError):
        path = path.resolve().relative_to(Path.cwd())
    name = path.as_posix().lstrip("/")
    pair = _as_in_the_file(file, program.files[file], new)
    before, after = (re.findall(r"[^\n]*\n|[^\n]+", text) for text in pair)
    lines = difflib.unified_diff(before, after, f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _as_in_the_file(file: str, old: str, new: str) -> tuple[str, str]:
    """Return a source and a change of it as they are in the file: with its mark of UTF-8, its ends of lines, or none.

    Python reads all ends of lines as the same one. What is in no file stays as it is.
    """
    written = _text_of(file)
    mark = "\ufeff" * written.startswith("\ufeff")
    parts = re.split(r"(\r\n|\r|\n)", written.removeprefix(mark))
    own, ends = parts[::2], [*parts[1::2], ""]  # behind the last end there is an empty line
    last = "\n" * (own[-1] != "")
    before, after = (text.removesuffix(last).split("\n") for text in (old, new))
    if before != own:
        return old, new
    found: list[str] = []
    for _, i, behind, j, until in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        found += (ends[min(i + n, max(i, behind - 1), len(ends) - 1)] or ends[0] for n in range(until - j))
    found[-1] = ""
    return written, mark + "".join(line + end for line, end in zip(after, found, strict=True))


def _text_of(file: str) -> str:
    """Read a file as it is written; nothing where there is none."""
    try:
        data = Path(file).read_bytes()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding.removesuffix("-sig"))
    except (OSError, SyntaxError, ValueError):
        return ""
