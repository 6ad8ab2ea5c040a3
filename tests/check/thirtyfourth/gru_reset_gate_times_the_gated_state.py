"""A GRU that labels every step, rows are examples.

expected kind: wrong-point or repeated-factor or stale-value
wrong line: 72
correction 72: dr = drh * h * r * (1 - r)
what: the reset gate's gradient is multiplied by the state that is already gated, r * h, which is what was kept, for h
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def sig(a):
    return 1.0 / (1.0 + np.exp(-a))


def softmax(s):
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def run(X, Wu, Uu, Wr, Ur, Wc, Uc):
    h, steps = np.zeros((X.shape[1], Uu.shape[0])), []
    for x in X:
        u, r = sig(x @ Wu + h @ Uu), sig(x @ Wr + h @ Ur)
        rh = r * h
        c = np.tanh(x @ Wc + rh @ Uc)
        new = (1 - u) * h + u * c
        steps.append((x, h, u, r, rh, c, new))
        h = new
    return steps


def loss(X, Y, Wu, Uu, Wr, Ur, Wc, Uc, V):
    total = 0.0
    for y, step in zip(Y, run(X, Wu, Uu, Wr, Ur, Wc, Uc)):
        total -= np.sum(np.log(softmax(step[-1] @ V)[np.arange(len(y)), y]))
    return total


def right(X, Y, Wu, Uu, Wr, Ur, Wc, Uc, V):
    g = {k: np.zeros_like(v) for k, v in dict(Wu=Wu, Uu=Uu, Wr=Wr, Ur=Ur, Wc=Wc, Uc=Uc, V=V).items()}
    steps = run(X, Wu, Uu, Wr, Ur, Wc, Uc)
    dnext = np.zeros_like(steps[0][1])
    for y, (x, h, u, r, rh, c, new) in zip(Y[::-1], steps[::-1]):
        ds = softmax(new @ V)
        ds[np.arange(len(y)), y] -= 1
        g["V"] += new.T @ ds
        dh = ds @ V.T + dnext
        dc = dh * u * (1 - c * c)
        du = dh * (c - h) * u * (1 - u)
        drh = dc @ Uc.T
        dr = drh * h * r * (1 - r)
        for k, d, left in (("u", du, h), ("r", dr, h), ("c", dc, rh)):
            g["W" + k] += x.T @ d
            g["U" + k] += left.T @ d
        dnext = dh * (1 - u) + drh * r + du @ Uu.T + dr @ Ur.T
    return g


def backprop(X, Y, Wu, Uu, Wr, Ur, Wc, Uc, V):
    g = {k: np.zeros_like(v) for k, v in dict(Wu=Wu, Uu=Uu, Wr=Wr, Ur=Ur, Wc=Wc, Uc=Uc, V=V).items()}
    steps = run(X, Wu, Uu, Wr, Ur, Wc, Uc)
    dnext = np.zeros_like(steps[0][1])
    for y, (x, h, u, r, rh, c, new) in zip(Y[::-1], steps[::-1]):
        ds = softmax(new @ V)
        ds[np.arange(len(y)), y] -= 1
        g["V"] += new.T @ ds
        dh = ds @ V.T + dnext
        dc = dh * u * (1 - c * c)
        du = dh * (c - h) * u * (1 - u)
        drh = dc @ Uc.T
        dr = drh * rh * r * (1 - r)
        for k, d, left in (("u", du, h), ("r", dr, h), ("c", dc, rh)):
            g["W" + k] += x.T @ d
            g["U" + k] += left.T @ d
        dnext = dh * (1 - u) + drh * r + du @ Uu.T + dr @ Ur.T
    return g


PARAMETERS = ["Wu", "Uu", "Wr", "Ur", "Wc", "Uc", "V"]


def data(seed=0):
    g = np.random.default_rng(seed)
    w = [g.normal(size=s) for _ in range(3) for s in ((2, 3), (3, 3))]
    return [g.normal(size=(4, 3, 2)), g.integers(3, size=(4, 3)), *w, g.normal(size=(3, 3))]
