"""Activations by name: the registry, the built-in ones, and what checks and pictures them."""

from microgradnet.nn.activate import along_axis, elementwise  # noqa: F401 - they register the built-in ones
from microgradnet.nn.activate.assessment import check_activation
from microgradnet.nn.activate.declaration import Activation
from microgradnet.nn.activate.export import export_activation
from microgradnet.nn.activate.findings import ActivationReport, Finding
from microgradnet.nn.activate.registry import Activations, UnknownActivation, activation, activations, find

__all__ = [
    "Activation",
    "ActivationReport",
    "Activations",
    "Finding",
    "UnknownActivation",
    "activation",
    "activations",
    "check_activation",
    "export_activation",
    "find",
]
