"""combined lstm sigmoid candidate and mean bias.

expected kind: wrong-activation + mean-for-sum or wrong-activation + scale
wrong line: 66 and 70
correction 66: dg = dc * i * (1 - g ** 2)
correction 70: db += da.sum(axis=0)
what: the tanh of the candidate is differentiated as a sigmoid, and the gradient of the biases is averaged over the batch
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def sigmoid(a):
    return 1 / (1 + np.exp(-a))

def lstm_forward(xs, W, b):
    H = len(b) // 4
    h = c = np.zeros((xs.shape[1], H))
    cache, hs = [], []
    for x in xs:
        xh = np.concatenate([x, h], axis=1)
        a = xh @ W + b
        i, f, o = (sigmoid(a[:, k * H:(k + 1) * H]) for k in range(3))
        g = np.tanh(a[:, 3 * H:])
        cache.append((xh, i, f, o, g, c))
        c = f * c + i * g
        h = o * np.tanh(c)
        hs.append(h)
    return hs, cache

def loss(xs, ts, W, b, V):
    hs, _ = lstm_forward(xs, W, b)
    return sum(np.sum((h @ V - t) ** 2) for h, t in zip(hs, ts)) / 2

def right(xs, ts, W, b, V):
    hs, cache = lstm_forward(xs, W, b)
    dW, db, dV = np.zeros_like(W), np.zeros_like(b), np.zeros_like(V)
    dh_next = dc_next = np.zeros_like(hs[0])
    for t in reversed(range(len(xs))):
        xh, i, f, o, g, c_prev = cache[t]
        tc = np.tanh(f * c_prev + i * g)
        dy = hs[t] @ V - ts[t]
        dV += hs[t].T @ dy
        dh = dy @ V.T + dh_next
        dc = dc_next + dh * o * (1 - tc ** 2)
        dg = dc * i * (1 - g ** 2)
        gates = dc * g * i * (1 - i), dc * c_prev * f * (1 - f), dh * tc * o * (1 - o)
        da = np.concatenate([*gates, dg], axis=1)
        dW += xh.T @ da
        db += da.sum(axis=0)
        dh_next = (da @ W.T)[:, xs.shape[2]:]
        dc_next = dc * f
    return dW, db, dV

def backprop(xs, ts, W, b, V):
    hs, cache = lstm_forward(xs, W, b)
    dW, db, dV = np.zeros_like(W), np.zeros_like(b), np.zeros_like(V)
    dh_next = dc_next = np.zeros_like(hs[0])
    for t in reversed(range(len(xs))):
        xh, i, f, o, g, c_prev = cache[t]
        tc = np.tanh(f * c_prev + i * g)
        dy = hs[t] @ V - ts[t]
        dV += hs[t].T @ dy
        dh = dy @ V.T + dh_next
        dc = dc_next + dh * o * (1 - tc ** 2)
        dg = dc * i * g * (1 - g)
        gates = dc * g * i * (1 - i), dc * c_prev * f * (1 - f), dh * tc * o * (1 - o)
        da = np.concatenate([*gates, dg], axis=1)
        dW += xh.T @ da
        db += da.mean(axis=0)
        dh_next = (da @ W.T)[:, xs.shape[2]:]
        dc_next = dc * f
    return dW, db, dV

PARAMETERS = ['W', 'b', 'V']

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=s) for s in [(4, 3, 2), (4, 3, 2), (5, 12), (12,), (3, 2)]]
