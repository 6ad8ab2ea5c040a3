"""Neural networks: activations by name, initial weights, optimisers, and training compared with a hand derivation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from microgradnet import ops
from microgradnet.nn.activate import Activation, activation, activations
from microgradnet.nn.activate.gain import gain
from microgradnet.nn.initialisers import (
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    lecun_normal,
    lecun_uniform,
    orthogonal,
)
from microgradnet.nn.networks import TwoLayers, initial_parameters
from microgradnet.nn.optimisers import adam, adamw, minibatches, momentum, rmsprop, sgd
from microgradnet.nn.table import Examples, Table, TableError, Target, examples, read_table
from microgradnet.ops.instead import missing

if TYPE_CHECKING:
    from microgradnet.nn.activate import ActivationReport, Finding, check_activation, export_activation
    from microgradnet.nn.activate.study import Studied, Study, study_activation
    from microgradnet.nn.comparison import Comparison, Difference, Diverged, Iteration

__all__ = [
    "Activation",
    "ActivationReport",
    "Comparison",
    "Difference",
    "Diverged",
    "Examples",
    "Finding",
    "Iteration",
    "Studied",
    "Study",
    "Table",
    "TableError",
    "Target",
    "TwoLayers",
    "activation",
    "activations",
    "adam",
    "adamw",
    "check_activation",
    "examples",
    "export_activation",
    "gain",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "initial_parameters",
    "lecun_normal",
    "lecun_uniform",
    "minibatches",
    "momentum",
    "orthogonal",
    "read_table",
    "rmsprop",
    "sgd",
    "study_activation",
]

_LATER = {
    "ActivationReport": "activate",
    "Comparison": "comparison",
    "Difference": "comparison",
    "Diverged": "comparison",
    "Finding": "activate",
    "Iteration": "comparison",
    "Studied": "activate.study",
    "Study": "activate.study",
    "check_activation": "activate",
    "export_activation": "activate",
    "study_activation": "activate.study",
}
"""Where the names are that need all that checks a gradient: most networks do without."""


if not TYPE_CHECKING:  # or every name would be one, to type checkers

    def __getattr__(name: str) -> Any:
        """Load what stands in `_LATER`, and keep it; say what stands here for a name of another library's."""
        from importlib import import_module

        if name not in _LATER:
            words = ""
            if not name.startswith("_"):
                words = f"; use mg.{name}" if name in ops.__all__ else missing(name, (), of_tensor=False)
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}{words}")
        value = globals()[name] = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
        return value


def __dir__() -> list[str]:
    """Name everything public, loaded or not."""
    return sorted({*globals(), *__all__})
