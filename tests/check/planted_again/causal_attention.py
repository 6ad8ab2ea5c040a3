"""Multi-head self-attention with a causal mask and an output projection."""
import numpy as np

PARAMETERS = ["x", "Wq", "Wk", "Wv", "Wo", "bo"]
HEADS = 3


def data(seed=0):
    rng = np.random.default_rng(seed)
    B, T, D = 4, 5, 6
    x, y = rng.normal(size=(2, B, T, D))
    Wq, Wk, Wv, Wo = 0.6 * rng.normal(size=(4, D, D))
    return x, y, Wq, Wk, Wv, Wo, rng.normal(size=D)


def loss(x, y, Wq, Wk, Wv, Wo, bo):
    B, T, D = x.shape
    d = D // HEADS
    q = (x @ Wq).reshape(B, T, HEADS, d).transpose(0, 2, 1, 3)
    k = (x @ Wk).reshape(B, T, HEADS, d).transpose(0, 2, 1, 3)
    v = (x @ Wv).reshape(B, T, HEADS, d).transpose(0, 2, 1, 3)
    s = q @ k.transpose(0, 1, 3, 2) / np.sqrt(d)
    e = np.exp(np.where(np.tril(np.ones((T, T), dtype=bool)), s, -1e9))
    a = e / np.sum(e, axis=-1, keepdims=True)
    out = (a @ v).transpose(0, 2, 1, 3).reshape(B, T, D) @ Wo + bo
    return 0.5 * np.sum((out - y) ** 2) / B


def backprop(x, y, Wq, Wk, Wv, Wo, bo):
    B, T, D = x.shape

    def split(m):
        return m.reshape(B, T, HEADS, -1).transpose(0, 2, 1, 3)

    def merge(m):
        return m.transpose(0, 2, 1, 3).reshape(B, T, -1)

    q, k, v = (split(x @ W) for W in (Wq, Wk, Wv))
    scale = 1 / np.sqrt(q.shape[-1])
    causal = np.tril(np.ones((T, T), dtype=bool))
    s = np.where(causal, np.einsum("bhid,bhjd->bhij", q, k) * scale, -1e9)
    s -= s.max(axis=-1, keepdims=True)
    a = np.exp(s)
    a /= a.sum(axis=-1, keepdims=True)
    context = np.einsum("bhij,bhjd->bhid", a, v)
    joined = context.transpose(0, 2, 1, 3).reshape(B, T, D)
    dout = (joined @ Wo + bo - y) / B

    dbo = dout.sum(axis=(0, 1))
    dWo = np.einsum("bti,bto->io", joined, dout)
    dcontext = split(dout @ Wo.T)
    dv = np.einsum("bhij,bhid->bhjd", a, dcontext)
    da = np.einsum("bhid,bhjd->bhij", dcontext, v)
    ds = a * (da - np.sum(da * a, axis=-1, keepdims=True))
    ds = np.where(causal, ds, 0) * scale
    dq = np.einsum("bhij,bhjd->bhid", ds, k)
    dk = np.einsum("bhij,bhid->bhjd", ds, q)
    dq, dk, dv = merge(dq), merge(dk), merge(dv)
    dWq, dWk, dWv = (np.einsum("bti,btj->ij", x, g) for g in (dq, dk, dv))
    dx = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
    return dx, dWq, dWk, dWv, dWo, dbo


