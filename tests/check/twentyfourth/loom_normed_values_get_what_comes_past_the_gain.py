"""Loom normed values get what comes past the gain.

expected kind: missing-factor
wrong line: 95
correction 95: dxhat = dt * self.gain
what: The gradient of the output is used for that of the normed values, the gain isn't gone back through
source: https://github.com/denizyuret/Knet.jl/pull/289
said: the code has dy where the equations have the gradient of xhat; tests didn't show it, since they start with scales of one
"""

import numpy as np

PARAMETERS = ["P", "g1", "s1", "Q", "g2", "s2"]
TINY = 1e-2


def data(seed=0):
    r = np.random.default_rng(seed)
    P, g1, s1 = r.normal(size=(4, 3)), 1 + 0.4 * r.normal(size=3), 0.4 * r.normal(size=3)
    Q, g2, s2 = r.normal(size=(3, 3)), 1.3 + 0.4 * r.normal(size=3), 0.4 * r.normal(size=3)
    return P, g1, s1, Q, g2, s2, r.normal(size=(6, 4)), np.array([0, 2, 1, 2, 0, 1])


def loss(P, g1, s1, Q, g2, s2, threads, pattern):
    value = threads
    for W, gain, shift in ((P, g1, s1), (Q, g2, s2)):
        z = value @ W
        middle = np.mean(z, axis=0)
        spread = np.sqrt(np.mean((z - middle) ** 2, axis=0) + TINY)
        value = np.tanh(gain * (z - middle) / spread + shift)
    scores = 2 * value
    rest = np.log(np.sum(np.exp(scores), axis=1))
    return np.mean(rest - scores[np.arange(len(pattern)), pattern])


def normalise(z):
    spread = np.sqrt(z.var(axis=0) + TINY)
    return (z - z.mean(axis=0)) / spread, spread


def normalise_back(dhat, hat, spread):
    """Go back feature by feature, with the Jacobian of each."""
    n = len(hat)
    dz = np.empty_like(hat)
    for k in range(hat.shape[1]):
        J = np.eye(n) - 1 / n - np.outer(hat[:, k], hat[:, k]) / n
        dz[:, k] = J @ dhat[:, k] / spread[k]
    return dz


def softmax_rows(s):
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e / np.einsum("nk->n", e)[:, None]


def right(P, g1, s1, Q, g2, s2, threads, pattern):
    weights, gains, shifts = [P, Q], [g1, g2], [s1, s2]
    acts, hats, spreads = [threads], [], []
    for W, gain, shift in zip(weights, gains, shifts):
        hat, spread = normalise(acts[-1] @ W)
        hats.append(hat)
        spreads.append(spread)
        acts.append(np.tanh(hat * gain + shift))
    onehot = np.eye(acts[-1].shape[1])[pattern]
    d = 2 * (softmax_rows(2 * acts[-1]) - onehot) / len(pattern)
    dW, dgain, dshift = [None, None], [None, None], [None, None]
    for l in (1, 0):
        d = d * (1 - acts[l + 1] ** 2)
        dshift[l] = np.einsum("nk->k", d)
        dgain[l] = np.einsum("nk,nk->k", d, hats[l])
        dz = normalise_back(d * gains[l], hats[l], spreads[l])
        dW[l] = np.einsum("ni,nk->ik", acts[l], dz)
        d = np.einsum("nk,ik->ni", dz, weights[l])
    return dW[0], dgain[0], dshift[0], dW[1], dgain[1], dshift[1]


class BatchNormTanh:
    def __init__(self, W, gain, shift):
        self.W, self.gain, self.shift = W, gain, shift

    def forward(self, x):
        self.x = x
        z = x @ self.W
        self.centred = z - np.mean(z, axis=0)
        self.spread = np.sqrt(np.mean(self.centred**2, axis=0) + TINY)
        self.xhat = self.centred / self.spread
        self.y = np.tanh(self.gain * self.xhat + self.shift)
        return self.y

    def backward(self, dy):
        m = len(dy)
        dt = dy * (1 - self.y**2)
        self.dshift = dt.sum(axis=0)
        self.dgain = (dt * self.xhat).sum(axis=0)
        dxhat = dt
        dspread = -(dxhat * self.centred).sum(axis=0) / self.spread**2
        dcentred = dxhat / self.spread
        dcentred += dspread * self.centred / (m * self.spread)
        dz = dcentred - dcentred.mean(axis=0)
        self.dW = self.x.T @ dz
        return dz @ self.W.T


def backprop(P, g1, s1, Q, g2, s2, threads, pattern):
    lower, upper = BatchNormTanh(P, g1, s1), BatchNormTanh(Q, g2, s2)
    scores = 2 * upper.forward(lower.forward(threads))
    probs = np.exp(scores)
    probs = probs / probs.sum(axis=1, keepdims=True)
    probs[np.arange(len(pattern)), pattern] -= 1
    lower.backward(upper.backward(2 * probs / len(pattern)))
    return lower.dW, lower.dgain, lower.dshift, upper.dW, upper.dgain, upper.dshift
