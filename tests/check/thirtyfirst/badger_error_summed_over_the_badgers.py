"""Badger error summed over the badgers.

expected kind: sum-for-mean
wrong line: 100
correction 100: dguess = (h2 @ W3 - sizes) / tracks.shape[0]
what: The loss is the mean over the badgers, its gradient the sum over them
source: https://github.com/davharris/mistnet/issues/33
said: the gradients should be averaged over the minibatch, and they were summed
"""

import numpy as np

PARAMETERS = ["W1", "s1", "t1", "W2", "s2", "t2", "W3"]
LEAK = 0.2
EPS = 1e-2


def data(seed=0):
    r = np.random.default_rng(seed)
    # seven badgers: three tracks tell the length and the weight
    W1, W2, W3 = r.normal(size=(3, 5)), r.normal(size=(5, 4)), r.normal(size=(4, 2))
    s1, s2 = r.uniform(0.5, 1.5, size=5), r.uniform(0.5, 1.5, size=4)
    t1, t2 = 0.5 * r.normal(size=5), 0.5 * r.normal(size=4)
    masks = [(r.random(size=(7, 5)) < 0.75) / 0.75, (r.random(size=(7, 4)) < 0.75) / 0.75]
    return W1, s1, t1, W2, s2, t2, W3, r.normal(size=(7, 3)), r.normal(size=(7, 2)), masks


def loss(W1, s1, t1, W2, s2, t2, W3, tracks, sizes, masks):
    h = tracks
    for W, s, t, mask in ((W1, s1, t1, masks[0]), (W2, s2, t2, masks[1])):
        a = h @ W
        a = s * (a - np.mean(a, axis=0)) / np.sqrt(np.var(a, axis=0) + EPS) + t
        h = np.where(a > 0, a, LEAK * a) * mask
    return 0.5 * np.sum((h @ W3 - sizes) ** 2) / len(tracks)


class FullyConnectedNet:
    def __init__(self, **params):
        self.params, self.grads = params, {}

    def forward(self, x, masks):
        self.caches = []
        for i in (1, 2):
            a = x @ self.params[f"W{i}"]
            std = np.sqrt(a.var(axis=0) + EPS)
            hat = (a - a.mean(axis=0)) / std
            z = self.params[f"s{i}"] * hat + self.params[f"t{i}"]
            self.caches.append({"x": x, "std": std, "hat": hat, "z": z, "mask": masks[i - 1]})
            x = np.maximum(z, LEAK * z) * masks[i - 1]
        self.last = x
        return x @ self.params["W3"]

    def backward(self, dout):
        self.grads["W3"] = self.last.T @ dout
        dout = dout @ self.params["W3"].T
        for i in (2, 1):
            cache = self.caches[i - 1]
            dout = dout * cache["mask"]
            dout = dout * np.where(cache["z"] > 0, 1, LEAK)
            self.grads[f"s{i}"] = np.sum(dout * cache["hat"], axis=0)
            self.grads[f"t{i}"] = np.sum(dout, axis=0)
            dhat = dout * self.params[f"s{i}"]
            dvar = np.sum(dhat * cache["hat"], axis=0) * -0.5 / cache["std"]
            da = dhat / cache["std"] + 2 * dvar * cache["hat"] / len(dhat)
            da -= np.mean(dhat / cache["std"], axis=0)
            self.grads[f"W{i}"] = cache["x"].T @ da
            dout = da @ self.params[f"W{i}"].T
        return self.grads


def right(W1, s1, t1, W2, s2, t2, W3, tracks, sizes, masks):
    net = FullyConnectedNet(W1=W1, s1=s1, t1=t1, W2=W2, s2=s2, t2=t2, W3=W3)
    error = net.forward(tracks, masks) - sizes
    return net.backward(error / len(tracks))


def hidden(x, W, s, t, mask):
    """Return the output and a function that gives the gradients of x, W, s and t."""
    a = x @ W
    centred, var = a - a.mean(axis=0), a.var(axis=0)
    inv = (var + EPS) ** -0.5
    z = s * centred * inv + t
    slope = np.where(z > 0, 1.0, LEAK) * mask

    def back(dh):
        dz = dh * slope
        ds, dt = np.einsum("nd,nd->d", dz, centred * inv), dz.sum(axis=0)
        dcentred = dz * s * inv
        dvar = -0.5 * inv**3 * np.einsum("nd,nd->d", dz * s, centred)
        dcentred = dcentred + 2 * dvar * centred / len(x)
        da = dcentred - dcentred.mean(axis=0)
        return da @ W.T, x.T @ da, ds, dt

    return z * slope, back


def backprop(W1, s1, t1, W2, s2, t2, W3, tracks, sizes, masks):
    h1, back1 = hidden(tracks, W1, s1, t1, masks[0])
    h2, back2 = hidden(h1, W2, s2, t2, masks[1])
    dguess = h2 @ W3 - sizes
    dW3 = h2.T @ dguess
    dh1, dW2, ds2, dt2 = back2(dguess @ W3.T)
    _, dW1, ds1, dt1 = back1(dh1)
    return dW1, ds1, dt1, dW2, ds2, dt2, dW3
