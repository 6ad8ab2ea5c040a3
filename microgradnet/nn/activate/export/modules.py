"""The module that an activation is exported as: its formulas as functions, in the names of a library."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from microgradnet.nn.activate.declaration import Activation
from microgradnet.nn.activate.export.formulas import Formula, of_rows, of_units
from microgradnet.nn.activate.export.shapes import for_any_shape
from microgradnet.nn.activate.export.wording import ENDS, TAKEN, Wording
from microgradnet.views.libraries import Library, Unmapped
from microgradnet.views.source import Program, filled, identifier

__all__ = ["Module"]

_LONGEST = 60


class Module:
    """Writes the module of one activation for one library."""

    def __init__(self, name: str, declared: Activation, static: Mapping[str, Any], library: Library) -> None:
        self.name = identifier(name, TAKEN)
        self.declared = declared
        self.static = static
        self.library = library
        self.helpers: dict[str, str] = {}
        taken = [*TAKEN, *(self.name + end for end in ENDS)]
        for k in (declared.argument, *declared.learnable):
            taken.append(identifier(f"own_{k}" if k[:2] in ("d_", "g_", "t_") else k, taken))
        self.arguments = taken[-1 - len(declared.learnable) :]
        self.defaults = [float(declared.parameters[k]) for k in declared.learnable]

    def text(self) -> str:
        """Write the imports, what the lines call, and the functions."""
        body = self._of_units() if self.declared.elementwise else self._of_rows()
        parts = ["\n".join(self.library.imports), *self.helpers.values(), *body]
        return "\n\n\n".join(part.strip("\n") for part in parts) + "\n"

    # --- number by number ----------------------------------------------------------------------------------

    def _of_units(self) -> list[str]:
        found = of_units(self.declared, self.arguments, self.static, self.library.operations)
        first = [f"d_{a}" for a in self.arguments]
        second = [f"d_{a}_{b}" for i, a in enumerate(self.arguments) for b in self.arguments[i:]]
        by = " and by ".join(self.arguments)
        both = f"Return the second derivatives: {', '.join(second)}." if second[1:] else "Return the second derivative."
        parts = {
            "value": self._function("", self.arguments, found.value, f"Return {self.name} of {self.arguments[0]}."),
            "slope": self._function("_derivative", self.arguments, found.slopes, f"Return the derivative by {by}."),
            "second": self._function("_second_derivative", self.arguments, found.seconds, both),
        }
        if self.library.module == "numpy":
            return list(parts.values())
        words = Wording(self.name, self.arguments, self.defaults, first, second, found.masked)
        return words.torch(parts) if self.library.module == "torch" else words.jax(parts)

    def _function(self, suffix: str, arguments: Sequence[str], formula: Formula, doc: str, like: str = "") -> str:
        """Write a function that returns the results of a formula."""
        like = like or arguments[0]
        lines: list[str] = []
        returned = []
        if formula.graph is None:
            program = None
        else:
            program = self._program(formula.graph, arguments)
            ends = {p for p in formula.results if isinstance(p, int)}
            shared = [i for i in program.lines if formula.results.count(i) > 1 or self._used(program, i)]
            again = [i for i in program.lines if i not in ends or i in shared]
            lines = [f"{program.names[i]} = {self._spelled(program.tree(i), like)}" for i in again]
        for place, needs_x in zip(formula.results, formula.needs_x, strict=True):
            if program is None or isinstance(place, float):
                number = ast.parse(repr(place), mode="eval").body
                returned.append(ast.unparse(self.library.number(number, like)))
            else:
                named = place in program.names and any(line.startswith(f"{program.names[place]} = ") for line in lines)
                tree = ast.Name(program.names[place]) if named else program.tree(place)
                code = self._spelled(tree, like)
                if code in arguments and self.library.module == "torch":
                    code += ".clone()"  # autograd.Function returns nothing that it was given
                returned.append(code if needs_x else f"{code} * {self.library.alias}.ones_like({like})")
        body = [f'"""{doc}"""', *lines, f"return {', '.join(returned)}"]
        return f"def {self.name}{suffix}({', '.join(arguments)}):\n" + textwrap.indent("\n".join(body), "    ")

    def _used(self, program: Program, i: int) -> bool:
        name = program.names.get(i)
        return any(
            isinstance(n, ast.Name) and n.id == name for k in program.lines if k != i for n in ast.walk(program.tree(k))
        )

    def _program(self, graph: Any, arguments: Sequence[str]) -> Program:
        program = Program(graph, graph.outputs, (), lambda _: {}, longest=_LONGEST, spelled=self.library.operations)
        if program.untold:
            raise Unmapped(f"the operation {program.untold[0]}")
        if others := [k for k in program.parameters if k not in arguments]:
            shape = getattr(program.parameters[others[0]], "shape", ())
            raise TypeError(
                f"export_activation: {self.name!r} uses an array of shape {shape}, which is no number to be written out"
            )
        for name, text in program.helpers.items():
            within = "|".join(map(re.escape, program.helpers))
            self.helpers[name] = re.sub(rf"\b({within})\(", r"_\1(", self.library.helper(text))
        return program

    def _spelled(self, tree: ast.expr, like: str) -> str:
        private = {name: ast.Name(f"_{name}") for name in self.helpers}
        return ast.unparse(filled(self.library.spelled(tree, like), private))

    # --- along an axis -------------------------------------------------------------------------------------

    def _of_rows(self) -> list[str]:
        def parts(shape: tuple[int, ...]) -> tuple[str, ...]:
            found = of_rows(self.declared, shape, self.static, self.library.operations)
            doc = "Return the gradient of x, given that of the value."
            return (
                self._function("", ["x"], found.value, f"Return {self.name} of x."),
                self._function("_vjp", ["x", "g"], found.vjp, doc),
                self._function("_jvp", ["x", "dx"], found.jvp, "Return the derivative along dx."),
            )

        (value, vjp, jvp), flat = for_any_shape(self.name, parts, self.static)
        words = Wording(self.name, ["x"], [], [], [], masked=False)
        return words.of_rows(self.library.module, value, vjp, jvp, flat)
