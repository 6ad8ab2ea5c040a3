"""Every case of the table compiled by Numba, value and VJPs: minutes, so not part of the plain run.

pytest tests/compiler/whole_table.py
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import microgradnet as mg
from tests.compiler.test_cases import assert_same, never_replayed, terms_of, value_and_vjp
from tests.ops.cases import CASES, Case

pytest.importorskip("numba")


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_value_and_vjp_in_machine_code(case: Case, dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    never_replayed(monkeypatch)
    f = value_and_vjp(case)
    arrays = case.arguments(dtype)
    assert_same(mg.compile(f, backend="numba")(*arrays), f(*arrays), dtype, terms_of(case, arrays))
