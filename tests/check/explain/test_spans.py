"""Stretches of a chain: what lies between two values of the same shape."""

import numpy as np

import microgradnet as mg
from microgradnet.check.explain.chain import Chain
from microgradnet.check.explain.spans import Spans


def spans_of(f, *values):
    chain = Chain.of(f, values, ["z"], [0])
    return [(s.z, s.a, len(s.links), s) for s in Spans(chain)]


def test_every_stretch_between_equal_shapes_is_found_the_shortest_first():
    found = spans_of(lambda z: mg.sum(mg.exp(mg.tanh(z))), np.ones(3))
    assert [(z, a) for z, a, *_ in found] == [(1, 2), (0, 1), (0, 2)]


def test_a_step_on_one_of_several_ways_is_that_step_alone():
    def loss(z):
        gate = mg.sigmoid(z)
        return mg.sum(gate * z)  # z goes into the product at once, and by way of the gate

    (direct,) = (s for z, a, n, s in spans_of(loss, np.array([0.5, -1.0])) if (z, a, n) == (0, 2, 1))
    np.testing.assert_allclose(direct.derivative, 1 / (1 + np.exp([-0.5, 1.0])))


def test_a_function_spelled_out_is_recognised():
    *_, (_, _, _, whole) = spans_of(lambda z: mg.sum(1 / (1 + mg.exp(-z))), np.array([0.5, -1.0]))
    assert whole.function.name == "sigmoid"
