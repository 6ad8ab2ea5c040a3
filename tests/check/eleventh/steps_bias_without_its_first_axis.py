"""Steps bias without its first axis.

expected kind: wrong-shape
wrong line: 97 or 114
correction 97: dbnbias = dhpreact.sum(0, keepdims=True)
correction 114: return dC, dW1, db1, dbngain, dbnbias[None], dW2, db2
what: The numbers are right, but the axis that was summed is gone, so that the shape isn't the parameter's
source: https://github.com/karpathy/nn-zero-to-hero/issues/59
said: without keepdim the mean's gradient has another shape than the mean
"""

import numpy as np

PARAMETERS = ["C", "W1", "b1", "bngain", "bnbias", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(5, 2), (4, 3), 3, (1, 3), (1, 3), (3, 5), 5]
    return *(r.normal(size=s) for s in shapes), np.array([[0, 1], [1, 4], [4, 4], [2, 3], [3, 0], [0, 2]]), np.array([4, 4, 2, 0, 2, 1])


def loss(C, W1, b1, bngain, bnbias, W2, b2, X, Y):
    h = C[X].reshape(len(X), -1) @ W1 + b1
    diff = h - np.mean(h, axis=0, keepdims=True)
    var = np.sum(diff**2, axis=0, keepdims=True) / (len(X) - 1)
    logits = np.tanh(bngain * diff / np.sqrt(var + 1e-5) + bnbias) @ W2 + b2
    log_z = np.log(np.sum(np.exp(logits), axis=1))
    return np.mean(log_z - logits[np.arange(len(X)), Y])


def right(C, W1, b1, bngain, bnbias, W2, b2, X, Y):
    n = len(X)
    embcat = np.concatenate([C[X[:, 0]], C[X[:, 1]]], axis=1)
    hprebn = embcat @ W1 + b1
    bnvar_inv = 1 / np.sqrt(hprebn.var(axis=0, ddof=1) + 1e-5)
    bnraw = (hprebn - hprebn.mean(axis=0)) * bnvar_inv
    h = np.tanh(bngain * bnraw + bnbias)
    logits = h @ W2 + b2
    probs = np.exp(logits)
    probs /= np.sum(probs, axis=1, keepdims=True)

    dlogits = probs.copy()
    dlogits[np.arange(n), Y] -= 1
    dlogits /= n
    grads = {"W2": h.T @ dlogits, "b2": dlogits.sum(axis=0)}
    dhpreact = dlogits @ W2.T * (1 - h**2)
    grads["bngain"] = np.sum(dhpreact * bnraw, axis=0, keepdims=True)
    grads["bnbias"] = np.sum(dhpreact, axis=0, keepdims=True)
    # batch norm in one go
    projected = n / (n - 1) * bnraw * np.sum(dhpreact * bnraw, axis=0)
    dhprebn = bngain * bnvar_inv / n * (n * dhpreact - np.sum(dhpreact, axis=0) - projected)
    grads["W1"] = embcat.T @ dhprebn
    grads["b1"] = dhprebn.sum(axis=0)
    dembcat = dhprebn @ W1.T
    grads["C"] = np.zeros(C.shape)
    np.add.at(grads["C"], X[:, 0], dembcat[:, :2])
    np.add.at(grads["C"], X[:, 1], dembcat[:, 2:])
    return grads


def backprop(C, W1, b1, bngain, bnbias, W2, b2, X, Y):
    n = X.shape[0]
    emb = C[X]
    embcat = emb.reshape(n, -1)
    hprebn = embcat @ W1 + b1
    bnmeani = hprebn.sum(0, keepdims=True) / n
    bndiff = hprebn - bnmeani
    bndiff2 = bndiff**2
    bnvar = bndiff2.sum(0, keepdims=True) / (n - 1)
    bnvar_inv = (bnvar + 1e-5) ** -0.5
    bnraw = bndiff * bnvar_inv
    hpreact = bngain * bnraw + bnbias
    h = np.tanh(hpreact)
    logits = h @ W2 + b2
    norm_logits = logits - logits.max(1, keepdims=True)
    counts = np.exp(norm_logits)
    counts_sum = counts.sum(1, keepdims=True)
    counts_sum_inv = counts_sum**-1
    probs = counts * counts_sum_inv

    dlogprobs = np.zeros_like(probs)
    dlogprobs[range(n), Y] = -1.0 / n
    dprobs = (1.0 / probs) * dlogprobs
    dcounts_sum_inv = (counts * dprobs).sum(1, keepdims=True)
    dcounts = counts_sum_inv * dprobs
    dcounts_sum = (-(counts_sum**-2)) * dcounts_sum_inv
    dcounts += np.ones_like(counts) * dcounts_sum
    dnorm_logits = counts * dcounts
    dlogits = dnorm_logits.copy()
    dh = dlogits @ W2.T
    dW2 = h.T @ dlogits
    db2 = dlogits.sum(0)
    dhpreact = (1.0 - h**2) * dh
    dbngain = (bnraw * dhpreact).sum(0, keepdims=True)
    dbnraw = bngain * dhpreact
    dbnbias = dhpreact.sum(0)
    dbndiff = bnvar_inv * dbnraw
    dbnvar_inv = (bndiff * dbnraw).sum(0, keepdims=True)
    dbnvar = (-0.5 * (bnvar + 1e-5) ** -1.5) * dbnvar_inv
    dbndiff2 = (1.0 / (n - 1)) * np.ones_like(bndiff2) * dbnvar
    dbndiff += (2 * bndiff) * dbndiff2
    dhprebn = dbndiff.copy()
    dbnmeani = (-dbndiff).sum(0)
    dhprebn += 1.0 / n * (np.ones_like(hprebn) * dbnmeani)
    dembcat = dhprebn @ W1.T
    dW1 = embcat.T @ dhprebn
    db1 = dhprebn.sum(0)
    demb = dembcat.reshape(emb.shape)
    dC = np.zeros_like(C)
    for k in range(X.shape[0]):
        for j in range(X.shape[1]):
            dC[X[k, j]] += demb[k, j]
    return dC, dW1, db1, dbngain, dbnbias, dW2, db2