MISTAKES = [
    ("ds = np.where(causal, ds, 0) * scale", "ds = np.where(causal, ds, 0)", "missing-factor", "1/sqrt(d) forgotten"),
    ("ds = np.where(causal, ds, 0) * scale", "ds = np.where(causal, ds, 0) / np.sqrt(D)", "scale", "scaled by the model's width, not the head's"),
    ("dk = np.einsum(\"bhij,bhid->bhjd\", ds, q)", "dk = np.einsum(\"bhij,bhid->bhjd\", ds, q * scale)", "repeated-factor", "scaled twice on the way to k"),
    ("ds = np.where(causal, ds, 0) * scale", "ds = np.where(causal.T, ds, 0) * scale", "wrong-mask", "upper triangle for the lower"),
    ("ds = np.where(causal, ds, 0) * scale", "ds = np.where(np.tril(causal, -1), ds, 0) * scale", "wrong-mask", "diagonal masked as well"),
    ("ds = a * (da - np.sum(da * a, axis=-1, keepdims=True))", "ds = a * (1 - a) * da", "diagonal-jacobian", "softmax taken as a sigmoid"),
    ("ds = a * (da - np.sum(da * a, axis=-1, keepdims=True))", "ds = a * da", "missing-term or diagonal-jacobian", "the sum of softmax's derivative forgotten"),
    ("ds = a * (da - np.sum(da * a, axis=-1, keepdims=True))", "ds = a * (da - np.sum(da * a, axis=-2, keepdims=True))", "wrong-axis", "sum over the queries"),
    ("ds = a * (da - np.sum(da * a, axis=-1, keepdims=True))", "ds = a * (da - np.sum(da * a, axis=-1)[:, :, None])", "wrong-axis or wrong-shape", "broadcast along the wrong axis"),
    ("ds = a * (da - np.sum(da * a, axis=-1, keepdims=True))", "ds = a * (da - np.sum(da, axis=-1, keepdims=True))", "missing-factor", "a in the sum forgotten"),
    ("ds = a * (da - np.sum(da * a, axis=-1, keepdims=True))", "ds = da - np.sum(da * a, axis=-1, keepdims=True)", "missing-factor", "a in front forgotten"),
    ("dv = np.einsum(\"bhij,bhid->bhjd\", a, dcontext)", "dv = np.einsum(\"bhij,bhjd->bhid\", a, dcontext)", "transpose", "a not transposed"),
    ("dv = np.einsum(\"bhij,bhid->bhjd\", a, dcontext)", "dv = np.einsum(\"bhij,bhid->bhjd\", s, dcontext)", "wrong-point or stale-value or missing-factor", "scores instead of weights"),
    ("da = np.einsum(\"bhid,bhjd->bhij\", dcontext, v)", "da = np.einsum(\"bhid,bhjd->bhij\", v, dcontext)", "transpose or swapped-operands", "operands exchanged"),
    ("da = np.einsum(\"bhid,bhjd->bhij\", dcontext, v)", "da = np.einsum(\"bhid,bhjd->bhij\", dcontext, context)", "wrong-point or stale-value", "the output of the heads for v"),
    ("dk = np.einsum(\"bhij,bhid->bhjd\", ds, q)", "dk = np.einsum(\"bhij,bhjd->bhid\", ds, q)", "transpose", "copied from dq, indices not changed"),
    ("dk = np.einsum(\"bhij,bhid->bhjd\", ds, q)", "dk = np.einsum(\"bhij,bhid->bhjd\", ds, k)", "wrong-parameter or wrong-point", "k for q"),
    ("return m.transpose(0, 2, 1, 3).reshape(B, T, -1)", "return m.reshape(B, T, -1)", "wrong-shape", "heads merged without the transposition"),
    ("dcontext = split(dout @ Wo.T)", "dcontext = (dout @ Wo.T).reshape(B, HEADS, T, -1)", "wrong-shape", "split without the transposition"),
    ("dcontext = split(dout @ Wo.T)", "dcontext = split(dout @ Wo)", "transpose", "square Wo not transposed"),
    ("dcontext = split(dout @ Wo.T)", "dcontext = split(dout)", "missing-factor", "output projection forgotten"),
    ("dWo = np.einsum(\"bti,bto->io\", joined, dout)", "dWo = np.einsum(\"bti,bto->oi\", joined, dout)", "transpose", "indices of the result exchanged"),
    ("dWo = np.einsum(\"bti,bto->io\", joined, dout)", "dWo = np.einsum(\"bti,bto->io\", x, dout)", "wrong-point or stale-value", "x for the joined heads"),
    ("dx = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T", "dx = dq @ Wq.T + dv @ Wv.T", "missing-term", "the key path forgotten"),
    ("dx = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T", "dx = dq @ Wq.T + dk @ Wq.T + dv @ Wv.T", "wrong-parameter", "Wq twice"),
    ("for g in (dq, dk, dv))", "for g in (dk, dq, dv))", "wrong-parameter", "query and key exchanged"),
    ("dout = (joined @ Wo + bo - y) / B", "dout = joined @ Wo + bo - y", "sum-for-mean", "batch mean forgotten"),
    ("dout = (joined @ Wo + bo - y) / B", "dout = (joined @ Wo + bo - y) / (B * T)", "mean-for-sum", "mean over the steps too"),
    ("s = np.where(causal, np.einsum(\"bhid,bhjd->bhij\", q, k) * scale, -1e9)", "s = np.einsum(\"bhid,bhjd->bhij\", q, k) * scale", "another-loss or wrong-mask", "own forward pass without the mask"),
]
