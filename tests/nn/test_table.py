"""Somebody's own table: what can be read, what it becomes, and what is said of one that can't be used."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from microgradnet.nn import TableError, examples, read_table

GOOD = "a,b,t\n1,10,x\n2,20,y\n3,40,x\n"


@pytest.fixture
def table(tmp_path: Path) -> Any:
    def write(content: str | bytes) -> Any:
        path = tmp_path / "table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_table(path)

    return write


# --- reading -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        GOOD.rstrip("\n"),
        GOOD.replace("\n", "\r\n"),
        "\ufeff" + GOOD,
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        GOOD.replace(",", "|"),
        GOOD.replace(",", ", "),
        GOOD.replace("\n", "\n\n"),
        '"a","b","t"\n"1","10","x"\n"2","20","y"\n"3","40","x"\n',
    ],
)
def test_dialects_of_csv_read_alike(table: Any, content: str) -> None:
    read = table(content)
    assert read.columns == ["a", "b", "t"]
    assert read.rows == [["1", "10", "x"], ["2", "20", "y"], ["3", "40", "x"]]


def test_a_quoted_cell_keeps_delimiters_and_line_breaks(table: Any) -> None:
    read = table('"a; b",t\n1,"one, two\nthree"\n2,"say ""four"""\n')
    assert read.columns == ["a; b", "t"]
    assert read.cells("t") == ["one, two\nthree", 'say "four"']
    assert read.lines == [3, 4]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", r"is empty; a line with the names of the columns"),
        ("\n\n", r"is empty"),
        ("a,b,t\n", r"has no rows under the names of its columns"),
        ("a,b,t\n1,2,x\n3,4\n", r"row 2 \(line 3\) has 2 cells, but the first line names 3 columns"),
        ("a,b,t\n1,2,x,\n", r"row 1 \(line 2\) has 4 cells"),
        ("a,b,a\n1,2,3\n", r"columns 1 and 3 are both named 'a'"),
        (",b,t\n1,2,3\n", r"column 1 of 3 has no name in the first line"),
        (b"a,t\n1,caf\xe9\n", r"is not UTF-8 text \(byte 0xe9 at position 9\)"),
        (GOOD.encode("utf-16"), r"is not UTF-8 text \(byte 0xff at position 0\)"),
        (b"a,t\n1,\0\n", r"holds NUL characters"),
        ("a,t\n1," + "x" * 200_000 + "\n", r"can't be read as CSV: field larger than field limit"),
    ],
)
def test_what_is_no_table_is_refused(table: Any, content: Any, words: str) -> None:
    with pytest.raises(TableError, match=words) as raised:
        table(content)
    assert "table.csv" in str(raised.value)
    assert "\n" not in str(raised.value)


# --- making examples -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        (GOOD, {"targets": ["T"]}, r"has no column 'T' \(--target\); did you mean 't'\?"),
        ("width,t\n1,2\n2,3\n", {"ignore": ["widht"]}, r"'widht' \(--ignore\); did you mean 'width'\?"),
        (GOOD, {"targets": ["zzz"]}, r"it has 'a', 'b', 't'"),
        ("1,2\n3,4\n", {}, r"its first line holds numbers only, where the names"),
        (GOOD, {"targets": []}, r"at least one column to be predicted"),
        (GOOD, {"targets": ["t", "t"]}, r"'t' is named twice \(--target\)"),
        (GOOD, {"ignore": ["t"]}, r"'t' is both a target and ignored"),
        (GOOD, {"categorical": ["a"]}, r"'a' is categorical, but not a target"),
        (GOOD, {"ignore": ["a", "b"]}, r"nothing is left to predict from"),
        (GOOD, {"holdout": 1.0}, r"at least 0 and below 1, got 1"),
        (GOOD, {"holdout": math.nan}, r"at least 0 and below 1, got nan"),
        ("a,t\n1,2\n", {}, r"has 1 row, too few to hold any out"),
        ("a,t\n1,2\n", {"holdout": 0}, r"constant \('2' in every row\)"),
        ("a,t\n1,x\n2,x\n", {}, r"the target 't' is constant \('x' in every row\)"),
        ("a,t\n1,2\n2,2.0\n", {}, r"the target 't' is constant \(2 in every row\)"),
        ("a,t\n1,x\nred,y\n", {}, r"row 2 \(line 3\), column 'a': 'red' is not a number; .*--ignore 'a'"),
        ("a,t\n1,x\n,y\n", {}, r"row 2 \(line 3\), column 'a': the cell is empty"),
        ("a,t\n1,x\n1_0,y\n", {}, r"'1_0' is not a number"),
        ("a;t\n1;x\n2,5;y\n", {}, r"'2,5' is not a number; write the decimal point as '.'"),
        ("a,t\nnan,x\n1,y\n", {}, r"row 1 \(line 2\), column 'a': 'nan' is not a finite number"),
        ("a,t\n1e999,x\n1,y\n", {}, r"'1e999' is not a finite number"),
        ("a,t\n1,1\n2,-inf\n", {}, r"row 2 \(line 3\), column 't': '-inf' is not a finite number"),
        ("a,t\n1,1\n2,two\n", {}, r"row 2 \(line 3\), column 't': 'two' is not a number; .*--categorical 't'"),
        ("a,t\n1,x\n2,\n3,y\n", {}, r"row 2 \(line 3\), column 't': the cell is empty; every row needs a class"),
        ("a,t\n1e308,1\n-1e308,2\n0,3\n", {"holdout": 0}, r"too far apart to be scaled"),
    ],
)
def test_what_cannot_be_used_is_refused(table: Any, content: str, options: Any, words: str) -> None:
    with pytest.raises(TableError, match=words) as raised:
        examples(table(content), **{"targets": ["t"], **options})
    assert "\n" not in str(raised.value)


