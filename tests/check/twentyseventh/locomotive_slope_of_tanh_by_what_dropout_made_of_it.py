"""Locomotive slope of tanh by what dropout made of it.

expected kind: wrong-point or stale-value
wrong line: 94
correction 94: dZ = dT * (1.0 - cache["T%d" % i] ** 2)
what: The derivative of tanh has its value after dropout, scaled by what is kept, for its own value
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W0", "c0", "W1", "c1", "W2", "c2", "W3", "c3"]
DECAY, DROP = 0.15, 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    sizes, n = (3, 4, 4, 4, 2), 6
    weights = [r.normal(size=s) for s in zip(sizes, sizes[1:])]
    shifts = [0.4 * r.normal(size=s) for s in sizes[1:]]
    alive = (r.uniform(size=(3, n, 4)) >= DROP) * 1.0
    params = [p for pair in zip(weights, shifts) for p in pair]
    return *params, r.normal(size=(n, 3)), r.normal(size=(n, 2)), alive


def loss(W0, c0, W1, c1, W2, c2, W3, c3, steam, speed, alive):
    a = steam
    for i, (W, c) in enumerate([(W0, c0), (W1, c1), (W2, c2)]):
        a = np.tanh(a @ W + c) * alive[i] / (1 - DROP)
    miss = np.mean(np.sum((a @ W3 + c3 - speed) ** 2, axis=1))
    return miss + 0.5 * DECAY * sum(np.sum(W * W) for W in (W0, W1, W2, W3))


def dense(W, c):
    """A layer as a pair of functions; what goes back gives the gradients, too."""

    def forward(x):
        def backward(dout):
            return dout @ W.T, [x.T @ dout + DECAY * W, dout.sum(axis=0)]

        return x @ W + c, backward

    return forward


def tanh_drop(mask):
    scale = mask / (1 - DROP)

    def forward(x):
        y = np.tanh(x)
        return y * scale, lambda dout: (dout * scale * (1 - y**2), [])

    return forward


def right(W0, c0, W1, c1, W2, c2, W3, c3, steam, speed, alive):
    layers = [dense(W0, c0), tanh_drop(alive[0]), dense(W1, c1), tanh_drop(alive[1])]
    layers += [dense(W2, c2), tanh_drop(alive[2]), dense(W3, c3)]
    a, back = steam, []
    for layer in layers:
        a, backward = layer(a)
        back.append(backward)
    d, grads = 2 * (a - speed) / len(steam), []
    for backward in reversed(back):
        d, found = backward(d)
        grads = found + grads
    return tuple(grads)


def run_engine(params, steam, alive):
    cache = {"A0": steam}
    for i in range(1, 4):
        cache["T%d" % i] = np.tanh(np.dot(cache["A%d" % (i - 1)], params["W%d" % (i - 1)]) + params["c%d" % (i - 1)])
        cache["A%d" % i] = cache["T%d" % i] * alive[i - 1] / (1.0 - DROP)
    cache["A4"] = np.dot(cache["A3"], params["W3"]) + params["c3"]
    return cache


def backprop(W0, c0, W1, c1, W2, c2, W3, c3, steam, speed, alive):
    params = {"W0": W0, "c0": c0, "W1": W1, "c1": c1, "W2": W2, "c2": c2, "W3": W3, "c3": c3}
    cache = run_engine(params, steam, alive)
    n = steam.shape[0]
    grads = {}
    dZ = (2.0 / n) * (cache["A4"] - speed)
    for i in (3, 2, 1, 0):
        W = params["W%d" % i]
        grads["W%d" % i] = np.dot(cache["A%d" % i].T, dZ) + DECAY * W
        grads["c%d" % i] = np.sum(dZ, axis=0)
        if i:
            # through dropout and tanh of the layer below
            dA = np.dot(dZ, W.T)
            dT = dA * alive[i - 1] / (1.0 - DROP)
            dZ = dT * (1.0 - cache["A%d" % i] ** 2)
    return grads
