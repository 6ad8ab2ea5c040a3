"""A bidirectional RNN whose states are concatenated: the split of their gradient

expected kind: wrong-parameter or stale-value or wrong-shape
wrong line: 62 or 72
correction 62: dHB = dH[:, n:]
correction 72: a = (dH[t, n:] + earlier) * (1 - HB[t] ** 2)
what: the gradient of the concatenated states is split; both directions get the first half
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["wf", "uf", "wb", "ub", "V"]
n = 3


def softmax(z):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def loss(X, y, wf, uf, wb, ub, V):
    h, g, hs, gs = np.zeros(n), np.zeros(n), [], []
    for x, z in zip(X, X[::-1]):
        h, g = np.tanh(wf @ x + uf @ h), np.tanh(wb @ z + ub @ g)
        hs, gs = hs + [h], [g] + gs
    H = np.concatenate([np.stack(hs), np.stack(gs)], axis=1)
    return -np.sum(np.log(softmax(H @ V)[np.arange(len(y)), y]))


def one_way(X, H, dH, u):
    dw, du, carry = 0, 0, 0
    for t in range(len(X) - 1, -1, -1):
        a = (dH[t] + carry) * (1 - H[t] ** 2)
        dw, du, carry = dw + np.outer(a, X[t]), du + np.outer(a, H[t - 1] if t else 0 * a), u.T @ a
    return dw, du


def right(X, y, wf, uf, wb, ub, V):
    h, g = [np.zeros(n)], [np.zeros(n)]
    for x, z in zip(X, X[::-1]):
        h, g = h + [np.tanh(wf @ x + uf @ h[-1])], g + [np.tanh(wb @ z + ub @ g[-1])]
    H = np.hstack([h[1:], g[:0:-1]])
    d = softmax(H @ V) - np.eye(4)[y]
    dF, dB = np.hsplit(d @ V.T, 2)
    return *one_way(X, H[:, :n], dF, uf), *one_way(X[::-1], H[::-1, n:], dB[::-1], ub), H.T @ d


def backprop(X, y, wf, uf, wb, ub, V):
    T = len(y)
    HF, HB = np.zeros((T + 1, n)), np.zeros((T + 1, n))
    for t in range(T):
        HF[t] = np.tanh(wf @ X[t] + uf @ HF[t - 1])
    for t in reversed(range(T)):
        HB[t] = np.tanh(wb @ X[t] + ub @ HB[t + 1])
    H = np.hstack([HF[:T], HB[:T]])
    d = softmax(H @ V)
    d[np.arange(T), y] -= 1
    dV = H.T @ d
    dH = d @ V.T
    dHF = dH[:, :n]
    dHB = dH[:, :n]
    dwf, duf, dwb, dub = (np.zeros_like(p) for p in (wf, uf, wb, ub))
    later = np.zeros(n)
    for t in reversed(range(T)):
        a = (dHF[t] + later) * (1 - HF[t] ** 2)
        dwf += np.outer(a, X[t])
        duf += np.outer(a, HF[t - 1])
        later = uf.T @ a
    earlier = np.zeros(n)
    for t in range(T):
        a = (dHB[t] + earlier) * (1 - HB[t] ** 2)
        dwb += np.outer(a, X[t])
        dub += np.outer(a, HB[t + 1])
        earlier = ub.T @ a
    return dwf, duf, dwb, dub, dV


def data(seed=0):
    r = np.random.default_rng(seed)
    mats = [r.normal(size=s) for s in ((n, 2), (n, n), (n, 2), (n, n), (2 * n, 4))]
    return [r.normal(size=(4, 2)), r.integers(4, size=4), *mats]
