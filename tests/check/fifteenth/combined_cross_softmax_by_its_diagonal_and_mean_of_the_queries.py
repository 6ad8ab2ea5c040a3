"""Combined cross softmax by its diagonal and mean of the queries.

expected kind: diagonal-jacobian + sum-for-mean
wrong line: 83 and 103 or 102
correction 83: ds = p * (dp - inner[:, :, None])
correction 102: dpooled = dlogits @ U.T / attended.shape[1]
correction 103: dattended = np.repeat(dpooled[:, None, :] / attended.shape[1], attended.shape[1], axis=1)
what: Of the softmax's Jacobian only the diagonal is there; the queries are averaged, and that is not divided by
source: https://github.com/SebLague/Neural-Network-Experiments/pull/5
said: an activation of several inputs, as the softmax, needs more than one derivative each
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "U"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(3, 4), (2, 4), (2, 3), (3, 3), (3, 2, 3), (3, 5, 2)]
    pad = np.array([[0, 0, 0, 1, 1], [0, 0, 0, 0, 0], [0, 0, 0, 0, 1]])
    return *(r.normal(size=s) for s in shapes), pad, np.array([2, 0, 1])


def loss(Wq, Wk, Wv, U, queries, memory, pad, labels):
    scores = (queries @ Wq) @ (memory @ Wk).transpose(0, 2, 1) / np.sqrt(Wq.shape[1])
    weights = np.exp(scores) * (1 - pad[:, None, :])
    weights = weights / np.sum(weights, axis=2, keepdims=True)
    pooled = np.mean(weights @ (memory @ Wv), axis=1)
    logits = pooled @ U
    return np.mean(np.log(np.sum(np.exp(logits), axis=1)) - logits[np.arange(len(labels)), labels])


def softmax(v):
    e = np.exp(v - np.max(v))
    return e / np.sum(e)


def right(Wq, Wk, Wv, U, queries, memory, pad, labels):
    grads = {"Wq": np.zeros_like(Wq), "Wk": np.zeros_like(Wk), "Wv": np.zeros_like(Wv), "U": np.zeros_like(U)}
    B, n_q, _ = queries.shape
    scale = 1.0 / np.sqrt(Wq.shape[1])
    for b in range(B):
        keep = pad[b] == 0
        m = memory[b][keep]
        K, V = m @ Wk, m @ Wv
        cached, pooled = [], np.zeros(Wv.shape[1])
        for t in range(n_q):
            q = queries[b, t] @ Wq
            a = softmax(K @ q * scale)
            cached.append((q, a))
            pooled += a @ V / n_q
        p = softmax(pooled @ U)
        p[labels[b]] -= 1
        p /= B
        grads["U"] += np.outer(pooled, p)
        dcontext = U @ p / n_q
        dK, dV = np.zeros_like(K), np.zeros_like(V)
        for t in range(n_q):
            q, a = cached[t]
            dV += np.outer(a, dcontext)
            da = V @ dcontext
            dscore = a * (da - np.dot(a, da))
            dq = K.T @ dscore * scale
            dK += np.outer(dscore, q) * scale
            grads["Wq"] += np.outer(queries[b, t], dq)
        grads["Wk"] += m.T @ dK
        grads["Wv"] += m.T @ dV
    return grads


def masked_softmax(scores, pad):
    scores = scores + pad[:, None, :] * -1e9
    scores = scores - scores.max(axis=-1, keepdims=True)
    e = np.exp(scores)
    return e / e.sum(axis=-1, keepdims=True)


def attention_gradients(dattended, q, k, v, p):
    dp = np.einsum("bqe,bke->bqk", dattended, v)
    dv = np.einsum("bqk,bqe->bke", p, dattended)
    inner = np.einsum("bqk,bqk->bq", dp, p)
    ds = dp * p * (1 - p)
    ds = ds / np.sqrt(q.shape[-1])
    dq = np.einsum("bqk,bkd->bqd", ds, k)
    dk = np.einsum("bqk,bqd->bkd", ds, q)
    return dq, dk, dv


def backprop(Wq, Wk, Wv, U, queries, memory, pad, labels):
    q = np.einsum("bqi,id->bqd", queries, Wq)
    k = np.einsum("bki,id->bkd", memory, Wk)
    v = np.einsum("bki,ie->bke", memory, Wv)
    p = masked_softmax(np.einsum("bqd,bkd->bqk", q, k) / np.sqrt(q.shape[-1]), pad)
    attended = np.einsum("bqk,bke->bqe", p, v)
    pooled = attended.mean(axis=1)
    logits = pooled @ U
    dlogits = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    dlogits[np.arange(len(labels)), labels] -= 1
    dlogits /= len(labels)
    dU = pooled.T @ dlogits
    dpooled = dlogits @ U.T
    dattended = np.repeat(dpooled[:, None, :], attended.shape[1], axis=1)
    dq, dk, dv = attention_gradients(dattended, q, k, v, p)
    dWq = np.einsum("bqi,bqd->id", queries, dq)
    dWk = np.einsum("bki,bkd->id", memory, dk)
    dWv = np.einsum("bki,bke->ie", memory, dv)
    return dWq, dWk, dWv, dU
