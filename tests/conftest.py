"""What every test shares: how Hypothesis searches, and registries that are afterwards what they were before."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from microgradnet import record
from microgradnet.nn.activate import registry

# The plain run repeats the same examples everywhere; HYPOTHESIS_PROFILE=thorough searches for new ones.
settings.register_profile(
    "quick", max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(autouse=True)
def _registries_as_before() -> Iterator[None]:
    """Forget the operations and activations that a test declares, so that no test depends on another."""
    registries = (registry._registered, record.primitives, record.compositions, record.numpy_functions)
    before = [dict(known) for known in registries]
    yield
    for known, was in zip(registries, before, strict=True):
        if known != was:
            known.clear()
            known.update(was)
