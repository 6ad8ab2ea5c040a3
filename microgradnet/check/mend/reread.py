"""A derivation, read anew in a source that has some mends in it: what else is wrong is looked for there.

A statement in another form can't be put in place of what is computed while the code runs. So the changed source is
compiled, observed and aligned like the user's own, and what is found in it is told at the places of that.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import NamedTuple

from microgradnet.check.mend.mends import Mend
from microgradnet.check.observe import Observation, Place, Source
from microgradnet.check.patch import changed


class Reread(NamedTuple):
    """A changed source, what was observed in it at every draw, and which of its statements and places are old ones."""

    program: Source
    observed: list[Observation]
    statements: Mapping[ast.stmt, ast.stmt]
    places: Mapping[int, Place]

    @classmethod
    def of(cls, program: Source, mends: Sequence[Mend], draws: Sequence[Sequence[object]]) -> Reread | None:
        """Read a source with some mends at several draws; None where it can't be written or run so."""
        files = {m.place.file for m in mends}
        if len(files) > 1 or not all(m.is_written for m in mends):
            return None
        (file,) = files
        source = changed(program, file, [(m.place, None if m.rewrite is None else m.rewrite.source) for m in mends])
        new = None if source is None else program.again(file, source)
        if new is None:
            return None
        try:
            observed = [new.watch(values) for values in draws]
        except Exception:  # what the user's code may raise, written otherwise
            return None
        statements = {s: s for tree in program.trees.values() for s in _statements(tree)}
        statements |= _alike(new.trees[file], program.trees[file])
        return cls(new, observed, statements, _in_the_same(new, program, statements))

    def told(self, mend: Mend) -> Mend | None:
        """Tell a mend of the changed source at the places of the old one; None where these have no such place."""
        place, statement = mend.place, self.statements.get(mend.place.statement)
        old = self.places.get(place.index)
        if old is None and place.index < 0 and statement is not None and place.node in self.statements:
            old = replace(place, node=self.statements[place.node], statement=statement)
        if old is None or not mend.is_written:
            return None
        edits = [{old.index: edit for edit in at.values()} for at in mend.edits]  # noqa: B035 - there is one, or none
        return replace(mend, place=old, edits=edits, left_out=frozenset({old.index} if mend.left_out else ()))


def _statements(tree: ast.AST) -> list[ast.stmt]:
    """List the statements of a file, each before those in it."""
    found: list[ast.stmt] = []
    for node in ast.iter_child_nodes(tree):
        found += [node] if isinstance(node, ast.stmt) else []
        found += _statements(node)
    return found


def _alike(new: ast.Module, old: ast.Module) -> dict[ast.stmt, ast.stmt]:
    """Say of each statement of a changed file which one it was before; those that were changed are left out."""
    ours, theirs = _statements(new), _statements(old)
    first: Callable[[ast.stmt], str] = lambda s: ast.unparse(s).split("\n")[0]  # noqa: E731
    blocks = SequenceMatcher(None, [*map(first, ours)], [*map(first, theirs)], autojunk=False).get_matching_blocks()
    return {ours[b.a + k]: theirs[b.b + k] for b in blocks for k in range(b.size)}


def _in_the_same(new: Source, old: Source, statements: Mapping[ast.stmt, ast.stmt]) -> dict[int, Place]:
    """Say of each place in a statement that wasn't changed which one it was before, in the order of the text."""
    of_old: dict[ast.stmt, list[Place]] = {}
    of_new: dict[ast.stmt, list[Place]] = {}
    for p in old.places:
        of_old.setdefault(p.statement, []).append(p)
    for p in new.places:
        of_new.setdefault(p.statement, []).append(p)
    pairs = ((places, of_old.get(statements.get(s, s), [])) for s, places in of_new.items())
    return {a.index: b for ours, theirs in pairs if len(ours) == len(theirs) for a, b in zip(ours, theirs, strict=True)}
