"""A table of somebody's own, as a CSV file, made into what a network trains on and is scored by.

Everything is checked here, before anything is computed or written: what can't be used raises `TableError`,
whose message is one line that says where in the file, what is wrong, and what to do.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from microgradnet.nn.networks import Array

__all__ = ["Examples", "Range", "Table", "TableError", "Target", "examples", "read_table"]

_DELIMITERS = ",;\t|"


class TableError(ValueError):
    """Raised for a table that can't be used as asked."""


# --- the file ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """The cells of a CSV file.

    Attributes
    ----------
    path : Path
    columns : list of str
    rows : list of list of str
        Each as long as `columns`.
    lines : list of int
        The line of the file where each row ends.
    """

    path: Path
    columns: list[str]
    rows: list[list[str]]
    lines: list[int]

    def cells(self, column: str) -> list[str]:
        """Return one column."""
        i = self.columns.index(column)
        return [row[i] for row in self.rows]

    def place(self, row: int, column: str) -> str:
        """Name a cell, the first row being row 1."""
        return f"{self.path}: row {row + 1} (line {self.lines[row]}), column {column!r}"

    def find(self, column: str, option: str) -> str:
        """Return the name of a column that an option asks for, or say which comes near it."""
        if column in self.columns:
            return column
        near = difflib.get_close_matches(column, self.columns, n=1, cutoff=0.5)
        folded = [c for c in self.columns if c.casefold() == column.casefold()]
        hint = f"did you mean {(folded or near)[0]!r}?" if folded or near else f"it has {_listed(self.columns)}"
        if all(_number(c) is not None for c in self.columns):
            hint = "its first line holds numbers only, where the names of the columns are expected"
        raise TableError(f"{self.path} has no column {column!r} ({option}); {hint}")

    def numbers(self, column: str, otherwise: str) -> Array:
        """Return one column as finite numbers; `otherwise` says what can be done about a cell that is none."""
        values = np.empty(len(self.rows))
        for i, cell in enumerate(self.cells(column)):
            value = _number(cell)
            if value is None:
                what = f"{_shown(cell)} is not a number" if cell.strip() else "the cell is empty"
                comma = "write the decimal point as '.'; " if _number(cell.replace(",", ".", 1)) is not None else ""
                raise TableError(f"{self.place(i, column)}: {what}; {comma}{otherwise}")
            if not math.isfinite(value):
                raise TableError(f"{self.place(i, column)}: {_shown(cell)} is not a finite number; {otherwise}")
            values[i] = value
        return values


def read_table(path: str | os.PathLike[str]) -> Table:
    """Read a CSV file: UTF-8, the first line the names of the columns.

    The delimiter is the one of comma, semicolon, tab and bar that splits the first line into most columns.

    Parameters
    ----------
    path : str or path

    Returns
    -------
    Table

    Raises
    ------
    OSError
        If the file can't be read.
    TableError
        If it isn't a table: not UTF-8, empty, ragged, a column without a name or with another's.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(
            f"{path} is not UTF-8 text (byte 0x{error.object[error.start]:02x} at position {error.start}); "
            "save it as CSV in UTF-8"
        ) from None
    if "\0" in text:
        raise TableError(f"{path} is not a text file: it holds NUL characters; save it as CSV in UTF-8")
    try:
        return _parse(path, text)
    except csv.Error as error:
        raise TableError(f"{path} can't be read as CSV: {error}") from None


def _parse(path: Path, text: str) -> Table:
    def reader(delimiter: str) -> Any:
        return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)

    delimiter = max(_DELIMITERS, key=lambda d: len(next(filter(None, reader(d)), [])))
    records = reader(delimiter)
    columns = [name.strip() for name in next(filter(None, records), [])]
    if not columns:
        raise TableError(f"{path} is empty; a line with the names of the columns, and rows under it, are expected")
    for i, name in enumerate(columns):
        if not name:
            raise TableError(f"{path}: column {i + 1} of {len(columns)} has no name in the first line")
        if name in columns[:i]:
            raise TableError(f"{path}: columns {columns.index(name) + 1} and {i + 1} are both named {name!r}")
    rows: list[list[str]] = []
    lines: list[int] = []
    for row in records:
        if not row:
            continue
        if len(row) != len(columns):
            raise TableError(
                f"{path}: row {len(rows) + 1} (line {records.line_num}) has {_count(len(row), 'cell')}, "
                f"but the first line names {_count(len(columns), 'column')}"
            )
        rows.append(row)
        lines.append(records.line_num)
    if not rows:
        raise TableError(f"{path} has no rows under the names of its columns")
    return Table(path, columns, rows, lines)


