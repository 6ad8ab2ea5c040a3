"""How an operation is written as NumPy code: the template that its declaration gives, parsed once.

A template such as ``np.sum({0}, axis={axis!r})`` becomes a syntax tree, in which names stand for the inputs and for
the static arguments. Whoever prints, compiles or compares operations reads that tree and never the text.
"""

from __future__ import annotations

import ast
import itertools
import string
from dataclasses import dataclass
from functools import cached_property, lru_cache

__all__ = ["Template", "parsed", "placeholder"]


@dataclass(frozen=True, eq=False)
class Template:
    """A template of NumPy code.

    Attributes
    ----------
    helper : str
        Lines that define what the expression calls; often none.
    expression : ast.expr
        With the names that `placeholder` gives in place of inputs and static arguments.
    names : list of str
        Every name in the expression, as often as it stands there.
    code : str
        The expression as text; what is written alike has the same.
    """

    helper: str
    expression: ast.expr

    @cached_property
    def names(self) -> list[str]:  # noqa: D102 - with the attributes, above
        return [node.id for node in ast.walk(self.expression) if isinstance(node, ast.Name)]

    @cached_property
    def code(self) -> str:  # noqa: D102
        return ast.unparse(self.expression)


def placeholder(field: int | str) -> str:
    """Name what stands in a parsed template for an input, by its number, or for a static argument."""
    return f"_{field}_"


@lru_cache(1024)
def parsed(source: str, count: int, static: tuple[str, ...] = ()) -> Template:
    """Parse the template of an operation on so many inputs; ``{inputs}`` are all, if no static argument is called so.

    Raises
    ------
    ValueError
        If it is no expression after lines that define functions.
    """
    helper, _, last = source.strip().rpartition("\n")
    text, fields, unnamed = "", [], map(str, itertools.count())
    several = {} if "inputs" in static else {"inputs": list(map(str, range(count)))}
    try:
        for literal, field, _, _ in string.Formatter().parse(last):
            text += literal
            if field is not None:
                named = several.get(field) or [field or next(unnamed)]
                text += ", ".join(map(placeholder, named))
                fields += named
        template = Template(helper, ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"no expression: {last}") from error
    if any(template.names.count(placeholder(field)) != fields.count(field) for field in fields):
        raise ValueError(f"a field stands where no expression can: {last}")  # as within quotes
    return template
