"""Dotattention scaled by the whole model.

expected kind: scale or wrong-parameter or wrong-point
wrong line: 84
correction 84: dscore = dscore * d_head**-0.5
what: On the way back the scores are scaled by the root of the whole embedding, not of one head
source: https://github.com/Graylab/DL4Proteins-notebooks/issues/12
said: the scores are scaled with the embedding's dimension; keys and queries of a head have the size of the head
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "Wo"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return *[0.7 * r.normal(size=(4, 4)) for _ in range(4)], r.normal(size=(5, 4)), np.array([3, 0, 1, 1, 2])


def loss(Wq, Wk, Wv, Wo, X, tags):
    Q, K, V = [np.transpose(np.reshape(X @ W, (5, 2, 2)), (1, 0, 2)) for W in (Wq, Wk, Wv)]
    e = np.exp(Q @ np.transpose(K, (0, 2, 1)) / np.sqrt(2))
    A = e / np.sum(e, axis=2, keepdims=True)
    logits = np.reshape(np.transpose(A @ V, (1, 0, 2)), (5, 4)) @ Wo
    return np.sum(np.log(np.sum(np.exp(logits), axis=1)) - logits[np.arange(5), tags])


def split(t):
    return t.reshape(len(t), 2, -1)  # (tokens, heads, size of a head)


def right(Wq, Wk, Wv, Wo, X, tags):
    Q, K, V = split(X @ Wq), split(X @ Wk), split(X @ Wv)
    root = np.sqrt(Q.shape[2])
    weights = np.exp(np.einsum("ihd,jhd->hij", Q, K) / root)
    weights /= weights.sum(axis=-1)[..., None]
    mixed = np.einsum("hij,jhd->ihd", weights, V).reshape(X.shape)
    prob = np.exp(mixed @ Wo)
    prob /= prob.sum(axis=1)[:, None]

    g_logits = prob - np.eye(prob.shape[1])[tags]
    g_mixed = split(g_logits @ Wo.T)
    g_V = np.einsum("hij,ihd->jhd", weights, g_mixed)
    g_weights = np.einsum("ihd,jhd->hij", g_mixed, V)
    g_scores = weights * g_weights
    g_scores -= weights * g_scores.sum(axis=-1)[..., None]
    g_scores /= root
    g_Q = np.einsum("hij,jhd->ihd", g_scores, K)
    g_K = np.einsum("hij,ihd->jhd", g_scores, Q)
    grads = {"Wo": mixed.T @ g_logits}
    for name, g in [("Wq", g_Q), ("Wk", g_K), ("Wv", g_V)]:
        grads[name] = X.T @ g.reshape(X.shape)
    return grads


def softmax(z):
    z = np.exp(z - z.max(axis=1, keepdims=True))
    return z / z.sum(axis=1, keepdims=True)


def backprop(Wq, Wk, Wv, Wo, X, tags):
    n_heads = 2
    d_model = X.shape[1]
    d_head = d_model // n_heads
    heads, saved = [], []
    for h in range(n_heads):
        cols = slice(h * d_head, (h + 1) * d_head)
        q, k, v = X @ Wq[:, cols], X @ Wk[:, cols], X @ Wv[:, cols]
        wei = softmax(q @ k.T * d_head**-0.5)
        heads.append(wei @ v)
        saved.append((cols, q, k, v, wei))
    concat = np.hstack(heads)
    dlogits = softmax(concat @ Wo)
    dlogits[np.arange(len(tags)), tags] -= 1

    dWo = concat.T @ dlogits
    dconcat = dlogits @ Wo.T
    dWq, dWk, dWv = np.zeros_like(Wq), np.zeros_like(Wk), np.zeros_like(Wv)
    for cols, q, k, v, wei in saved:
        dhead = dconcat[:, cols]
        dwei = dhead @ v.T
        dscore = wei * (dwei - (wei * dwei).sum(axis=1, keepdims=True))
        dscore = dscore * d_model**-0.5
        dWq[:, cols] = X.T @ (dscore @ k)
        dWk[:, cols] = X.T @ (dscore.T @ q)
        dWv[:, cols] = X.T @ (wei.T @ dhead)
    return dWq, dWk, dWv, dWo
