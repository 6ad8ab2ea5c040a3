"""See, check and trust a gradient: reverse-mode automatic differentiation of NumPy code.

>>> import numpy as np
>>> import microgradnet as mg
>>> x = mg.tensor([1.0, 2.0, 3.0], requires_grad=True, name="x")
>>> loss = np.sum(x**2)
>>> loss.backward()
>>> x.grad
array([2., 4., 6.])

Operations have NumPy's names and semantics; `mg.grad` and its relatives differentiate functions; `mg.draw`
and `mg.tree` show what was computed, and `mg.derive` writes its gradient down, as source and as LaTeX;
`mg.gradcheck` and `mg.compare` say whether a gradient is right, and `mg.diagnose` what is wrong with it.

Importing this loads NumPy and the standard library. What stands in `_LATER` is loaded when it is first used.
"""

from __future__ import annotations

from microgradnet import started  # noqa: F401 - before what takes time to load

# isort: split
from typing import TYPE_CHECKING, Any

from microgradnet import ops
from microgradnet.ops import *  # noqa: F403
from microgradnet.record import no_grad, primitive, scope
from microgradnet.tensor import Tensor, tensor
from microgradnet.transforms import grad, gradients, hessian, hvp, jacobian, jvp, linearize, value_and_grad, vjp

if TYPE_CHECKING:
    from microgradnet import article, nn, testing
    from microgradnet.again import checkpoint
    from microgradnet.check import (
        compare,
        compare_network,
        compare_steps,
        compare_training,
        diagnose,
        first_nonfinite,
        gradcheck,
    )
    from microgradnet.compiler import compile  # noqa: A004
    from microgradnet.each import per_example
    from microgradnet.exploring import explore
    from microgradnet.graph import Graph
    from microgradnet.nn import activation, activations, check_activation, export_activation, study_activation
    from microgradnet.repeating import scan
    from microgradnet.views import Derivation, derive, draw, draw_network, latex, tree

    __version__: str

__all__ = [
    "Derivation",
    "Graph",
    "Tensor",
    "activation",
    "activations",
    "article",
    "check_activation",
    "checkpoint",
    "compare",
    "compare_network",
    "compare_steps",
    "compare_training",
    "compile",
    "derive",
    "diagnose",
    "draw",
    "draw_network",
    "explore",
    "export_activation",
    "first_nonfinite",
    "grad",
    "gradcheck",
    "gradients",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "latex",
    "linearize",
    "nn",
    "no_grad",
    "per_example",
    "primitive",
    "scan",
    "scope",
    "study_activation",
    "tensor",
    "testing",
    "tree",
    "value_and_grad",
    "vjp",
]
__all__ += ops.__all__

_LATER = {
    "Derivation": "views",
    "Graph": "graph",
    "activation": "nn",
    "activations": "nn",
    "article": "article",
    "check_activation": "nn",
    "checkpoint": "again",
    "compare": "check",
    "compare_network": "check",
    "compare_steps": "check",
    "compile": "compiler",
    "derive": "views",
    "compare_training": "check",
    "diagnose": "check",
    "draw": "views",
    "draw_network": "views",
    "explore": "exploring",
    "export_activation": "nn",
    "first_nonfinite": "check",
    "gradcheck": "check",
    "latex": "views",
    "nn": "nn",
    "per_example": "each",
    "scan": "repeating",
    "study_activation": "nn",
    "testing": "testing",
    "tree": "views",
}
"""Where the names are that most programs do without, and that would make the import take longer."""


if not TYPE_CHECKING:  # or every name would be one, to type checkers

    def __getattr__(name: str) -> Any:
        """Load what stands in `_LATER`, and keep it."""
        from importlib import import_module

        if name == "__version__":
            from importlib.metadata import PackageNotFoundError, version

            try:
                value = version(__name__)
            except PackageNotFoundError:
                raise AttributeError("microgradnet is not installed, so it has no __version__") from None
        elif name in _LATER:
            room = import_module(f"{__name__}.{_LATER[name]}")
            value = room if name == _LATER[name] else getattr(room, name)
        else:
            from microgradnet.ops.instead import missing

            words = "" if name.startswith("_") else missing(name, ops.__all__, of_tensor=False)
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}{words}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """Name everything public, loaded or not."""
    return sorted({*globals(), *__all__, "__version__"})
