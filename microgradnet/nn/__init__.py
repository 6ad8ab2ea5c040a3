"""Neural networks: activations by name, a network of two layers, and training compared with a hand derivation."""

from microgradnet.nn.activate import Activation, ActivationReport, Finding, activation, activations, check_activation
from microgradnet.nn.activate.gain import gain
from microgradnet.nn.activate.study import Studied, Study, study_activation
from microgradnet.nn.comparison import Comparison, Difference, Diverged, Iteration
from microgradnet.nn.networks import TwoLayers, initial_parameters
from microgradnet.nn.table import Examples, Table, TableError, Target, examples, read_table

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
    "check_activation",
    "examples",
    "gain",
    "initial_parameters",
    "read_table",
    "study_activation",
]
