"""deep net of lists: the last layer's weights are left out of the penalty's gradient.

expected kind: missing-term
wrong line: 45
correction 45: gW[-1] = hs[-1].T @ delta + decay * Ws[-1]
given as: arrays
what: the output layer is done before the loop, without its term of weight decay
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

decay = 0.3

def cost(x, t, Ws, bs):
    h = x
    for W, b in zip(Ws[:-1], bs[:-1]):
        h = np.tanh(h @ W + b)
    y = h @ Ws[-1] + bs[-1]
    return 0.5 * np.mean(np.sum((y - t) ** 2, axis=1)) + 0.5 * decay * sum(np.sum(W * W) for W in Ws)

def loss(x, t, W0, b0, W1, b1, W2, b2):
    return cost(x, t, [W0, W1, W2], [b0, b1, b2])

def right(x, t, W0, b0, W1, b1, W2, b2):
    Ws, bs, hs = [W0, W1, W2], [b0, b1, b2], [x]
    for W, b in zip(Ws[:-1], bs[:-1]):
        hs.append(np.tanh(hs[-1] @ W + b))
    delta = (hs[-1] @ Ws[-1] + bs[-1] - t) / len(x)
    gW, gb = [None] * 3, [None] * 3
    gW[-1] = hs[-1].T @ delta + decay * Ws[-1]
    gb[-1] = delta.sum(axis=0)
    for k in (1, 0):
        delta = delta @ Ws[k + 1].T * (1 - hs[k + 1] ** 2)
        gW[k] = hs[k].T @ delta + decay * Ws[k]
        gb[k] = delta.sum(axis=0)
    return gW[0], gb[0], gW[1], gb[1], gW[2], gb[2]

def backprop(x, t, W0, b0, W1, b1, W2, b2):
    Ws, bs, hs = [W0, W1, W2], [b0, b1, b2], [x]
    for W, b in zip(Ws[:-1], bs[:-1]):
        hs.append(np.tanh(hs[-1] @ W + b))
    delta = (hs[-1] @ Ws[-1] + bs[-1] - t) / len(x)
    gW, gb = [None] * 3, [None] * 3
    gW[-1] = hs[-1].T @ delta
    gb[-1] = delta.sum(axis=0)
    for k in (1, 0):
        delta = delta @ Ws[k + 1].T * (1 - hs[k + 1] ** 2)
        gW[k] = hs[k].T @ delta + decay * Ws[k]
        gb[k] = delta.sum(axis=0)
    return gW[0], gb[0], gW[1], gb[1], gW[2], gb[2]

PARAMETERS = ["W0", "b0", "W1", "b1", "W2", "b2"]

def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(3, 4), (4,), (4, 4), (4,), (4, 2), (2,)]
    return [r.normal(size=(5, 3)), r.normal(size=(5, 2)), *(r.normal(size=s) for s in shapes)]
