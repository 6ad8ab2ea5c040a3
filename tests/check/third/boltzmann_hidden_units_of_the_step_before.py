"""Boltzmann hidden units of the step before.

expected kind: wrong-point or stale-value
wrong line: 50
correction 50: mh_chain = self.hidden(v_chain)
what: The negative phase multiplies the visible units of the chain by the hidden ones of the data
source: https://github.com/DsysDML/rbms/issues/31
said: the hidden units given the visible ones of the step before are used, which biases the gradient
"""

import numpy as np

PARAMETERS = ["W", "a", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(4, 3)), r.normal(size=4), r.normal(size=3),
        r.integers(0, 2, size=(6, 4)), np.eye(4, dtype=int)[[0, 2, 1, 3, 3, 1]],
    )


def free_energy(v, W, a, b):
    return -v @ a - np.sum(np.log(1 + np.exp(v @ W + b)), axis=1)


def loss(W, a, b, v_data, v_chain):
    return np.mean(free_energy(v_data, W, a, b)) - np.mean(free_energy(v_chain, W, a, b))


def right(W, a, b, v_data, v_chain):
    out = []
    for v in (v_data, v_chain):
        h = 1 / (1 + np.exp(-(v @ W + b)))
        out.append((v.T @ h / len(v), v.mean(0), h.mean(0)))
    return tuple(n - p for p, n in zip(*out))


class RBM:
    def __init__(self, W, a, b):
        self.W, self.vbias, self.hbias = W, a, b

    def hidden(self, v):
        return 1 / (1 + np.exp(-(v @ self.W + self.hbias)))

    def gradient(self, v_data, v_chain):
        n = len(v_data)
        mh_data = self.hidden(v_data)
        mh_chain = mh_data
        dW = v_data.T @ mh_data / n - v_chain.T @ mh_chain / n
        dv = v_data.mean(axis=0) - v_chain.mean(axis=0)
        dh = mh_data.mean(axis=0) - mh_chain.mean(axis=0)
        return {"W": -dW, "a": -dv, "b": -dh}


def backprop(W, a, b, v_data, v_chain):
    return RBM(W, a, b).gradient(v_data, v_chain)