def _number(cell: str) -> float | None:
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def _shown(cell: str) -> str:
    return repr(cell if len(cell) <= 40 else cell[:39] + "…")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names[:8])) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


# --- from cells to numbers -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Range:
    """What is taken to the range from 0 to 1: ``(values - low) / span``, column by column."""

    low: Array
    span: Array

    @classmethod
    def of(cls, values: Array) -> Range:
        """Take the range of each column; a constant column has span 1, and goes to 0."""
        low, high = values.min(axis=0), values.max(axis=0)
        with np.errstate(over="ignore"):
            span = high - low
        return cls(low, np.where(span > 0, span, 1.0))

    @classmethod
    def none(cls, columns: int) -> Range:
        """Return the range that changes nothing."""
        return cls(np.zeros(columns), np.ones(columns))

    def scale(self, values: Array) -> Array:
        """Take values from this range to 0 … 1."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray((values - self.low) / self.span)

    def restore(self, values: Array) -> Array:
        """Take values back."""
        return np.asarray(values * self.span + self.low)


@dataclass(frozen=True)
class Target:
    """A column to be predicted, and how it becomes outputs of a network.

    Attributes
    ----------
    column : str
    kind : {"classes", "yes or no", "numbers"}
        Classes have one output each, 1 for the row's own class and 0 for the others (one-hot). Yes or no, a
        column of zeros and ones, is one output, and yes from 0.5. Numbers are one output, scaled.
    labels : list of str
        The classes in order; else empty.
    range : Range
        Of numbers; for the others the one that changes nothing.
    actual : list
        The column itself, in these terms: classes, zeros and ones, or numbers.
    """

    column: str
    kind: Literal["classes", "yes or no", "numbers"]
    labels: list[str]
    range: Range
    actual: list[str] | list[int] | list[float]

    @property
    def outputs(self) -> int:
        """How many outputs it has."""
        return len(self.labels) or 1

    def decode(self, outputs: Array) -> list[str] | list[int] | list[float]:
        """Turn outputs, shape (n, self.outputs), into the column's own terms."""
        if self.kind == "classes":
            return [self.labels[i] for i in outputs.argmax(axis=1)]
        if self.kind == "yes or no":
            return [int(v) for v in outputs[:, 0] >= 0.5]
        return [float(v) for v in self.range.restore(outputs)[:, 0]]

    @property
    def measure(self) -> str:
        """What `score` computes: the accuracy, or R² for numbers."""
        return "R²" if self.kind == "numbers" else "accuracy"

    def score(self, y: Array, outputs: Array) -> float:
        """Score predictions, both of shape (n, self.outputs).

        Returns
        -------
        float
            The share of rows that are right; for numbers R² = 1 − Σ(y − output)² / Σ(y − mean y)², which is NaN
            where all y are equal, or there are none.
        """
        if not len(y):
            return math.nan
        if self.kind != "numbers":
            pairs = zip(self.decode(y), self.decode(outputs), strict=True)
            return sum(a == b for a, b in pairs) / len(y)
        spread = float(np.sum((y - y.mean()) ** 2))
        return 1.0 - float(np.sum((y - outputs) ** 2)) / spread if spread > 0 else math.nan


@dataclass(frozen=True)
class Examples:
    """A table as arrays: what a network trains on, and what is held out to score it.

    Attributes
    ----------
    x, y : array, shapes (n, d) and (n, o)
        Every row of the table, in its order, scaled.
    training, held_out : array of int
        Which rows are for what.
    features : list of str
        The columns of x.
    targets : list of Target
        Their outputs are the columns of y, one after the other.
    range : Range
        What x was scaled by.
    """

    x: Array
    y: Array
    training: Array
    held_out: Array
    features: list[str]
    targets: list[Target]
    range: Range

    def split(self, outputs: Array) -> list[tuple[Target, Array]]:
        """Split outputs, shape (n, o), into those of each target."""
        ends = np.cumsum([t.outputs for t in self.targets])
        return list(zip(self.targets, np.split(outputs, ends[:-1], axis=1), strict=True))


