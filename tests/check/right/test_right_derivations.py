"""No right derivation is called wrong; a part of what ``python -m tests.check.right`` runs."""

from dataclasses import replace

import pytest

from tests.check.right.differences import excess
from tests.check.right.model import MISTAKES, RETURNS, Case, cases, verdict, verdict_on_mistake, with_mistake
from tests.check.right.models import MODELS

EVERY = [Case(m, edge) for m in MODELS for edge in ("", *m.edges)]


@pytest.mark.parametrize("case", EVERY, ids=str)
def test_derivations_agree_with_differences_in_numpy(case):
    assert excess(case) < 1e-7


@pytest.mark.parametrize("case", cases(MODELS, seeds=(1,), scales=(1, 100)), ids=str)
def test_a_right_derivation_is_told_to_agree(case):
    if not case.is_finite():
        pytest.skip("the loss or its gradient is not finite")
    assert verdict(case) == ""


@pytest.mark.parametrize("how", RETURNS)
@pytest.mark.parametrize("case", [Case(m, seed=2) for m in MODELS], ids=str)
def test_in_whatever_it_is_returned(case, how):
    assert verdict(replace(case, model=RETURNS[how](case.model))) == ""


@pytest.mark.parametrize("case", EVERY, ids=str)
def test_a_wrong_derivation_is_told_to_differ(case):
    mistakes = {
        (position, name): with_mistake(case, position, factor)
        for position in case.model.parameters
        for name, factor in MISTAKES.items()
    }
    # The others leave a gradient of zero as it is, or stay between the slopes on both sides of a kink.
    wrong = {name: mistake for name, mistake in mistakes.items() if excess(case, mistake) > 1e-3}
    if not wrong:
        pytest.skip("the gradient is zero")
    assert {name: verdict_on_mistake(mistake) for name, mistake in wrong.items()} == dict.fromkeys(wrong, "")
