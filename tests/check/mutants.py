"""``python -m tests.check.mutants [SEED [COUNT [AT ONCE]]]``: are the lines found that were changed at random?

A right derivation of the corpora is taken, and one thing in its source exchanged, dropped, swapped or turned round, of
all that could be; kept is what runs, and gives other gradients. Nobody chose these mistakes, and another seed gives
others. A line that is named and is another one mends everything, too, where it is the only one: in a product, a sign
may stand anywhere.
"""

import ast
import copy
import io
import random
import sys
import tempfile
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .located import diagnosed, module
from .test_corpus_of_derivations import FOLDERS, changes, corrected, head_of

TRIES = 40
"""How often another change is drawn, where one gives the same gradients or raises."""

OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.MatMult: ast.Mult}
COMPARED = {ast.Gt: ast.Lt, ast.Lt: ast.Gt, ast.GtE: ast.LtE, ast.LtE: ast.GtE, ast.Eq: ast.NotEq}
REDUCED = {"sum": "mean", "mean": "sum"}


def mutations(function):
    """List the changes of a function: what each is, the node, and what makes it of a copy of the node."""
    called = {id(n.func) for n in ast.walk(function) if isinstance(n, ast.Call)}
    names = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and id(n) not in called} - {"np", "self"}
    own = {n.attr for n in ast.walk(function) if _is_own(n)}
    for node in ast.walk(function):
        is_read = isinstance(getattr(node, "ctx", None), ast.Load) and id(node) not in called
        match node:
            case ast.Name(name) if is_read and name in names:
                yield from (("name", node, lambda n, o=o: ast.Name(o, n.ctx)) for o in sorted(names - {name}))
                yield "transposed", node, lambda n: ast.Attribute(n, "T", ast.Load())
                yield "negative", node, lambda n: ast.UnaryOp(ast.USub(), n)
            case ast.Attribute(value, "T"):
                yield "not transposed", node, lambda n: n.value
            case ast.Attribute(attr=attr) if is_read and _is_own(node):
                yield from (("attribute", node, lambda n, o=o: _with(n, attr=o)) for o in sorted(own - {attr}))
            case ast.BinOp(op=op):
                if type(op) in OPERATORS:
                    yield "operator", node, lambda n: _with(n, op=OPERATORS[type(n.op)]())
                if not isinstance(op, ast.MatMult):
                    yield "right operand dropped", node, lambda n: n.left
                if isinstance(op, ast.Add | ast.Sub | ast.Mult):
                    yield "left operand dropped", node, lambda n: n.right
                yield "operands swapped", node, lambda n: ast.BinOp(n.right, n.op, n.left)
            case ast.UnaryOp(ast.USub()):
                yield "not negative", node, lambda n: n.operand
            case ast.Constant(int() | float() as value) if not isinstance(value, bool):
                others = dict.fromkeys((value + 1, value - 1, 2 * value, 0))
                yield from (("number", node, lambda n, o=o: ast.Constant(o)) for o in others if o != value)
            case ast.Compare(ops=[op]) if type(op) in COMPARED:
                yield "comparison", node, lambda n: _with(n, ops=[COMPARED[type(n.ops[0])]()])
            case ast.AugAssign(op=op):
                yield "set for added", node, lambda n: ast.Assign([n.target], n.value)
                other = ast.Sub if isinstance(op, ast.Add) else ast.Add
                yield "taken off for added", node, lambda n, other=other: _with(n, op=other())
            case ast.Call(func, args, keywords):
                if len(args) > 1:
                    yield "arguments swapped", node, lambda n: _with(n, args=[n.args[1], n.args[0], *n.args[2:]])
                if len(args) == 1:
                    yield "function dropped", node, lambda n: n.args[0]
                if any(k.arg in ("axis", "keepdims") for k in keywords):
                    yield "keyword dropped", node, lambda n: _with(n, keywords=n.keywords[1:])
                if isinstance(func, ast.Attribute) and func.attr in REDUCED:
                    yield "sum or mean", node, lambda n: _with(n, func=_with(n.func, attr=REDUCED[n.func.attr]))
        if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr):
            yield "statement dropped", node, lambda n: ast.Pass()


def _is_own(node):
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"


def _with(node, **fields):
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


class _Exchange(ast.NodeTransformer):
    def __init__(self, at, make):
        self.at, self.make = at, make

    def visit(self, node):
        return self.make(node) if node is self.at else self.generic_visit(node)


def functions_of_its_own(tree):
    """List the functions of a derivation that the loss doesn't call."""
    bodies = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    shared, pending = set(), ["loss", "data", "right"]
    while pending:
        name = pending.pop()
        if name in bodies and name not in shared:
            shared.add(name)
            pending += [n.id for n in ast.walk(bodies[name]) if isinstance(n, ast.Name)]
    shared -= {"right"}
    own = [n for name, n in bodies.items() if name not in shared | {"right"}]
    return [f for n in own for f in (n.body if isinstance(n, ast.ClassDef) else [n]) if isinstance(f, ast.FunctionDef)]