def examples(
    table: Table,
    targets: Sequence[str],
    *,
    categorical: Sequence[str] = (),
    ignore: Sequence[str] = (),
    scale: bool = True,
    holdout: float = 0.2,
    seed: int | None = None,
) -> Examples:
    """Make examples of a table.

    A target none of whose cells is a number is categorical, and so is one named in `categorical`; a target of
    zeros and ones is yes or no; any other holds numbers. All columns that are neither targets nor ignored are
    features, and hold numbers.

    Parameters
    ----------
    table : Table
    targets, categorical, ignore : sequence of str
        Columns.
    scale : bool
        Take each feature, and each target of numbers, to the range from 0 to 1 (min–max, of the training rows).
    holdout : float
        The share of rows, drawn at random, that is kept from training; if there is any, at least one row.
    seed : int, optional
        For that draw.

    Returns
    -------
    examples : Examples

    Raises
    ------
    TableError
        If a column is missing, asked for twice or constant where it is a target, a cell isn't a finite number
        where one is needed, or too little is left to train on.
    """
    if not 0 <= holdout < 1:
        raise TableError(f"the share of rows to hold out must be at least 0 and below 1, got {holdout:g}")
    if not targets:
        raise TableError("name at least one column to be predicted (--target)")
    for option, columns in (("--target", targets), ("--categorical", categorical), ("--ignore", ignore)):
        for i, column in enumerate(columns):
            table.find(column, option)
            if column in columns[:i]:
                raise TableError(f"column {column!r} is named twice ({option})")
    for column in categorical:
        if column not in targets:
            raise TableError(f"column {column!r} is categorical, but not a target; features must hold numbers")
    for column in ignore:
        if column in targets:
            raise TableError(f"column {column!r} is both a target and ignored")
    features = [c for c in table.columns if c not in targets and c not in ignore]
    if not features:
        raise TableError(f"{table.path} has no columns but targets and ignored ones; nothing is left to predict from")

    order = np.random.default_rng(seed).permutation(len(table.rows))
    held = max(round(holdout * len(order)), 1) if holdout > 0 else 0
    if held >= len(order):
        raise TableError(
            f"{table.path} has {_count(len(order), 'row')}, too few to hold any out (--holdout 0 holds none)"
        )
    held_out, training = np.sort(order[:held]), np.sort(order[held:])

    raw = np.column_stack([table.numbers(c, f"to leave the column out: --ignore {c!r}") for c in features])
    range_ = Range.of(raw[training]) if scale else Range.none(len(features))
    found = [_target(table, c, c in categorical, training if scale else None) for c in targets]
    x = range_.scale(raw)
    if not np.isfinite(x).all() or not all(np.isfinite(y).all() for _, y in found):
        raise TableError(f"{table.path} has a column whose numbers lie too far apart to be scaled in float64")
    return Examples(x, np.hstack([y for _, y in found]), training, held_out, features, [t for t, _ in found], range_)


def _target(table: Table, column: str, categorical: bool, scaled_by: Array | None) -> tuple[Target, Array]:
    """Tell what kind of target a column is, and turn it into outputs."""
    cells = [c.strip() for c in table.cells(column)]
    if len(set(cells)) == 1:
        raise TableError(f"{table.path}: the target {column!r} is constant ({_shown(cells[0])} in every row)")
    if categorical or all(_number(c) is None for c in cells):
        if "" in cells:
            raise TableError(f"{table.place(cells.index(''), column)}: the cell is empty; every row needs a class")
        labels = sorted(set(cells), key=lambda c: (_number(c) is None, _number(c) or 0.0, c))
        outputs = np.array([[float(c == label) for label in labels] for c in cells])
        return Target(column, "classes", labels, Range.none(1), cells), outputs
    values = table.numbers(column, f"if the column holds classes: --categorical {column!r}")[:, None]
    if np.ptp(values) == 0:
        raise TableError(f"{table.path}: the target {column!r} is constant ({values[0, 0]:g} in every row)")
    if np.isin(values, (0.0, 1.0)).all():
        return Target(column, "yes or no", [], Range.none(1), [int(v) for v in values[:, 0]]), values
    range_ = Range.none(1) if scaled_by is None else Range.of(values[scaled_by])
    return Target(column, "numbers", [], range_, values[:, 0].tolist()), range_.scale(values)
