"""Additive (Bahdanau) attention of one decoder step over encoder states, with a lengths mask."""
import numpy as np

PARAMETERS = ["enc", "query", "W_enc", "W_dec", "b", "v", "W_out"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    B, T, E, D, A, O = 4, 5, 3, 2, 6, 3
    lengths = np.array([5, 3, 2, 4])
    return (rng.normal(size=(B, T, E)), rng.normal(size=(B, D)), lengths, rng.normal(size=(B, O)),
            rng.normal(size=(E, A)), rng.normal(size=(D, A)), rng.normal(size=A), rng.normal(size=A),
            rng.normal(size=(E + D, O)))


def loss(enc, query, lengths, target, W_enc, W_dec, b, v, W_out):
    mask = np.arange(enc.shape[1])[None, :] < lengths[:, None]
    energy = np.tanh(enc @ W_enc + (query @ W_dec)[:, None, :] + b)
    scores = np.where(mask, energy @ v, -1e9)
    weights = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    weights = weights / np.sum(weights, axis=1, keepdims=True)
    context = np.sum(weights[:, :, None] * enc, axis=1)
    out = np.tanh(np.concatenate([context, query], axis=1) @ W_out)
    return np.mean(np.sum((out - target) ** 2, axis=1))


def backprop(enc, query, lengths, target, W_enc, W_dec, b, v, W_out):
    B, T, E = enc.shape
    mask = np.arange(T) < lengths[:, None]
    energy = np.tanh(np.einsum("bte,ea->bta", enc, W_enc) + np.einsum("bd,da->ba", query, W_dec)[:, None] + b)
    alpha = np.exp(np.einsum("bta,a->bt", energy, v)) * mask
    alpha = alpha / alpha.sum(axis=1, keepdims=True)
    context = np.einsum("bt,bte->be", alpha, enc)
    joined = np.hstack([context, query])
    out = np.tanh(joined @ W_out)

    # output layer
    d_out = 2 * (out - target) / B
    d_pre = d_out * (1 - out**2)
    dW_out = np.einsum("bj,bo->jo", joined, d_pre)
    d_joined = np.einsum("bo,jo->bj", d_pre, W_out)
    d_context = d_joined[:, :E]
    d_query = d_joined[:, E:].copy()

    # weighted sum and softmax
    d_enc = np.einsum("bt,be->bte", alpha, d_context)
    d_alpha = np.einsum("bte,be->bt", enc, d_context)
    d_scores = alpha * (d_alpha - np.sum(alpha * d_alpha, axis=1, keepdims=True))

    # the energies
    dv = np.einsum("bt,bta->a", d_scores, energy)
    d_energy = d_scores[:, :, None] * v
    d_hidden = d_energy * (1 - energy**2)
    dW_enc = np.einsum("bte,bta->ea", enc, d_hidden)
    d_enc += np.einsum("bta,ea->bte", d_hidden, W_enc)
    d_projected = d_hidden.sum(axis=1)
    dW_dec = np.einsum("bd,ba->da", query, d_projected)
    d_query += np.einsum("ba,da->bd", d_projected, W_dec)
    db = d_projected.sum(axis=0)
    return {"enc": d_enc, "query": d_query, "W_enc": dW_enc, "W_dec": dW_dec, "b": db, "v": dv, "W_out": dW_out}


MISTAKES = [
    ("alpha = np.exp(np.einsum(\"bta,a->bt\", energy, v)) * mask\n", "alpha = np.exp(np.einsum(\"bta,a->bt\", energy, v))\n", "another-loss or wrong-mask", "mask of the lengths forgotten: attention to the padding"),
    ("mask = np.arange(T) < lengths[:, None]", "mask = np.arange(T) <= lengths[:, None]", "another-loss or wrong-mask", "off by one: one padded state attended to"),
    ("    alpha = np.exp(np.einsum(\"bta,a->bt\", energy, v)) * mask\n    alpha = alpha / alpha.sum(axis=1, keepdims=True)\n", "    alpha = np.exp(np.einsum(\"bta,a->bt\", energy, v))\n    alpha = alpha / alpha.sum(axis=1, keepdims=True)\n    alpha = alpha * mask\n", "another-loss or wrong-mask", "masked after normalising: weights don't sum to one"),
    ("alpha.sum(axis=1, keepdims=True)\n    context", "alpha.sum(axis=0, keepdims=True)\n    context", "wrong-axis or another-loss", "softmax over the batch"),
    ("d_scores = alpha * (d_alpha - np.sum(alpha * d_alpha, axis=1, keepdims=True))", "d_scores = alpha * (1 - alpha) * d_alpha", "diagonal-jacobian", "only the diagonal of softmax's Jacobian"),
    ("d_scores = alpha * (d_alpha - np.sum(alpha * d_alpha, axis=1, keepdims=True))", "d_scores = alpha * d_alpha", "diagonal-jacobian or missing-term", "second term of the softmax gradient missing"),
    ("np.sum(alpha * d_alpha, axis=1, keepdims=True)", "np.sum(d_alpha, axis=1, keepdims=True)", "missing-factor", "the inner sum isn't weighted"),
    ("np.sum(alpha * d_alpha, axis=1, keepdims=True)", "np.mean(alpha * d_alpha, axis=1, keepdims=True)", "mean-for-sum", "mean in the inner sum"),
    ("np.sum(alpha * d_alpha, axis=1, keepdims=True)", "np.sum(alpha * d_alpha)", "wrong-axis", "summed over all examples"),
    ("d_scores = alpha * (d_alpha - np.sum(alpha * d_alpha, axis=1, keepdims=True))", "d_scores = d_alpha - np.sum(alpha * d_alpha, axis=1, keepdims=True)", "missing-factor", "outer alpha forgotten"),
    ("    d_enc += np.einsum(\"bta,ea->bte\", d_hidden, W_enc)\n", "", "missing-term or detached", "encoder states: the way through the scores ignored"),
    ("    d_enc += np.einsum(\"bta,ea->bte\", d_hidden, W_enc)\n", "    d_enc = np.einsum(\"bta,ea->bte\", d_hidden, W_enc)\n", "missing-term or detached", "overwritten instead of added: the way through the context lost"),
    ("    d_query += np.einsum(\"ba,da->bd\", d_projected, W_dec)\n", "", "missing-term or detached", "query: only the output layer's branch"),
    ("d_query = d_joined[:, E:].copy()", "d_query = np.zeros_like(query)", "missing-term or detached", "query: the output layer's branch forgotten"),
    ("    d_projected = d_hidden.sum(axis=1)\n", "    d_projected = d_hidden.mean(axis=1)\n", "mean-for-sum", "broadcast over time averaged on the way back"),
    ("    d_projected = d_hidden.sum(axis=1)\n", "    d_projected = d_hidden[:, -1]\n", "missing-sum or missing-term", "last time step only"),
    ("d_hidden = d_energy * (1 - energy**2)", "d_hidden = d_energy * energy * (1 - energy)", "wrong-activation", "sigmoid's derivative"),
    ("d_pre = d_out * (1 - out**2)", "d_pre = d_out", "missing-factor", "tanh of the output forgotten"),
    ("dv = np.einsum(\"bt,bta->a\", d_scores, energy)", "dv = np.einsum(\"bt,bta->a\", alpha, energy)", "wrong-point or stale-value or missing-factor", "weights in place of the scores' gradient"),
    ("dv = np.einsum(\"bt,bta->a\", d_scores, energy)", "dv = np.einsum(\"bt,bta->a\", d_alpha, energy)", "missing-factor or stale-value or wrong-point", "softmax skipped on the way to v"),
    ("d_energy = d_scores[:, :, None] * v\n", "d_energy = d_scores[:, :, None] * v * mask[:, :, None] / lengths[:, None, None]\n", "mean-for-sum or scale or missing-factor", "averaged over the valid steps"),
    ("d_out = 2 * (out - target) / B", "d_out = 2 * (out - target) / out.size", "scale or mean-for-sum", "divided by all elements"),
    ("d_out = 2 * (out - target) / B", "d_out = (out - target) / B", "scale", "2 of the square forgotten"),
    ("    d_context = d_joined[:, :E]\n    d_query = d_joined[:, E:].copy()\n", "    d_context = d_joined[:, -E:]\n    d_query = d_joined[:, :-E].copy()\n", "wrong-shape or reversed or swapped-operands or wrong-parameter", "split in the other order than concatenated"),
    ("d_alpha = np.einsum(\"bte,be->bt\", enc, d_context)", "d_alpha = np.einsum(\"bte,be->bt\", enc, context)", "wrong-point or stale-value or wrong-parameter or missing-factor", "context for its gradient"),
]
