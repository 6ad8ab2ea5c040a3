"""An LSTM on [x, h] that decides at the end, logistic loss.

expected kind: wrong-shape or wrong-parameter
wrong line: 77
correction 77: dh = dz[:, D:]
what: the gates work on [x, h]; the first columns of the gradient are the input's, and these are carried on as the state's
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def sig(a):
    return 1 / (1 + np.exp(-a))


def unroll(xs, Wf, Wi, Wc, Wo):
    H = Wf.shape[1]
    h = c = np.zeros((xs.shape[1], H))
    tape = []
    for x in xs:
        z = np.concatenate([x, h], axis=1)
        f, i, k, o = sig(z @ Wf), sig(z @ Wi), np.tanh(z @ Wc), sig(z @ Wo)
        old, c = c, f * c + i * k
        h = o * np.tanh(c)
        tape.append((z, f, i, k, o, old, c))
    return h, tape


def loss(xs, y, Wf, Wi, Wc, Wo, v):
    p = sig(unroll(xs, Wf, Wi, Wc, Wo)[0] @ v)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def right(xs, y, Wf, Wi, Wc, Wo, v):
    h, tape = unroll(xs, Wf, Wi, Wc, Wo)
    H, D = Wf.shape[1], xs.shape[2]
    ds = (sig(h @ v) - y) / len(y)
    dv = h.T @ ds
    dWf, dWi, dWc, dWo = (np.zeros_like(w) for w in (Wf, Wi, Wc, Wo))
    dh, dc = np.outer(ds, v), np.zeros_like(h)
    for z, f, i, k, o, old, c in tape[::-1]:
        tc = np.tanh(c)
        dc = dc + dh * o * (1 - tc ** 2)
        ao = dh * tc * o * (1 - o)
        af = dc * old * f * (1 - f)
        ai = dc * k * i * (1 - i)
        ak = dc * i * (1 - k ** 2)
        dWf += z.T @ af
        dWi += z.T @ ai
        dWc += z.T @ ak
        dWo += z.T @ ao
        dz = af @ Wf.T + ai @ Wi.T + ak @ Wc.T + ao @ Wo.T
        dh = dz[:, D:]
        dc = dc * f
    return dWf, dWi, dWc, dWo, dv


def backprop(xs, y, Wf, Wi, Wc, Wo, v):
    h, tape = unroll(xs, Wf, Wi, Wc, Wo)
    H, D = Wf.shape[1], xs.shape[2]
    ds = (sig(h @ v) - y) / len(y)
    dv = h.T @ ds
    dWf, dWi, dWc, dWo = (np.zeros_like(w) for w in (Wf, Wi, Wc, Wo))
    dh, dc = np.outer(ds, v), np.zeros_like(h)
    for z, f, i, k, o, old, c in tape[::-1]:
        tc = np.tanh(c)
        dc = dc + dh * o * (1 - tc ** 2)
        ao = dh * tc * o * (1 - o)
        af = dc * old * f * (1 - f)
        ai = dc * k * i * (1 - i)
        ak = dc * i * (1 - k ** 2)
        dWf += z.T @ af
        dWi += z.T @ ai
        dWc += z.T @ ak
        dWo += z.T @ ao
        dz = af @ Wf.T + ai @ Wi.T + ak @ Wc.T + ao @ Wo.T
        dh = dz[:, :H]
        dc = dc * f
    return dWf, dWi, dWc, dWo, dv


PARAMETERS = ["Wf", "Wi", "Wc", "Wo", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(4, 5, 3)), (r.random(5) > 0.5) * 1.0, *(r.normal(size=(6, 3)) for _ in range(4)), r.normal(size=3)]
