r"""`export_activation`: an activation as source for another library, that stands alone and has been run.

Formulas come from `formulas`, names from `views.libraries`, the module around them from `modules` and `wording`, and
whether it is right is for `agreement` to say.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from typing import Any

from microgradnet.nn.activate.checks import check
from microgradnet.nn.activate.declaration import Activation
from microgradnet.nn.activate.export.agreement import agreement
from microgradnet.nn.activate.export.modules import Module
from microgradnet.nn.activate.export.typesetting import typeset
from microgradnet.nn.activate.registry import activations, find
from microgradnet.text import legible
from microgradnet.views.libraries import LIBRARIES, Unmapped

__all__ = ["TARGETS", "export_activation"]

TARGETS = ("torch", "jax", "numpy", "latex")

_WIDTH = 110


def export_activation(f: str | Callable[..., Any], to: str, **parameters: Any) -> str:
    r"""Write an activation as source for another library, that needs nothing of this package.

    For PyTorch it is a function on a ``torch.autograd.Function`` that can be differentiated twice, and with learnable
    parameters also a ``torch.nn.Module`` that has them as parameters; for JAX a ``jax.custom_jvp``, to which they are
    arguments; for NumPy functions of the value and of the derivatives; as LaTeX the formulas of f and f′. The
    derivatives are those of the declaration, by hand where there are any; at a kink they are what they are here.

    Where the library is installed, the source is run, and value, first and second derivatives are held against this
    package's; a comment says with what it agreed, or that it was not run.

    Parameters
    ----------
    f : str or callable
        The name of an activation, or a function; one that is not registered is checked as `activation` does.
    to : {"torch", "jax", "numpy", "latex"}
    **parameters
        Values for parameters that aren't learned; the default is theirs. In the source they are numbers.

    Returns
    -------
    str
        A module, which begins with comments; for LaTeX, lines of the environment ``aligned``.

    Raises
    ------
    KeyError
        If there is no activation of that name.
    TypeError
        If an operation is not in the library's table of names, or can't be written; or a parameter isn't its own.
    ValueError
        If there is no such target; if the source depends on the shape of x, or what it computes is something else.

    Examples
    --------
    >>> import microgradnet as mg
    >>> print(mg.export_activation("tanh", "latex"))
    \begin{aligned}
    f(x) &= \tanh x \\
    f'(x) &= 1 - f(x) \, f(x)
    \end{aligned}
    """
    declared = find(f)
    name = f if isinstance(f, str) else declared.name
    if declared is not activations.get(name):
        check(declared, activations)
    static = _static(name, declared, parameters)
    if to == "latex":
        return typeset(name, declared, static)
    if to not in LIBRARIES:
        raise ValueError(f"export_activation: no library {legible(str(to))!r}; there are {', '.join(TARGETS)}")
    library = LIBRARIES[to]
    try:
        module = Module(name, declared, static, library)
        code = module.text()
    except Unmapped as error:
        raise Unmapped(
            f"export_activation: the table of {library.title}'s names has nothing for {error}, which {name!r} needs"
        ) from None
    said = agreement(declared, module.name, static, library, code)
    return "\n".join([*_comments(name, declared, static), *_wrapped(said), code])


def _static(name: str, declared: Activation, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that aren't learned, with their values."""
    own = {k: v for k, v in declared.parameters.items() if k not in declared.learnable}
    for k in given:
        if k in declared.learnable:
            raise TypeError(f"export_activation: {k!r} is learnable in {name!r}: it is a parameter of what is exported")
        if k not in own:
            raise TypeError(f"export_activation: {name!r} has no parameter {k!r}; it has {list(own) or 'none'}")
    return {**own, **given}


def _comments(name: str, declared: Activation, static: Mapping[str, Any]) -> list[str]:
    """Say what is exported, and where it comes from."""
    formula = declared.formula or (declared.__doc__ or "").strip().partition("\n")[0]
    lines = [f"{name}: {legible(formula, 200)}" if formula else name]
    if declared.source:
        lines.append(legible(" ".join(declared.source.split()), 300))
    if static:
        lines.append("With " + ", ".join(f"{k} = {legible(repr(v), 40)}" for k, v in static.items()) + ".")
    return [line for text in lines for line in _wrapped(text)]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ")
