"""`harmless`: which of the user's functions may be called again, and that nothing happens by that."""

import numpy as np
import pytest

from microgradnet.check.observe import Source

from .located import module

SOURCE = """
import time

import numpy as np

CALLS, TABLE = [], np.zeros(3)

sig = lambda v: 1 / (1 + np.exp(-v))

def slope(v):
    "With a docstring."
    s = sig(v)
    return s * (1 - s)

def softmax(v, axis=-1):
    e = np.exp(v - v.max(axis=axis, keepdims=True))
    e /= e.sum(axis=axis, keepdims=True)
    return e

def relu(v):
    v[v < 0] = 0
    return v

def counted(v):
    CALLS.append(v)
    return v

def remembered(v):
    TABLE[0] = v.sum()
    return v

def drawn(v):
    return v * np.random.rand()

def told(v):
    print(v)
    return v

def slept(v):
    time.sleep(1)
    return v

def saved(v):
    np.save("v.npy", v)
    return v

def twice(v):
    return counted(v) + v

def endless(v):
    while True:
        v = v + 1

def given(f, v):
    return f(v)

def backprop(v):
    used = slope, softmax, relu, counted, remembered, drawn, told, slept, saved, twice, endless, given, sig
    return v
"""


@pytest.fixture
def program(tmp_path):
    return Source.of(module(SOURCE, tmp_path / "code.py")["backprop"])


def test_what_only_computes_may_be_called(program):
    assert set(program.harmless) == {"sig", "slope", "softmax", "relu", "backprop"}


def test_it_computes_the_same_while_the_program_is_observed(program):
    v = np.array([-1.0, 2.0])
    s = 1 / (1 + np.exp(-v))
    looks = []
    with program.exchanged():
        program.hooked(lambda i, value: looks.append(i) or value, lambda i: True)
        np.testing.assert_allclose(program.harmless["slope"](v), s * (1 - s))
        np.testing.assert_allclose(program.harmless["softmax"](v, axis=0).sum(), 1)
    assert not looks


def test_what_it_is_given_stays_as_it_is(program):
    v = np.array([-1.0, 2.0])
    np.testing.assert_array_equal(program.harmless["relu"](v), [0.0, 2.0])
    np.testing.assert_array_equal(v, [-1.0, 2.0])
