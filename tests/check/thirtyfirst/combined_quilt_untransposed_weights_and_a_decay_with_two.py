"""Combined quilt untransposed weights and a decay with two.

expected kind: transpose + scale
wrong line: 76 or 77 and 82
correction 76: da = np.einsum("nc,hc->nh", ds, W2)
correction 77: dz = np.einsum("nc,hc,nh->nh", ds, W2, 1 - a * a)
correction 82: g[name] += DECAY * W
what: The slopes of the hidden units come through the untransposed square weights; the decay has a half in the loss, and its slope still a two
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
DECAY = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    # six quilts by five measures of their patches; four workshops that they may come from
    W1, b1, W2, b2 = r.normal(size=(5, 4)), 0.5 * r.normal(size=4), r.normal(size=(4, 4)), 0.5 * r.normal(size=4)
    return W1, b1, W2, b2, r.normal(size=(6, 5)), r.integers(0, 4, size=6)


def loss(W1, b1, W2, b2, quilts, shop):
    s = np.tanh(quilts @ W1 + b1) @ W2 + b2
    s = s - np.max(s, axis=1, keepdims=True)
    nll = np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(shop)), shop]
    return np.mean(nll) + 0.5 * DECAY * (np.sum(W1**2) + np.sum(W2**2))


def run_forward(layers, X):
    trace, out = [], X
    for k, (W, b) in enumerate(layers):
        z = out @ W + b
        trace.append((out, z))
        out = np.tanh(z) if k + 1 < len(layers) else z
    return out, trace


def right(W1, b1, W2, b2, quilts, shop):
    layers = [(W1, b1), (W2, b2)]
    scores, trace = run_forward(layers, quilts)
    n = len(shop)
    up = np.exp(scores - scores.max(axis=1, keepdims=True))
    up /= up.sum(axis=1, keepdims=True)
    up[np.arange(n), shop] -= 1
    up /= n
    grads = []
    for k in reversed(range(len(layers))):
        W, b = layers[k]
        inp, z = trace[k]
        if k + 1 < len(layers):
            up = up * (1 - np.tanh(z) ** 2)
        grads = [inp.T @ up + DECAY * W, up.sum(axis=0)] + grads
        up = up @ W.T
    return tuple(grads)


def softmax(s):
    e = np.exp(s - s.max(axis=-1)[:, None])
    return e / np.einsum("nc->n", e)[:, None]


def backprop(W1, b1, W2, b2, quilts, shop):
    g = {}
    # forward
    a = np.tanh(np.einsum("ni,ih->nh", quilts, W1) + b1)
    p = softmax(np.einsum("nh,hc->nc", a, W2) + b2)
    # backward
    y = np.eye(p.shape[1])[shop]
    ds = (p - y) / len(p)
    g["W2"] = np.einsum("nh,nc->hc", a, ds)
    g["b2"] = np.einsum("nc->c", ds)
    da = np.einsum("nc,ch->nh", ds, W2)
    dz = np.einsum("nh,nh->nh", da, 1 - a * a)
    g["W1"] = np.einsum("ni,nh->ih", quilts, dz)
    g["b1"] = np.einsum("nh->h", dz)
    # the decay of the weights, of both of them alike
    for name, W in (("W1", W1), ("W2", W2)):
        g[name] += 2 * DECAY * W
    return g
