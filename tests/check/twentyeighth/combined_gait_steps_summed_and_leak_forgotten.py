"""Combined gait steps summed and leak forgotten.

expected kind: sum-for-mean + wrong-activation
wrong line: 108 and 116
correction 108: dh = dg / len(self.h)
correction 116: slope = np.where(self.z[:, t] > 0, 1.0, LEAK)
what: The mean over time is taken back as a sum; below zero the slope is that of a ReLU without the leak
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["K1", "b1", "K2", "b2", "O"]
LEAK, WIDTH = 0.1, 3


def data(seed=0):
    r = np.random.default_rng(seed)
    # sensors at the ankle: who walks there?
    n, axes, time, f1, f2, people = 4, 2, 14, 3, 3, 3
    K1, K2, O = r.normal(size=(f1, axes, 3)), r.normal(size=(f2, f1, 3)), r.normal(size=(f2, people))
    return K1, 0.3 * r.normal(size=f1), K2, 0.3 * r.normal(size=f2), O, r.normal(size=(n, axes, time)), r.integers(0, people, size=n)


def loss(K1, b1, K2, b2, O, walk, who):
    n, axes, time = walk.shape
    edge = np.zeros((n, axes, 1))
    x = np.concatenate([edge, walk, edge], axis=2)
    z = sum(np.einsum("nct,fc->nft", x[:, :, j : j + time], K1[:, :, j]) for j in range(3)) + b1[:, None]
    a = np.where(z > 0, z, LEAK * z)
    # the last window is what is left
    m = np.stack([np.mean(a[:, :, s : s + WIDTH], axis=2) for s in range(0, time, WIDTH)], axis=2)
    edge = np.zeros((n, K1.shape[0], 1))
    m = np.concatenate([edge, m, edge], axis=2)
    out = (m.shape[2] - 3) // 2 + 1
    u = sum(np.einsum("nct,fc->nft", m[:, :, j : j + 2 * out - 1 : 2], K2[:, :, j]) for j in range(3)) + b2[:, None]
    scores = np.mean(np.tanh(u), axis=2) @ O
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(n), who])


def conv(x, K, b, stride):
    x = np.pad(x, ((0, 0), (0, 0), (1, 1)))
    out = (x.shape[2] - K.shape[2]) // stride + 1
    cols = np.stack([x[:, :, t * stride : t * stride + K.shape[2]] for t in range(out)], axis=2)
    return np.einsum("nctk,fck->nft", cols, K) + b[:, None], (x.shape, cols, K, stride)


def conv_back(dz, cache):
    shape, cols, K, stride = cache
    dx = np.zeros(shape)
    for t in range(dz.shape[2]):
        dx[:, :, t * stride : t * stride + K.shape[2]] += np.tensordot(dz[:, :, t], K, 1)
    inner = dx[:, :, 1:-1]
    return inner, np.einsum("nft,nctk->fck", dz, cols), dz.sum(axis=(0, 2))


def pool(a):
    return np.stack([a[:, :, s : s + WIDTH].mean(axis=2) for s in range(0, a.shape[2], WIDTH)], axis=2)


def pool_back(dm, time):
    counts = np.minimum(WIDTH, time - WIDTH * np.arange(dm.shape[2]))
    return np.repeat(dm / counts, counts, axis=2)


def right(K1, b1, K2, b2, O, walk, who):
    z, first = conv(walk, K1, b1, 1)
    a = np.where(z > 0, z, LEAK * z)
    u, second = conv(pool(a), K2, b2, 2)
    h = np.tanh(u)
    g = h.mean(axis=2)
    p = np.exp(g @ O)
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(who)), who] -= 1
    p /= len(who)
    dO = g.T @ p
    dh = np.repeat((p @ O.T)[:, :, None], h.shape[2], axis=2) / h.shape[2]
    dm, dK2, db2 = conv_back(dh * (1 - h**2), second)
    da = pool_back(dm, a.shape[2])
    _, dK1, db1 = conv_back(da * np.where(z > 0, 1, LEAK), first)
    return dK1, db1, dK2, db2, dO


class Step:
    """What one walk does on its way through the net, step by step."""

    def __init__(self, K1, b1, K2, b2, O):
        self.K1, self.b1, self.K2, self.b2, self.O = K1, b1, K2, b2, O

    def forward(self, walk):
        T = walk.shape[1]
        self.x = np.hstack([np.zeros((len(walk), 1)), walk, np.zeros((len(walk), 1))])
        self.z = np.array([np.sum(self.K1 * self.x[:, t : t + 3], axis=(1, 2)) + self.b1 for t in range(T)]).T
        a = np.maximum(self.z, LEAK * self.z)
        self.blocks = [range(s, min(s + WIDTH, T)) for s in range(0, T, WIDTH)]
        m = np.array([sum(a[:, t] for t in block) / len(block) for block in self.blocks]).T
        self.m = np.pad(m, ((0, 0), (1, 1)))
        self.starts = range(0, self.m.shape[1] - 2, 2)
        self.h = np.array([np.tanh(np.sum(self.K2 * self.m[:, s : s + 3], axis=(1, 2)) + self.b2) for s in self.starts])
        self.g = sum(self.h) / len(self.h)
        return self.g @ self.O

    def backward(self, dscores):
        dK1, dK2, dm = np.zeros_like(self.K1), np.zeros_like(self.K2), np.zeros_like(self.m)
        db1, db2 = np.zeros_like(self.b1), np.zeros_like(self.b2)
        dg = self.O @ dscores
        dh = dg
        for s, h in zip(self.starts, self.h):
            du = dh * (1 - h * h)
            db2 += du
            dK2 += du[:, None, None] * self.m[None, :, s : s + 3]
            dm[:, s : s + 3] += np.tensordot(du, self.K2, axes=1)
        for block, dmean in zip(self.blocks, dm.T[1:-1]):
            for t in block:
                slope = np.where(self.z[:, t] > 0, 1.0, 0.0)
                dz = dmean / len(block) * slope
                db1 += dz
                dK1 += dz[:, None, None] * self.x[None, :, t : t + 3]
        return dK1, db1, dK2, db2, np.outer(self.g, dscores)


def backprop(K1, b1, K2, b2, O, walk, who):
    net, sums = Step(K1, b1, K2, b2, O), None
    for x, k in zip(walk, who):
        e = np.exp(net.forward(x))
        d = e / e.sum()
        d[k] -= 1.0
        grads = net.backward(d / len(who))
        sums = grads if sums is None else tuple(s + g for s, g in zip(sums, grads))
    return sums