def gradients(names):
    """Run a derivation on its data; a list of arrays."""
    with redirect_stdout(io.StringIO()):
        found = names["backprop"](*names["data"]())
    found = [found[k] for k in sorted(found)] if isinstance(found, dict) else found
    found = [found] if isinstance(found, np.ndarray) or np.isscalar(found) else found
    return [np.asarray(g, float) for g in found]


def mutant(right, true, draw, folder, name):
    """Change one line of a source, so that what it gives is another: the source, and a `Change`; or None."""
    for _ in range(TRIES):
        tree = ast.parse(right)
        found = [m for f in functions_of_its_own(tree) for m in mutations(f)]
        kind = draw.choice(sorted({k for k, _, _ in found}))
        _, at, make = draw.choice([m for m in found if m[0] == kind])
        new = ast.unparse(ast.fix_missing_locations(_Exchange(at, make).visit(tree))) + "\n"
        before, after = right.splitlines(), new.splitlines()
        lines = [i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b]
        if len(lines) == 1 and len(before) == len(after) and is_wrong(new, true, folder, name):
            return new, Change(lines[0], kind, before[lines[0]], after[lines[0]])
    return None


class Change(NamedTuple):
    """What was done to a line, from 0."""

    line: int
    kind: str
    was: str
    now: str


def is_wrong(source, true, folder, name):
    """Whether a derivation runs and gives other gradients, of the same shapes."""
    try:
        wrong = gradients(module(source, folder / f"{name}_wrong.py"))
    except Exception:  # what was changed raises
        return False
    if [w.shape for w in wrong] != [t.shape for t in true] or not all(np.isfinite(w).all() for w in wrong):
        return False
    return not all(np.allclose(w, t, rtol=1e-6, atol=1e-12) for w, t in zip(wrong, true, strict=True))


def mutated(path, draw, folder, at_once):
    """Change some lines of the right derivation of a file, each of which has to be taken back; or None."""
    source = path.read_text(encoding="utf-8")
    head = head_of(source)
    new = ast.unparse(ast.parse(corrected(source, head, changes(head)[0]))) + "\n"
    true = gradients(module(new, folder / f"{path.stem}_right.py"))
    made = []
    while len(made) < at_once:
        found = mutant(new, true, draw, folder, path.stem)
        if found is None:
            return None
        new, change = found
        made.append(change)
    lines = new.splitlines()
    for change in made if at_once > 1 else ():
        without = [change.was if i == change.line else line for i, line in enumerate(lines)]
        if not is_wrong("\n".join(without) + "\n", true, folder, path.stem):
            return None
    return (new, made) if len({c.line for c in made}) == at_once else None


def main(seed="0", count="100", at_once="1"):
    draw, total, at_all = random.Random(int(seed)), Counter(), 0
    files = [p for folder in FOLDERS for p in sorted(folder.glob("*.py"))]
    heads = {p: head_of(p.read_text(encoding="utf-8")) for p in files}
    files = [p for p, head in heads.items() if " + " not in head["expected kind"] and "given as" not in head]
    draw.shuffle(files)
    with tempfile.TemporaryDirectory() as folder, np.errstate(all="ignore"):
        for path in files:
            if at_all == int(count):
                break
            made = mutated(path, draw, Path(folder), int(at_once))
            if made is None:
                continue
            at_all += 1
            new, made = made
            lines = [c.line + 1 for c in made]
            found = [d for d in diagnosed(module(new, Path(folder) / path.name), "backprop", False) if d.line]
            said = verdict([d.line for d in found], lines)
            total[said] += 1
            for c in made:
                now, was = c.now.strip()[:60], c.was.strip()[:60]
                print(f"{said:8}{c.kind:22}{path.stem:50}{c.line + 1:4}  {now}  for  {was}")
            print(f"        {', '.join(f'line {d.line} {d.kind}' for d in found) or 'nothing'}", flush=True)
    what = "derivations changed at random" + f" in {at_once} places" * (int(at_once) > 1)
    print(f"of {at_all} {what}, seed {seed}: " + ", ".join(f"{n} {k}" for k, n in total.items()))


def verdict(named, lines):
    """Say what the lines named are: of one change the first counts, of several all of them."""
    if (named[:1] == lines) if len(lines) == 1 else (set(named) == set(lines)):
        return "right"
    if len(lines) == 1:
        return "another" if len(named) == 1 else "several" if named else "none"
    return "none" if not named else "others" if set(named) - set(lines) else "some"


if __name__ == "__main__":
    main(*sys.argv[1:])