def test_a_target_of_words_has_one_output_per_class(table: Any) -> None:
    made = examples(table(GOOD), ["t"], holdout=0)
    (target,) = made.targets
    assert (target.kind, target.labels, target.measure) == ("classes", ["x", "y"], "accuracy")
    np.testing.assert_array_equal(made.y, [[1, 0], [0, 1], [1, 0]])
    np.testing.assert_allclose(made.x, [[0, 0], [0.5, 1 / 3], [1, 1]])
    assert made.features == ["a", "b"]
    assert target.decode(np.array([[0.2, 0.1], [0.3, 0.4]])) == ["x", "y"]
    assert target.score(made.y, np.array([[0.9, 0.1], [0.9, 0.1], [0.9, 0.1]])) == 2 / 3


def test_whole_numbers_are_classes_only_where_asked(table: Any) -> None:
    content = "a,t\n1,10\n2,9\n3,2\n"
    (target,) = examples(table(content), ["t"], categorical=["t"], holdout=0).targets
    assert target.labels == ["2", "9", "10"]
    (target,) = examples(table(content), ["t"], holdout=0).targets
    assert (target.kind, target.actual) == ("numbers", [10.0, 9.0, 2.0])


def test_zeros_and_ones_are_one_output(table: Any) -> None:
    made = examples(table("a,t\n1,0\n2,1\n3,1.0\n"), ["t"], holdout=0)
    (target,) = made.targets
    assert (target.kind, target.outputs, target.actual) == ("yes or no", 1, [0, 1, 1])
    assert target.decode(np.array([[0.49], [0.5]])) == [0, 1]
    assert target.score(made.y, np.array([[0.2], [0.7], [0.1]])) == 2 / 3


def test_numbers_are_scaled_and_come_back(table: Any) -> None:
    made = examples(table("a,t\n1,-5\n2,0\n3,15\n"), ["t"], holdout=0)
    (target,) = made.targets
    np.testing.assert_allclose(made.y, [[0], [0.25], [1]])
    np.testing.assert_allclose(target.decode(made.y), [-5, 0, 15])
    assert target.score(made.y, made.y) == 1.0
    assert target.score(made.y, np.full((3, 1), made.y.mean())) == 0.0
    assert math.isnan(target.score(made.y[:1], made.y[:1]))
    assert math.isnan(target.score(made.y[:0], made.y[:0]))


def test_without_scaling_numbers_stay(table: Any) -> None:
    made = examples(table("a,t\n1,-5\n2,0\n3,15\n"), ["t"], holdout=0, scale=False)
    np.testing.assert_array_equal(made.x[:, 0], [1, 2, 3])
    np.testing.assert_array_equal(made.y[:, 0], [-5, 0, 15])


def test_several_targets_stand_side_by_side(table: Any) -> None:
    made = examples(table("t,a,u\nx,1,3\ny,2,4\nz,3,5\n"), ["u", "t"], holdout=0)
    assert made.features == ["a"]
    assert made.y.shape == (3, 4)
    split = made.split(made.y)
    assert [(t.column, y.shape) for t, y in split] == [("u", (3, 1)), ("t", (3, 3))]
    assert split[1][0].decode(split[1][1]) == ["x", "y", "z"]


def test_a_constant_feature_is_allowed(table: Any) -> None:
    made = examples(table("a,b,t\n1,1,x\n1,2,y\n"), ["t"], holdout=0)
    np.testing.assert_array_equal(made.x, [[0, 0], [0, 1]])


def test_held_out_rows_are_drawn_by_the_seed_and_kept_from_scaling(table: Any) -> None:
    read = table("a,t\n" + "".join(f"{i * i},{i}\n" for i in range(10)))
    made = examples(read, ["t"], holdout=0.3, seed=4)
    assert len(made.held_out) == 3
    assert sorted([*made.held_out, *made.training]) == list(range(10))
    np.testing.assert_array_equal(made.held_out, examples(read, ["t"], holdout=0.3, seed=4).held_out)
    raw = np.arange(10.0) ** 2
    assert made.range.low == raw[made.training].min()
    assert made.range.span == np.ptp(raw[made.training])
    assert any(not np.array_equal(made.held_out, examples(read, ["t"], holdout=0.3, seed=s).held_out) for s in range(5))


def test_however_small_the_share_a_row_is_held_out_unless_it_is_zero(table: Any) -> None:
    read = table(GOOD)
    assert len(examples(read, ["t"], holdout=0.01).held_out) == 1
    assert len(examples(read, ["t"], holdout=0).held_out) == 0
    with pytest.raises(TableError, match=r"has 3 rows, too few to hold any out \(--holdout 0 holds none\)"):
        examples(read, ["t"], holdout=0.9)
