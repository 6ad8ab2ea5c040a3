"""Ferry recurrent weights see the state of the same step.

expected kind: stale-value or wrong-point
wrong line: 87
correction 87: gU += hs[t][:, None] * dpre
what: The recurrent weights are multiplied by the state before, but their gradient takes the state of the step itself
source: https://github.com/d2l-ai/d2l-en/pull/1364
said: in the equation of backpropagation through time it has to be the state before where that of the step itself stood
"""

import numpy as np

PARAMETERS = ["W1", "U1", "b1", "W2", "U2", "b2", "v", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # crossings of a ferry, of different length: was it late in the end?
    n, T, d, H, G = 6, 5, 2, 3, 4
    below = r.normal(size=(d, H)), 0.6 * r.normal(size=(H, H)), 0.3 * r.normal(size=H)
    above = r.normal(size=(H, G)), 0.6 * r.normal(size=(G, G)), 0.3 * r.normal(size=G)
    here = (np.arange(T) < np.array([5, 3, 4, 2, 3, 5])[:, None]).astype(float)
    return *below, *above, r.normal(size=G), r.normal(size=1), r.normal(size=(n, T, d)), here, np.array([1, 0, 0, 1, 1, 0])


def loss(W1, U1, b1, W2, U2, b2, v, c, waves, here, late):
    n, T = here.shape
    low, high = np.zeros((n, b1.shape[0])), np.zeros((n, b2.shape[0]))
    for t in range(T):
        m = here[:, t : t + 1]
        low = m * np.tanh(waves[:, t] @ W1 + low @ U1 + b1) + (1 - m) * low
        high = m * np.tanh(low @ W2 + high @ U2 + b2) + (1 - m) * high
    s = high @ v + c[0]
    return np.mean(np.log(1 + np.exp(s)) - late * s)


def sail(p, waves, here):
    low, high = [np.zeros((len(waves), len(p["b1"])))], [np.zeros((len(waves), len(p["b2"])))]
    new_low, new_high = [], []
    for t in range(here.shape[1]):
        m = here[:, t, None]
        new_low.append(np.tanh(waves[:, t] @ p["W1"] + low[-1] @ p["U1"] + p["b1"]))
        low.append(m * new_low[-1] + (1 - m) * low[-1])
        new_high.append(np.tanh(low[-1] @ p["W2"] + high[-1] @ p["U2"] + p["b2"]))
        high.append(m * new_high[-1] + (1 - m) * high[-1])
    return low, high, new_low, new_high


def right(W1, U1, b1, W2, U2, b2, v, c, waves, here, late):
    p = dict(W1=W1, U1=U1, b1=b1, W2=W2, U2=U2, b2=b2, v=v, c=c)
    low, high, new_low, new_high = sail(p, waves, here)
    grads = {name: np.zeros_like(value) for name, value in p.items()}
    ds = (1 / (1 + np.exp(-(high[-1] @ v + c))) - late) / len(late)
    grads["v"], grads["c"] = high[-1].T @ ds, np.array([ds.sum()])
    dhigh, dlow = np.outer(ds, v), np.zeros_like(low[0])
    for t in reversed(range(here.shape[1])):
        m = here[:, t, None]
        da2 = m * dhigh * (1 - new_high[t] ** 2)
        grads["W2"] += low[t + 1].T @ da2
        grads["U2"] += high[t].T @ da2
        grads["b2"] += da2.sum(0)
        dlow = dlow + da2 @ W2.T
        dhigh = da2 @ U2.T + (1 - m) * dhigh
        da1 = m * dlow * (1 - new_low[t] ** 2)
        grads["W1"] += waves[:, t].T @ da1
        grads["U1"] += low[t].T @ da1
        grads["b1"] += da1.sum(0)
        dlow = da1 @ U1.T + (1 - m) * dlow
    return grads


def run_layer(xs, W, U, b):
    hs = np.zeros((len(xs) + 1, len(b)))
    for t, x in enumerate(xs):
        hs[t + 1] = np.tanh(x @ W + hs[t] @ U + b)
    return hs


def through_layer(dhs, xs, hs, W, U, grads):
    """Go back through one layer of one crossing; adds to the three gradients and returns that of the inputs."""
    gW, gU, gb = grads
    dxs = np.zeros_like(xs)
    dnext = np.zeros(len(U))
    for t in range(len(xs) - 1, -1, -1):
        dpre = (dhs[t] + dnext) * (1 - hs[t + 1] * hs[t + 1])
        gW += xs[t][:, None] * dpre
        gU += hs[t + 1][:, None] * dpre
        gb += dpre
        dxs[t] = W @ dpre
        dnext = U @ dpre
    return dxs


def backprop(W1, U1, b1, W2, U2, b2, v, c, waves, here, late):
    first, second = [[np.zeros_like(q) for q in layer] for layer in ((W1, U1, b1), (W2, U2, b2))]
    dv, dc = np.zeros_like(v), np.zeros_like(c)
    for crossing, present, y in zip(waves, here, late):
        steps = int(present.sum())
        xs = crossing[:steps]
        h1 = run_layer(xs, W1, U1, b1)
        h2 = run_layer(h1[1:], W2, U2, b2)
        ds = 1 / (1 + np.exp(-(h2[-1] @ v + c[0]))) - y
        ds /= len(late)
        dv += ds * h2[-1]
        dc += ds
        dh2 = np.zeros((steps, len(v)))
        dh2[-1] = ds * v
        dh1 = through_layer(dh2, h1[1:], h2, W2, U2, second)
        through_layer(dh1, xs, h1, W1, U1, first)
    return *first, *second, dv, dc
