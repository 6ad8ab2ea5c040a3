"""Activations by name: the registry, the built-in ones, and what checks and pictures them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from microgradnet.nn.activate import along_axis, elementwise  # noqa: F401 - they register the built-in ones
from microgradnet.nn.activate.declaration import Activation
from microgradnet.nn.activate.registry import Activations, UnknownActivation, activation, activations, find

if TYPE_CHECKING:
    from microgradnet.nn.activate.assessment import check_activation
    from microgradnet.nn.activate.export import export_activation
    from microgradnet.nn.activate.findings import ActivationReport, Finding

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

_LATER = {
    "ActivationReport": "findings",
    "Finding": "findings",
    "check_activation": "assessment",
    "export_activation": "export",
}
"""Where the names are that need all that checks a gradient, or writes source."""


if not TYPE_CHECKING:  # or every name would be one, to type checkers

    def __getattr__(name: str) -> Any:
        """Load what stands in `_LATER`, and keep it."""
        from importlib import import_module

        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
        return value


def __dir__() -> list[str]:
    """Name everything public, loaded or not."""
    return sorted({*globals(), *__all__})
