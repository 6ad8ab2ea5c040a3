"""Sequence classifier: embeddings, mean over the words that are no padding, two dense layers, dropout."""

import numpy as np

PARAMETERS = ["E", "W1", "b1", "W2", "b2"]
KEEP = 0.7


def data(seed=0):
    rng = np.random.default_rng(seed)
    words = rng.integers(1, 7, size=(5, 6))
    lengths = rng.permutation(np.array([2, 6, 3, 5, 4]))
    mask = np.arange(6)[None, :] < lengths[:, None]
    words = np.where(mask, words, 0)
    label = rng.permutation(np.array([0, 1, 1, 0, 1]))
    drop = rng.random((5, 3)) < KEEP
    drop[:, 0] = True
    drop[rng.integers(5), 1] = False
    E = rng.normal(size=(7, 4))
    W1, b1 = rng.normal(size=(4, 3)), rng.normal(size=3)
    W2, b2 = rng.normal(size=(3, 2)), rng.normal(size=2)
    return words, mask, label, drop, E, W1, b1, W2, b2


def loss(words, mask, label, drop, E, W1, b1, W2, b2):
    count = np.sum(mask, axis=1, keepdims=True)
    mean = np.sum(E[words] * mask[:, :, None], axis=1) / count
    hidden = np.tanh(mean @ W1 + b1) * drop / KEEP
    logits = hidden @ W2 + b2
    log_z = np.log(np.sum(np.exp(logits), axis=1))
    return np.mean(log_z - logits[np.arange(len(label)), label])


def forward(p, words, mask, drop):
    cache = {"count": mask.sum(axis=1)}
    cache["mean"] = np.einsum("btd,bt->bd", p["E"][words], mask) / cache["count"][:, None]
    cache["a"] = np.tanh(cache["mean"] @ p["W1"] + p["b1"])
    cache["hidden"] = cache["a"] * drop / KEEP
    e = np.exp(cache["hidden"] @ p["W2"] + p["b2"])
    cache["probs"] = e / e.sum(axis=1, keepdims=True)
    return cache


def backprop(words, mask, label, drop, E, W1, b1, W2, b2):
    p = {"E": E, "W1": W1, "b1": b1, "W2": W2, "b2": b2}
    cache = forward(p, words, mask, drop)
    B = len(label)
    grads = {name: np.zeros_like(value) for name, value in p.items()}

    dlogits = cache["probs"].copy()
    dlogits[range(B), label] -= 1
    dlogits /= B
    grads["W2"] += cache["hidden"].T @ dlogits
    grads["b2"] += dlogits.sum(axis=0)

    dhidden = dlogits @ p["W2"].T
    da = dhidden * drop / KEEP
    dz = da * (1 - cache["a"] ** 2)
    grads["W1"] += cache["mean"].T @ dz
    grads["b1"] += dz.sum(axis=0)

    dmean = dz @ p["W1"].T
    for i in range(B):
        share = dmean[i] / cache["count"][i]
        for t in range(words.shape[1]):
            if mask[i, t]:
                grads["E"][words[i, t]] += share
    return grads


MISTAKES = [
    ('grads["E"][words[i, t]] += share', 'grads["E"][words[i, t]] = share', "missing-sum or missing-term", "repeated words overwrite each other"),
    ("        for t in range(words.shape[1]):\n            if mask[i, t]:\n                grads[\"E\"][words[i, t]] += share\n",
     "        grads[\"E\"][words[i][mask[i]]] += share\n", "missing-sum or missing-term", "+= with an index array counts repeated words once"),
    ("            if mask[i, t]:\n                grads", "            if True:\n                grads", "wrong-mask or repeated-term", "padding gets a gradient"),
    ('share = dmean[i] / cache["count"][i]', "share = dmean[i]", "sum-for-mean", "count forgotten"),
    ('share = dmean[i] / cache["count"][i]', "share = dmean[i] / words.shape[1]", "wrong-point or another-loss or scale", "divided by the padded length"),
    ('share = dmean[i] / cache["count"][i]', 'share = dmean[i] / cache["count"].mean()', "wrong-point or scale", "mean length of the batch"),
    ("da = dhidden * drop / KEEP", "da = dhidden / KEEP", "missing-factor or wrong-mask", "dropout's mask forgotten"),
    ("da = dhidden * drop / KEEP", "da = dhidden * drop", "missing-factor or scale", "rescaling forgotten"),
    ("da = dhidden * drop / KEEP", "da = dhidden * drop * KEEP", "missing-factor or scale or swapped-operands", "multiplied instead of divided"),
    ("da = dhidden * drop / KEEP", "da = dhidden * drop / (1 - KEEP)", "scale or wrong-point", "divided by the probability of dropping"),
    ("da = dhidden * drop / KEEP", "da = dhidden * ~drop / KEEP", "wrong-mask", "mask inverted"),
    ('dz = da * (1 - cache["a"] ** 2)', 'dz = da * (1 - cache["hidden"] ** 2)', "wrong-point", "activation after dropout"),
    ('dz = da * (1 - cache["a"] ** 2)', 'dz = da * (1 - cache["a"]) ** 2', "wrong-point or wrong-activation", "brackets"),
    ('dz = da * (1 - cache["a"] ** 2)', 'dz = da * cache["a"] * (1 - cache["a"])', "wrong-activation", "derivative of the sigmoid"),
    ('grads["W2"] += cache["hidden"].T', 'grads["W2"] += cache["a"].T', "wrong-point or stale-value", "hidden layer before dropout"),
    ('dhidden = dlogits @ p["W2"].T', 'p["W2"] -= 0.5 * grads["W2"]\n    dhidden = dlogits @ p["W2"].T', "updated-parameter", "updated before it is used"),
    ("    dlogits /= B\n", "", "sum-for-mean", "mean over the batch forgotten"),
    ('    dlogits /= B\n    grads["W2"] += cache["hidden"].T @ dlogits\n', '    grads["W2"] += cache["hidden"].T @ dlogits\n    dlogits /= B\n',
     "sum-for-mean", "divided only after W2 had its gradient"),
    ('grads["b1"] += dz.sum(axis=0)', 'grads["b1"] += da.sum(axis=0)', "missing-factor or wrong-point", "da instead of dz"),
    ("                grads[\"E\"][words[i, t]] += share\n", "                grads[\"E\"][words[i, t]] += share / B\n", "mean-for-sum or scale", "batch divided out twice"),
    ('grads["W1"] += cache["mean"].T @ dz', 'grads["W1"] += p["E"][words].mean(axis=1).T @ dz', "wrong-point or wrong-mask or another-loss", "mean over padding too"),
    ("dlogits[range(B), label] -= 1", "dlogits[:, label] -= 1", "wrong-mask or wrong-point",
     "fancy index: one subtracted in every row of all classes that occur"),
]
