"""Arrays trowel state after the step for that before.

expected kind: stale-value or wrong-point
wrong line: 91
correction 91: before = self.states[:-1]
given as: arrays
what: The recurrent weights get their slope from the states after the steps, not from those that go in
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "U", "b", "A", "v"]
CRITIC = 0.7


def data(seed=0):
    r = np.random.default_rng(seed)
    # six strokes of a trowel: what is felt, which of three strokes comes next, by how much it was better than expected
    W, U, b = r.normal(size=(3, 4)), 0.6 * r.normal(size=(4, 4)), 0.3 * r.normal(size=4)
    A, v = r.normal(size=(4, 3)), r.normal(size=4)
    return W, U, b, A, v, r.normal(size=(6, 3)), r.integers(0, 3, size=6), r.normal(size=6), r.normal(size=6)


def loss(W, U, b, A, v, felt, stroke, better, worth):
    h, total = None, 0.0
    for t in range(felt.shape[0]):
        pre = felt[t] @ W + b
        h = np.tanh(pre + h @ U if t else pre)
        logits = h @ A
        actor = better[t] * (np.log(np.sum(np.exp(logits))) - logits[stroke[t]])
        total = total + actor + 0.5 * CRITIC * (h @ v - worth[t]) ** 2
    return total / felt.shape[0]


def softmax(logits):
    e = np.exp(logits - np.max(logits))
    return e / np.sum(e)


def right(W, U, b, A, v, felt, stroke, better, worth):
    T, H = len(felt), len(b)
    states, probs, values = {-1: np.zeros(H)}, {}, {}
    # run the episode
    for t in range(T):
        states[t] = np.tanh(np.dot(felt[t], W) + np.dot(states[t - 1], U) + b)
        probs[t] = softmax(np.dot(states[t], A))
        values[t] = np.dot(states[t], v)

    # and back
    dW, dU, db = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)
    dA, dv = np.zeros_like(A), np.zeros_like(v)
    dhnext = np.zeros(H)
    for t in reversed(range(T)):
        dlogits = np.copy(probs[t])
        dlogits[stroke[t]] -= 1
        dlogits *= better[t] / T
        dA += np.outer(states[t], dlogits)
        dvalue = CRITIC * (values[t] - worth[t])
        dvalue = dvalue / T
        dv += states[t] * dvalue
        dh = np.dot(A, dlogits) + v * dvalue + dhnext
        draw = (1 - states[t] * states[t]) * dh
        db += draw
        dW += np.outer(felt[t], draw)
        dU += np.outer(states[t - 1], draw)
        dhnext = np.dot(U, draw)
    return dW, dU, db, dA, dv


class Memory:
    """The recurrent layer below both heads; row t of states is what goes into step t."""

    def __init__(self, W, U, b):
        self.W, self.U, self.b = W, U, b

    def forward(self, x):
        self.x = x
        self.states = np.zeros((len(x) + 1, len(self.b)))
        for t in range(len(x)):
            self.states[t + 1] = np.tanh(x[t] @ self.W + self.states[t] @ self.U + self.b)
        return self.states[1:]

    def backward(self, dstates):
        pre = np.zeros_like(dstates)
        carry = 0
        for t in range(len(dstates) - 1, -1, -1):
            pre[t] = (dstates[t] + carry) * (1 - self.states[t + 1] ** 2)
            carry = self.U @ pre[t]
        before = self.states[1:]
        return {"W": self.x.T @ pre, "U": before.T @ pre, "b": pre.sum(axis=0)}


class Heads:
    def __init__(self, A, v):
        self.A, self.v = A, v

    def forward(self, h):
        self.h = h
        e = np.exp(h @ self.A)
        self.pi = e / e.sum(axis=1, keepdims=True)
        self.value = h @ self.v

    def backward(self, actions, advantages, returns):
        T = len(actions)
        dlogits = self.pi - np.eye(self.pi.shape[1])[actions]
        dlogits = dlogits * advantages[:, None] / T
        dvalue = CRITIC * (self.value - returns) / T
        grads = {"A": self.h.T @ dlogits, "v": self.h.T @ dvalue}
        return dlogits @ self.A.T + np.outer(dvalue, self.v), grads


def backprop(W, U, b, A, v, felt, stroke, better, worth):
    memory, heads = Memory(W, U, b), Heads(A, v)
    heads.forward(memory.forward(felt))
    dh, grads = heads.backward(stroke, better, worth)
    grads.update(memory.backward(dh))
    return grads
