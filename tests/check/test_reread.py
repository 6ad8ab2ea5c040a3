"""`reread`: a source with some mends in it is read anew, and what is found there is told at the old places."""

import numpy as np

from microgradnet.check.mend.mends import Mend
from microgradnet.check.mend.reread import Reread
from microgradnet.check.mend.rewrite import Rewrite
from microgradnet.check.observe import Place, Source

from .test_observe import defined

SOURCE = """
def f(x):
    y = x + 1
    z = np.zeros(3)
    z[[0, 0]] += y
    if y > 0:
        w = y * 2
    return z * w
"""


def statement(program, text):
    """Return the place of a statement that may be written otherwise."""
    return next(p for p in program.places if p.kind == "statement" and program.text(p) == text)


def expression(program, text):
    return next(p for p in program.places if p.kind == "expression" and program.text(p) == text)


def reread(text="np.add.at(z, [0, 0], y)"):
    program = Source.of(defined(SOURCE))
    form = Rewrite("missing-term", text, "", 0.4)
    mend = Mend(statement(program, "z[[0, 0]] += y"), frozenset(), [{}], rewrite=form)
    return program, Reread.of(program, [mend], [(1.0,)])


def test_the_changed_source_is_what_runs():
    program, again = reread()
    assert program.watch([1.0]).result[0] == 8
    assert again.observed[0].result[0] == 16


def test_what_is_found_behind_the_change_is_told_at_the_old_place():
    program, again = reread("np.add.at(z, [0, 0], y)\nz = z + 0")
    for text in ("y * 2", "x + 1", "z * w", "2"):
        new, old = expression(again.program, text), expression(program, text)
        edit = object()
        told = again.told(Mend(new, frozenset("x"), [{new.index: edit}], rewrite=Rewrite("scale", "y", "y")))
        assert told.place is old
        assert told.edits == [{old.index: edit}]
        assert told.names == {"x"}


def test_a_statement_that_is_left_out_or_added_is_told_at_the_old_one():
    program, again = reread()
    new, old = statement(again.program, "w = y * 2"), statement(program, "w = y * 2")
    assert again.told(Mend(new, frozenset(), [{}], left_out=frozenset({new.index}))).left_out == {old.index}
    added = Place(-1, "added", new.node, new.statement, new.file, new.function)
    told = again.told(Mend(added, frozenset(), [{}], rewrite=Rewrite("missing-term", "w += 1", "")))
    assert (told.place.statement, told.place.node) == (old.statement, old.node)


def test_in_the_changed_statement_itself_nothing_more_is_told():
    _, again = reread()
    place = expression(again.program, "[0, 0]") if "[0, 0]" in map(again.program.text, again.program.places) else None
    place = place or next(p for p in again.program.places if p.statement not in again.statements)
    assert again.told(Mend(place, frozenset(), [{}], rewrite=Rewrite("scale", "1", "1"))) is None


def test_what_cannot_be_written_or_run_is_not_read():
    assert reread("z = y.nothing")[1] is None
    program = Source.of(defined(SOURCE))
    unknown = Mend(expression(program, "y * 2"), frozenset(), [{1: lambda v, frame, k: v}])
    assert Reread.of(program, [unknown], [(np.float64(1),)]) is None
