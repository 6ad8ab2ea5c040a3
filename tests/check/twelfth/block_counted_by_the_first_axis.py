"""Block counted by the first axis.

expected kind: scale or mean-for-sum or wrong-axis or wrong-shape
wrong line: 73 or 76
correction 73: N = xhat.shape[-1]
correction 76: return (dy - (sum_dy + xhat * sum_dy_xhat) / xhat.shape[-1]) / std
what: The number of features is what is left beside the first axis, words times features
source: https://github.com/flagos-ai/FlagGems/issues/5392
said: the backward pass takes the first axis for the rows and all others for the features, which is wrong for three
    axes
"""

import numpy as np

PARAMETERS = ["E", "W1", "W2", "g", "Wout"]

EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    E, W1, W2, g, Wout = (r.normal(size=s) for s in [(6, 4), (4, 5), (5, 4), 4, (4, 3)])
    words = np.array([[0, 3, 5], [2, 3, 1]])
    return E, W1, W2, g, Wout, words, np.array([[1, 0, 2], [2, 2, 0]])


def loss(E, W1, W2, g, Wout, words, tags):
    x = E[words]
    s = x + np.tanh(x @ W1) @ W2
    s = s - np.mean(s, axis=-1, keepdims=True)
    y = g * s / np.sqrt(np.mean(s * s, axis=-1, keepdims=True) + EPS)
    z = y @ Wout
    log_p = z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))
    return -np.sum(np.eye(3)[tags] * log_p) / tags.size


def step(vector, W1, W2, g, Wout):
    hidden = np.tanh(vector.dot(W1))
    summed = vector + hidden.dot(W2)
    centred = summed - summed.mean()
    inv = 1.0 / np.sqrt((centred**2).mean() + EPS)
    out = g * centred * inv
    scores = out.dot(Wout)
    return hidden, centred, inv, out, np.exp(scores) / np.exp(scores).sum()


def right(E, W1, W2, g, Wout, words, tags):
    grads = {"E": np.zeros_like(E), "W1": np.zeros_like(W1), "W2": np.zeros_like(W2)}
    grads.update({"g": np.zeros_like(g), "Wout": np.zeros_like(Wout)})
    count, D = words.size, E.shape[1]
    for word, tag in zip(words.ravel(), tags.ravel()):
        vector = E[word]
        hidden, centred, inv, out, probs = step(vector, W1, W2, g, Wout)
        dscores = probs / count
        dscores[tag] -= 1.0 / count
        grads["Wout"] += np.outer(out, dscores)
        dout = Wout.dot(dscores)
        grads["g"] += dout * centred * inv
        dnormed = dout * g
        dinv = np.dot(dnormed, centred)
        dcentred = dnormed * inv
        dcentred -= inv**3 * dinv * centred / D
        dsummed = dcentred - dcentred.mean()
        grads["W2"] += np.outer(hidden, dsummed)
        dhidden = W2.dot(dsummed) * (1 - hidden * hidden)
        grads["W1"] += np.outer(vector, dhidden)
        dvector = dsummed + W1.dot(dhidden)
        grads["E"][word] += dvector
    return grads


def norm_backward(dy, xhat, std):
    N = xhat.size // xhat.shape[0]
    sum_dy = np.sum(dy, axis=-1, keepdims=True)
    sum_dy_xhat = np.sum(dy * xhat, axis=-1, keepdims=True)
    return (N * dy - sum_dy - xhat * sum_dy_xhat) / (N * std)


def backprop(E, W1, W2, g, Wout, words, tags):
    x = E[words]
    h = np.tanh(x @ W1)
    s = x + h @ W2
    std = np.sqrt(s.var(axis=-1, keepdims=True) + EPS)
    xhat = (s - s.mean(axis=-1, keepdims=True)) / std
    y = g * xhat
    p = np.exp(y @ Wout)
    p /= p.sum(axis=-1, keepdims=True)

    dz = (p - np.eye(3)[tags]) / tags.size
    dWout = np.einsum("btd,btk->dk", y, dz)
    dy = dz @ Wout.T
    dg = np.sum(dy * xhat, axis=(0, 1))
    ds = norm_backward(dy * g, xhat, std)
    dW2 = np.einsum("bth,btd->hd", h, ds)
    da = ds @ W2.T * (1 - h**2)
    dW1 = np.einsum("btd,bth->dh", x, da)
    dx = ds + da @ W1.T
    dE = np.zeros_like(E)
    np.add.at(dE, words, dx)
    return dE, dW1, dW2, dg, dWout
