"""Templates of NumPy code: what stands for inputs and static arguments, and what is refused."""

from __future__ import annotations

import pytest

from microgradnet.template import parsed, placeholder

CASES = {
    "({0} * {1})": ("_0_ * _1_", {"0", "1"}),
    "np.sum({0}, axis={axis!r})": ("np.sum(_0_, axis=_axis_)", {"0", "axis"}),
    "np.round({0}, {decimals})": ("np.round(_0_, _decimals_)", {"0", "decimals"}),
    "np.hypot({}, {})": ("np.hypot(_0_, _1_)", {"0", "1"}),
    "np.stack([{inputs}])": ("np.stack([_0_, _1_])", {"0", "1"}),
    "np.isin({0}, {{1, 2}})": ("np.isin(_0_, {1, 2})", {"0"}),
    "  {0} + 1\n": ("_0_ + 1", {"0"}),
}


@pytest.mark.parametrize("source", CASES)
def test_names_stand_for_inputs_and_static_arguments(source: str) -> None:
    template = parsed(source, 2)
    code, fields = CASES[source]
    assert (template.code, template.helper) == (code, "")
    assert {name for name in template.names if name != "np"} == set(map(placeholder, fields))


def test_a_static_argument_may_be_called_inputs() -> None:
    assert parsed("{inputs} * {0}", 2, ("inputs",)).code == "_inputs_ * _0_"


def test_what_comes_before_the_last_line_is_what_it_calls() -> None:
    template = parsed("\ndef twice(x):\n    return {**{}, 0: 2 * x}[0]\ntwice({0})", 1)
    assert template.helper == "def twice(x):\n    return {**{}, 0: 2 * x}[0]"
    assert template.code == "twice(_0_)"


@pytest.mark.parametrize("source", ["", "{0} +", "{0", "{0.T}", "f('{axis}', {0})", "np.x_{axis}({0})", "x = {0}"])
def test_what_is_no_expression_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="expression"):
        parsed(source, 1)


def test_written_alike_is_parsed_alike() -> None:
    assert parsed("({0} * {1})", 2).code == parsed("{0}*{1}", 2).code != parsed("{1} * {0}", 2).code
