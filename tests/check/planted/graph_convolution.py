"""Two layer graph convolutional network, dropout with a given mask, masked cross entropy."""

import numpy as np

PARAMETERS = ["W0", "b0", "W1", "b1"]
WEIGHT_DECAY = 0.5
KEEP = 0.7


def data(seed=0):
    rng = np.random.default_rng(seed)
    n, f, h, c = 6, 5, 4, 3
    edges = rng.random((n, n)) < 0.4
    A = (edges | edges.T | np.eye(n, dtype=bool)) * rng.uniform(0.5, 1.5, size=(n, n))
    A = A / A.sum(axis=1, keepdims=True)  # random walk normalisation: not symmetric
    drop = rng.random((n, h)) < KEEP
    drop[2] = True, False, True, False
    train = np.array([False, True, True, False, True, True])
    y = rng.integers(0, c, size=n)
    return (A, rng.normal(size=(n, f)), y, train, drop, rng.normal(size=(f, h)), 1 + rng.normal(size=h),
            rng.normal(size=(h, c)), rng.normal(size=c))  # fmt: skip


def loss(A, X, y, train, drop, W0, b0, W1, b1):
    h = np.maximum(A @ X @ W0 + b0, 0) * drop / KEEP
    z = A @ h @ W1 + b1
    log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    nll = -log_p[np.arange(len(y)), y]
    return np.sum(nll * train) / np.sum(train) + WEIGHT_DECAY / 2 * np.sum(W0**2)


def backprop(A, X, y, train, drop, W0, b0, W1, b1):
    # forward
    AX = A @ X
    Z0 = AX @ W0 + b0
    H = np.where(Z0 > 0, Z0, 0.0)
    Hd = H * drop / KEEP
    AH = A @ Hd
    Z1 = AH @ W1 + b1
    P = np.exp(Z1) / np.exp(Z1).sum(axis=1, keepdims=True)

    # softmax and cross entropy, training nodes only
    dZ1 = np.zeros_like(P)
    nodes = np.flatnonzero(train)
    for k, node in enumerate(nodes):
        dZ1[node] = P[node]
        dZ1[node, y[node]] -= 1
    dZ1 /= len(nodes)

    # second layer
    dW1 = AH.T @ dZ1
    db1 = dZ1.sum(axis=0)
    dHd = A.T @ dZ1 @ W1.T

    # first layer
    dH = dHd * drop / KEEP
    dZ0 = dH * (Z0 > 0)
    dW0 = AX.T @ dZ0 + WEIGHT_DECAY * W0
    db0 = dZ0.sum(axis=0)
    return dW0, db0, dW1, db1


MISTAKES = [
    ("dHd = A.T @ dZ1 @ W1.T", "dHd = A @ dZ1 @ W1.T", "transpose", "adjacency taken as symmetric"),
    ("dHd = A.T @ dZ1 @ W1.T", "dHd = dZ1 @ W1.T", "missing-factor", "no propagation over the graph backwards"),
    ("dW1 = AH.T @ dZ1", "dW1 = Hd.T @ dZ1", "missing-factor or stale-value or wrong-point", "as in a dense layer: features not aggregated"),
    ("dW1 = AH.T @ dZ1", "dW1 = (A @ H).T @ dZ1", "missing-factor or stale-value or wrong-point", "activations from before dropout"),
    ("    nodes = np.flatnonzero(train)\n    for k, node in enumerate(nodes):",
     "    nodes = np.arange(len(train))\n    for k, node in enumerate(nodes):", "wrong-mask or missing-factor or another-loss",
     "mask of the training nodes forgotten: mean over all"),
    ("dZ1[node, y[node]] -= 1", "dZ1[node, y[k]] -= 1", "wrong-mask or wrong-point or stale-value or wrong-shape",
     "position among training nodes taken for the node's number"),
    ("        dZ1[node] = P[node]\n        dZ1[node, y[node]] -= 1", "        dZ1[k] = P[node]\n        dZ1[k, y[node]] -= 1",
     "wrong-shape or wrong-mask", "compact rows written into the full matrix"),
    ("dZ1 /= len(nodes)", "dZ1 /= len(train)", "scale or mean-for-sum or another-loss", "divided by all nodes"),
    ("        dZ1[node, y[node]] -= 1\n    dZ1 /= len(nodes)", "        dZ1[node, y[node]] -= 1\n        dZ1 /= len(nodes)",
     "repeated-factor or mean-for-sum or scale", "indentation: divided again in every pass"),
    ("dH = dHd * drop / KEEP", "dH = dHd / KEEP", "missing-factor or wrong-mask", "dropout mask not applied to the gradient"),
    ("dH = dHd * drop / KEEP", "dH = dHd * drop", "scale or missing-factor", "inverted dropout: scale forgotten"),
    ("dZ0 = dH * (Z0 > 0)", "dZ0 = dH * (Hd > 0) / KEEP", "repeated-factor or scale", "scale of dropout applied twice"),
    ("dZ0 = dH * (Z0 > 0)", "dZ0 = dH * Z0", "wrong-activation or wrong-point or wrong-mask", "multiplied by the value, not by the mask"),
    ("dZ0 = dH * (Z0 > 0)", "dZ0 = dH * (dH > 0)", "wrong-mask", "mask from the sign of the gradient"),
    ("dW0 = AX.T @ dZ0", "dW0 = X.T @ dZ0", "missing-factor or stale-value or wrong-point", "adjacency forgotten in the first layer's gradient"),
    ("    dW1 = AH.T @ dZ1\n", "    dW1 = AH.T @ dZ1 + WEIGHT_DECAY * W1\n", "repeated-term", "loss penalises the first layer only"),
    ("np.exp(Z1).sum(axis=1, keepdims=True)", "np.exp(Z1).sum(axis=0, keepdims=True)", "wrong-axis or another-loss",
     "softmax over the nodes"),
]  # fmt: skip
