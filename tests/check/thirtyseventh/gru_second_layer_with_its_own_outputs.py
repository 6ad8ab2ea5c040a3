"""gru second layer with its own outputs.

expected kind: wrong-parameter or wrong-point or stale-value or swapped-operands
wrong line: 57
correction 57: d1, dW2, dU2 = layer_backward(d2, out1, cache2, W2, U2)
what: the input weights of the second layer get what the layer put out for what went into it
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def sigmoid(a):
    return 1 / (1 + np.exp(-a))

def layer(xs, W, U):
    h, outs, cache, H = np.zeros((xs.shape[1], len(U))), [], [], len(U)
    for x in xs:
        zr = sigmoid(x @ W[:, :2 * H] + h @ U[:, :2 * H])
        z, r = zr[:, :H], zr[:, H:]
        n = np.tanh(x @ W[:, 2 * H:] + (r * h) @ U[:, 2 * H:])
        cache.append((h, z, r, n))
        h = (1 - z) * h + z * n
        outs.append(h)
    return np.array(outs), cache

def layer_backward(douts, inputs, cache, W, U):
    H, dh = len(U), 0
    dxs, dW, dU = np.zeros_like(inputs), np.zeros_like(W), np.zeros_like(U)
    for t in reversed(range(len(inputs))):
        h, z, r, n = cache[t]
        dh = dh + douts[t]
        dn = dh * z * (1 - n ** 2)
        drh = dn @ U[:, 2 * H:].T
        dzr = np.hstack([dh * (n - h) * z * (1 - z), drh * h * r * (1 - r)])
        da = np.hstack([dzr, dn])
        dW += inputs[t].T @ da
        dU += np.hstack([h.T @ dzr, (r * h).T @ dn])
        dxs[t] = da @ W.T
        dh = dh * (1 - z) + drh * r + dzr @ U[:, :2 * H].T
    return dxs, dW, dU

def loss(xs, ts, W1, U1, W2, U2):
    return np.sum((layer(layer(xs, W1, U1)[0], W2, U2)[0] - ts) ** 2) / 2

def right(xs, ts, W1, U1, W2, U2):
    out1, cache1 = layer(xs, W1, U1)
    out2, cache2 = layer(out1, W2, U2)
    d2 = out2 - ts
    d1, dW2, dU2 = layer_backward(d2, out1, cache2, W2, U2)
    _, dW1, dU1 = layer_backward(d1, xs, cache1, W1, U1)
    return dW1, dU1, dW2, dU2

def backprop(xs, ts, W1, U1, W2, U2):
    out1, cache1 = layer(xs, W1, U1)
    out2, cache2 = layer(out1, W2, U2)
    d2 = out2 - ts
    d1, dW2, dU2 = layer_backward(d2, out2, cache2, W2, U2)
    _, dW1, dU1 = layer_backward(d1, xs, cache1, W1, U1)
    return dW1, dU1, dW2, dU2

PARAMETERS = ['W1', 'U1', 'W2', 'U2']

def data(seed=0):
    rng = np.random.default_rng(seed)
    sizes = [(4, 3, 2), (4, 3, 3), (2, 9), (3, 9), (3, 9), (3, 9)]
    return [rng.normal(size=s) for s in sizes]
