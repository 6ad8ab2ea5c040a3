"""Neural networks: activations by name, initial weights, optimisers, and training compared with a hand derivation."""

from typing import TYPE_CHECKING, NoReturn

from microgradnet import ops
from microgradnet.nn.activate import (
    Activation,
    ActivationReport,
    Finding,
    activation,
    activations,
    check_activation,
    export_activation,
)
from microgradnet.nn.activate.gain import gain
from microgradnet.nn.activate.study import Studied, Study, study_activation
from microgradnet.nn.comparison import Comparison, Difference, Diverged, Iteration
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

if not TYPE_CHECKING:  # or every name would be one, to type checkers

    def __getattr__(name: str) -> NoReturn:
        """Say what stands here for a name of another library's."""
        words = ""
        if not name.startswith("_"):
            words = f"; use mg.{name}" if name in ops.__all__ else missing(name, (), of_tensor=False)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}{words}")


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
