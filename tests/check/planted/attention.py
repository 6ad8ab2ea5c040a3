"""Single-head causal self-attention, an output projection, and token-level softmax cross entropy."""
import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "Wo", "bo"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(3, 4, 5))
    targets = rng.integers(0, 7, size=(3, 4))
    Wq, Wk = rng.normal(size=(5, 2)), rng.normal(size=(5, 2))
    Wv, Wo = rng.normal(size=(5, 6)), 0.5 * rng.normal(size=(6, 7))
    return x, targets, Wq, Wk, Wv, Wo, rng.normal(size=7)


def loss(x, targets, Wq, Wk, Wv, Wo, bo):
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    T = x.shape[1]
    scores = q @ np.swapaxes(k, 1, 2) / np.sqrt(Wq.shape[1])
    scores = np.where(np.tril(np.ones((T, T), dtype=bool)), scores, -1e9)
    weights = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    weights = weights / np.sum(weights, axis=-1, keepdims=True)
    logits = (weights @ v) @ Wo + bo
    logits = logits - np.max(logits, axis=-1, keepdims=True)
    logp = logits - np.log(np.sum(np.exp(logits), axis=-1, keepdims=True))
    chosen = logp[np.arange(x.shape[0])[:, None], np.arange(T)[None, :], targets]
    return -np.mean(chosen)


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


class Attention:
    def __init__(self, Wq, Wk, Wv):
        self.Wq, self.Wk, self.Wv = Wq, Wk, Wv
        self.scale = 1 / np.sqrt(Wq.shape[1])

    def forward(self, x):
        self.x = x
        self.q, self.k, self.v = x @ self.Wq, x @ self.Wk, x @ self.Wv
        s = np.einsum("bid,bjd->bij", self.q, self.k) * self.scale
        s[:, ~np.tri(x.shape[1], dtype=bool)] = -np.inf
        self.a = softmax(s)
        return self.a @ self.v

    def backward(self, dout):
        da = np.einsum("bif,bjf->bij", dout, self.v)
        dv = np.einsum("bij,bif->bjf", self.a, dout)
        ds = self.a * (da - np.sum(da * self.a, axis=-1, keepdims=True))
        ds = ds * self.scale
        dq = np.einsum("bij,bjd->bid", ds, self.k)
        dk = np.einsum("bij,bid->bjd", ds, self.q)
        dWq = np.einsum("bti,btj->ij", self.x, dq)
        dWk = np.einsum("bti,btj->ij", self.x, dk)
        dWv = np.einsum("bti,btj->ij", self.x, dv)
        return dWq, dWk, dWv


def backprop(x, targets, Wq, Wk, Wv, Wo, bo):
    B, T, _ = x.shape
    layer = Attention(Wq, Wk, Wv)
    context = layer.forward(x)
    dlogits = softmax(context @ Wo + bo)
    for b in range(B):
        for t in range(T):
            dlogits[b, t, targets[b, t]] -= 1
    dlogits /= B * T
    flat = dlogits.reshape(B * T, -1)
    dWo = context.reshape(B * T, -1).T @ flat
    dbo = flat.sum(axis=0)
    dWq, dWk, dWv = layer.backward(dlogits @ Wo.T)
    return {"Wq": dWq, "Wk": dWk, "Wv": dWv, "Wo": dWo, "bo": dbo}


MISTAKES = [
    ("        ds = self.a * (da - np.sum(da * self.a, axis=-1, keepdims=True))\n", "        ds = self.a * (1 - self.a) * da\n", "diagonal-jacobian", "the sigmoid's derivative for the softmax's"),
    ("np.sum(da * self.a, axis=-1, keepdims=True)", "np.sum(da * self.a, axis=1, keepdims=True)", "wrong-axis", "sum over the queries instead of the keys"),
    ("        ds = ds * self.scale\n", "", "missing-factor or scale", "1/sqrt(d) of the scores forgotten going back"),
    ("\"bij,bid->bjd\", ds, self.q)", "\"bij,bjd->bid\", ds, self.q)", "transpose", "dk with ds where its transpose belongs (the shapes are the same)"),
    ("dv = np.einsum(\"bij,bif->bjf\", self.a, dout)", "dv = self.a @ dout", "transpose", "attention weights not transposed"),
    ("dq = np.einsum(\"bij,bjd->bid\", ds, self.k)", "dq = np.einsum(\"bij,bjd->bid\", ds, self.q)", "wrong-point or stale-value", "q from the cache where k belongs"),
    ("        dWk = np.einsum(\"bti,btj->ij\", self.x, dk)\n", "        dWk = np.einsum(\"bti,btj->ij\", self.x, dq)\n", "wrong-parameter or wrong-point", "copied line, dq not changed to dk"),
    ("return dWq, dWk, dWv\n", "return dWk, dWq, dWv\n", "wrong-parameter", "returned in another order than unpacked"),
    ("    dlogits /= B * T\n", "    dlogits /= B\n", "mean-for-sum or sum-for-mean or scale", "only averaged over sequences, not over tokens"),
    ("da - np.sum(da * self.a, axis=-1, keepdims=True)", "da - np.sum(da, axis=-1, keepdims=True)", "missing-factor", "weights left out of the softmax's inner sum"),
    ("            dlogits[b, t, targets[b, t]] -= 1\n", "            dlogits[b, t, targets[b, t - 1]] -= 1\n", "wrong-point or wrong-shape or wrong-mask", "labels shifted by one, as for next-token prediction"),
    ("    dWo = context.reshape(B * T, -1).T @ flat\n", "    dWo = context.reshape(-1, B * T) @ flat\n", "wrong-shape or transpose", "reshape used for a transposition"),
    ("        dWv = np.einsum(\"bti,btj->ij\", self.x, dv)\n", "        dWv = self.x[-1].T @ dv[-1]\n", "missing-sum or missing-term", "only the last sequence of the batch"),
]
