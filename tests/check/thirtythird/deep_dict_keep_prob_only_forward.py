"""deep dict keep prob only forward.

expected kind: missing-factor or scale
wrong line: 61
correction 61: dA = dA * mask(dA.shape, l) / KEEP
what: the gradient passes the dropout's mask but isn't divided by the probability of keeping
source: https://community.deeplearning.ai/t/gradients-with-dropout/399291
said: the asker holds that the backward pass needs no 1/keep_prob since the activations have it already; the answer:
    the forward function has the factor, so its derivative does
"""
import numpy as np

KEEP, LAMBD = 0.7, 0.8


def mask(shape, layer):
    return np.random.RandomState(layer).rand(*shape) < KEEP


def forward(X, params):
    L, A, caches = len(params) // 2, X, []
    for l in range(1, L + 1):
        Z = params["W%d" % l] @ A + params["b%d" % l]
        caches.append((A, Z))
        A = np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z))
        if l < L:
            A = A * mask(A.shape, l) / KEEP
    return A, caches


def pack(*values):
    return dict(zip(["W1", "b1", "W2", "b2", "W3", "b3"], values))


def loss(X, Y, W1, b1, W2, b2, W3, b3):
    AL, _ = forward(X, pack(W1, b1, W2, b2, W3, b3))
    cross = -np.mean(Y * np.log(AL) + (1 - Y) * np.log(1 - AL))
    return cross + LAMBD / (2 * X.shape[1]) * sum(np.sum(W * W) for W in (W1, W2, W3))


def right(X, Y, W1, b1, W2, b2, W3, b3):
    AL, ((_, Z1), (A1, Z2), (A2, _)) = forward(X, pack(W1, b1, W2, b2, W3, b3))
    k = LAMBD / Y.size
    d3 = (AL - Y) / Y.size
    d2 = np.where(mask(Z2.shape, 2) & (Z2 > 0), W3.T @ d3 / KEEP, 0)
    d1 = np.where(mask(Z1.shape, 1) & (Z1 > 0), W2.T @ d2 / KEEP, 0)
    sums = [d.sum(axis=1, keepdims=True) for d in (d1, d2, d3)]
    return pack(d1 @ X.T + k * W1, sums[0], d2 @ A1.T + k * W2, sums[1], d3 @ A2.T + k * W3, sums[2])


def backprop(X, Y, W1, b1, W2, b2, W3, b3):
    params = pack(W1, b1, W2, b2, W3, b3)
    AL, caches = forward(X, params)
    grads, m = {}, Y.shape[1]
    dA = None
    for l in (3, 2, 1):
        A_prev, Z = caches[l - 1]
        if l == 3:
            dZ = AL - Y
        else:
            dA = dA * mask(dA.shape, l)
            dZ = np.array(dA, copy=True)
            dZ[Z <= 0] = 0
        grads[f"W{l}"] = 1.0 / m * dZ.dot(A_prev.T) + (LAMBD / m) * params[f"W{l}"]
        grads[f"b{l}"] = 1.0 / m * dZ.sum(axis=1, keepdims=True)
        dA = params[f"W{l}"].T.dot(dZ)
    return grads


PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(3, 7)), (rng.random((1, 7)) > 0.5) * 1.0
    return [X, Y, *(0.7 * rng.normal(size=s) for s in [(5, 3), (5, 1), (5, 5), (5, 1), (1, 5), (1, 1)])]
