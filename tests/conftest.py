"""What every test shares: how Hypothesis searches."""

import os

from hypothesis import HealthCheck, settings

# The plain run repeats the same examples everywhere; HYPOTHESIS_PROFILE=thorough searches for new ones.
settings.register_profile(
    "quick", max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
