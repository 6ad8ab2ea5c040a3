"""Activations: checked, and pictured."""

from microgradnet.nn.activate.assessment import check_activation
from microgradnet.nn.activate.findings import ActivationReport, Finding

__all__ = ["ActivationReport", "Finding", "check_activation"]
