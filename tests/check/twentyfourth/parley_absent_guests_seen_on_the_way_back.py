"""Parley absent guests seen on the way back.

expected kind: wrong-mask or missing-factor
wrong line: 57
correction 57: w = weigh(q, k, np.tri(T) * there)
what: The weights are computed anew on the way back with the causal mask only, not with that of who is absent
source: https://github.com/XPU-Forces/mojo_opset/pull/386
said: where attention is causal, the masks of what is padding were not applied in the backward pass
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "Wo"]
HEADS = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = [0.8 * r.normal(size=(4, 4)) for _ in range(4)]
    # who had left the table when, so that nobody could look at them
    present = np.array([[1, 1, 0, 1, 1], [1, 0, 1, 1, 0], [1, 1, 1, 0, 1.0]])
    return *weights, r.normal(size=(3, 5, 4)), present, r.normal(size=(3, 5, 4))


def loss(Wq, Wk, Wv, Wo, X, present, Y):
    N, T, D = X.shape
    q, k, v = ((X @ W).reshape(N, T, HEADS, D // HEADS).transpose(0, 2, 1, 3) for W in (Wq, Wk, Wv))
    scores = q @ k.transpose(0, 1, 3, 2) / (D // HEADS) ** 0.5
    e = np.exp(scores) * np.tril(np.ones((T, T), dtype=X.dtype)) * present.reshape(N, 1, 1, T)
    said = (e / np.sum(e, axis=3, keepdims=True)) @ v
    out = said.transpose(0, 2, 1, 3).reshape(N, T, D) @ Wo
    return np.sum(present.reshape(N, T, 1) * (out - Y) ** 2) / np.sum(present)


def weigh(q, k, visible):
    w = np.exp(q @ k.T / np.sqrt(q.shape[1])) * visible
    return w / w.sum(axis=1, keepdims=True)


def speak(x, there, Wq, Wk, Wv, d):
    """What all heads say; the weights aren't kept, they are computed anew on the way back."""
    T = len(x)
    said = np.zeros((T, HEADS * d))
    for head in range(HEADS):
        cut = slice(head * d, head * d + d)
        w = weigh(x @ Wq[:, cut], x @ Wk[:, cut], np.tri(T) * there)
        said[:, cut] = w @ (x @ Wv[:, cut])
    return said


def speak_back(dsaid, x, there, Wq, Wk, Wv, d):
    T = len(x)
    dWq, dWk, dWv = np.zeros_like(Wq), np.zeros_like(Wk), np.zeros_like(Wv)
    for head in range(HEADS):
        cut = slice(head * d, head * d + d)
        q, k, v, dy = x @ Wq[:, cut], x @ Wk[:, cut], x @ Wv[:, cut], dsaid[:, cut]
        w = weigh(q, k, np.tri(T))
        dw = dy @ v.T
        ds = np.zeros((T, T))
        for i in range(T):
            ds[i] = w[i] * (dw[i] - w[i] @ dw[i]) / np.sqrt(d)
        dWq[:, cut] = x.T @ (ds @ k)
        dWk[:, cut] = x.T @ (ds.T @ q)
        dWv[:, cut] = x.T @ (w.T @ dy)
    return dWq, dWk, dWv


def backprop(Wq, Wk, Wv, Wo, X, present, Y):
    d = Wq.shape[1] // HEADS
    grads = [np.zeros_like(W) for W in (Wq, Wk, Wv, Wo)]
    for x, there, y in zip(X, present, Y):
        said = speak(x, there, Wq, Wk, Wv, d)
        dout = 2 / present.sum() * there[:, None] * (said @ Wo - y)
        found = speak_back(dout @ Wo.T, x, there, Wq, Wk, Wv, d)
        for total, part in zip(grads, (*found, said.T @ dout)):
            total += part
    return grads


class CausalAttention:
    def __init__(self, Wq, Wk, Wv, Wo):
        self.W = {"q": Wq, "k": Wk, "v": Wv, "o": Wo}
        self.dW = {}

    def apart(self, a):
        N, T, D = a.shape
        return a.reshape(N, T, HEADS, D // HEADS).swapaxes(1, 2)

    def together(self, a):
        N, heads, T, d = a.shape
        return a.swapaxes(1, 2).reshape(N, T, heads * d)

    def forward(self, x, present):
        self.x = x
        self.q, self.k, self.v = (self.apart(x @ self.W[name]) for name in "qkv")
        self.root = np.sqrt(self.q.shape[-1])
        s = self.q @ self.k.swapaxes(2, 3) / self.root
        hidden = (np.tri(x.shape[1]) == 0) | (present[:, None, None, :] == 0)
        s[np.broadcast_to(hidden, s.shape)] = -np.inf
        self.p = np.exp(s - s.max(axis=-1, keepdims=True))
        self.p /= self.p.sum(axis=-1, keepdims=True)
        self.said = self.together(self.p @ self.v)
        return self.said @ self.W["o"]

    def backward(self, dout):
        N, T, D = dout.shape
        self.dW["o"] = np.tensordot(self.said, dout, axes=([0, 1], [0, 1]))
        dsaid = self.apart(dout @ self.W["o"].T)
        dp = dsaid @ self.v.swapaxes(2, 3)
        ds = self.p * (dp - (dp * self.p).sum(axis=-1, keepdims=True)) / self.root
        parts = {"q": ds @ self.k, "k": ds.swapaxes(2, 3) @ self.q, "v": self.p.swapaxes(2, 3) @ dsaid}
        for name, d in parts.items():
            self.dW[name] = np.tensordot(self.x, self.together(d), axes=([0, 1], [0, 1]))


def right(Wq, Wk, Wv, Wo, X, present, Y):
    layer = CausalAttention(Wq, Wk, Wv, Wo)
    miss = layer.forward(X, present) - Y
    layer.backward(2 * present[:, :, None] * miss / present.sum())
    return tuple(layer.dW[name] for name in "qkvo")
