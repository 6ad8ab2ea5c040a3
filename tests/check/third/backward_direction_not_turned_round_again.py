"""Backward direction not turned round again.

expected kind: reversed
wrong line: 75
correction 75: dbackward = doutput[::-1, 3:]
what: The gradients of the states of the direction that reads from the end aren't turned into the order in which it
    reads
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wf", "Wb"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(5, 3)) * 0.7, r.normal(size=(5, 3)) * 0.7, r.normal(size=(4, 2)), r.normal(size=(4, 6))


def loss(Wf, Wb, xs, y):
    total = 0
    h = np.zeros(3)
    for t in range(4):
        h = np.tanh(np.concatenate([xs[t], h]) @ Wf)
        total = total + np.sum((h - y[t, :3]) ** 2)
    h = np.zeros(3)
    for t in range(3, -1, -1):
        h = np.tanh(np.concatenate([xs[t], h]) @ Wb)
        total = total + np.sum((h - y[t, 3:]) ** 2)
    return total


def right(Wf, Wb, xs, y):
    out = []
    for W, order, target in ((Wf, range(4), y[:, :3]), (Wb, range(3, -1, -1), y[:, 3:])):
        h, tape, G, carry = np.zeros(3), [], np.zeros((5, 3)), np.zeros(3)
        for t in order:
            u = np.concatenate([xs[t], h])
            h = np.tanh(u @ W)
            tape.append((t, u, h))
        for t, u, h in tape[::-1]:
            d = (2 * (h - target[t]) + carry) * (1 - h * h)
            G += np.outer(u, d)
            carry = (W @ d)[2:]
        out.append(G)
    return tuple(out)


def run(W, seq):
    h, states, joined = np.zeros(3), [], []
    for x in seq:
        joined.append(np.hstack([x, h]))
        h = np.tanh(joined[-1].dot(W))
        states.append(h)
    return np.array(states), joined


def run_back(W, states, joined, dstates):
    dW, dnext = np.zeros_like(W), np.zeros(3)
    for t in reversed(range(len(states))):
        dz = (dstates[t] + dnext) * (1 - states[t] ** 2)
        dW += np.outer(joined[t], dz)
        dnext = W.dot(dz)[2:]
    return dW


def backprop(Wf, Wb, xs, y):
    forward, joined_f = run(Wf, xs)
    backward, joined_b = run(Wb, xs[::-1])
    output = np.hstack([forward, backward[::-1]])
    doutput = 2 * (output - y)
    dforward = doutput[:, :3]
    dbackward = doutput[:, 3:]
    return run_back(Wf, forward, joined_f, dforward), run_back(Wb, backward, joined_b, dbackward)
