"""A GRU as in PyTorch, with the reset gate after the product.

expected kind: missing-factor
wrong line: 64
correction 64: du = np.concatenate((dz, dr, dn * r))
what: what flows into U h of the candidate is not multiplied by the reset gate
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def sig(a):
    return 1.0 / (1.0 + np.exp(-a))

H = 3

def gru(x, W, U, b):
    h, states, cache = np.zeros(H), [], []
    for x_t in x:
        a, u = W @ x_t + b, U @ h
        z = sig(a[:H] + u[:H])
        r = sig(a[H:2 * H] + u[H:2 * H])
        n = np.tanh(a[2 * H:] + r * u[2 * H:])
        cache.append((x_t, h, z, r, n, u[2 * H:]))
        h = (1 - z) * n + z * h
        states.append(h)
    return states, cache

def loss(x, y, W, U, b):
    states, _ = gru(x, W, U, b)
    return 0.5 * sum(np.sum((h - t) ** 2) for h, t in zip(states, y))


def right(x, y, W, U, b):
    states, cache = gru(x, W, U, b)
    dW, dU, db = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)
    dh = np.zeros(H)
    for t in reversed(range(len(x))):
        x_t, h_prev, z, r, n, un = cache[t]
        dh = dh + states[t] - y[t]
        dn = dh * (1 - z) * (1 - n ** 2)
        dr = dn * un * r * (1 - r)
        dz = dh * (h_prev - n) * z * (1 - z)
        da = np.concatenate((dz, dr, dn))
        du = np.concatenate((dz, dr, dn * r))
        dW += np.outer(da, x_t)
        dU += np.outer(du, h_prev)
        db += da
        dh = dh * z + U.T @ du
    return {"W": dW, "U": dU, "b": db}


def backprop(x, y, W, U, b):
    states, cache = gru(x, W, U, b)
    dW, dU, db = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)
    dh = np.zeros(H)
    for t in reversed(range(len(x))):
        x_t, h_prev, z, r, n, un = cache[t]
        dh = dh + states[t] - y[t]
        dn = dh * (1 - z) * (1 - n ** 2)
        dr = dn * un * r * (1 - r)
        dz = dh * (h_prev - n) * z * (1 - z)
        da = np.concatenate((dz, dr, dn))
        du = np.concatenate((dz, dr, dn))
        dW += np.outer(da, x_t)
        dU += np.outer(du, h_prev)
        db += da
        dh = dh * z + U.T @ du
    return {"W": dW, "U": dU, "b": db}


PARAMETERS = ["W", "U", "b"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(5, 2)), rng.normal(size=(5, H)), rng.normal(size=(9, 2)), rng.normal(size=(9, H)), rng.normal(size=9)]
