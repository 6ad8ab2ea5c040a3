"""Sparse autoencoder with tied weights: KL sparsity penalty and weight decay (as in UFLDL)."""

import numpy as np

PARAMETERS = ["W", "b", "c"]
RHO = 0.15
BETA = 0.8
DECAY = 0.25


def data(seed=0):
    rng = np.random.default_rng(seed)
    n, visible, hidden = 6, 5, 3
    return (
        rng.normal(size=(n, visible)),
        rng.normal(size=(visible, hidden)),
        rng.normal(size=hidden),
        rng.normal(size=visible),
    )


def loss(X, W, b, c):
    h = 1 / (1 + np.exp(-(X @ W + b)))
    out = np.tanh(h @ W.T + c)
    reconstruction = 0.5 * np.sum((out - X) ** 2) / len(X)
    rho_hat = np.mean(h, axis=0)
    kl = np.sum(RHO * np.log(RHO / rho_hat) + (1 - RHO) * np.log((1 - RHO) / (1 - rho_hat)))
    return reconstruction + BETA * kl + 0.5 * DECAY * np.sum(W**2)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def backprop(X, W, b, c):
    m = X.shape[0]
    # forward
    cache = {"a1": X}
    cache["a2"] = sigmoid(X @ W + b)
    cache["a3"] = np.tanh(cache["a2"] @ W.T + c)
    a1, a2, a3 = (cache[k] for k in ("a1", "a2", "a3"))
    rho_hat = a2.mean(axis=0)

    # backward
    sparsity = BETA * (-RHO / rho_hat + (1 - RHO) / (1 - rho_hat))
    delta3 = (a3 - a1) * (1 - a3**2)
    delta2 = (delta3 @ W + sparsity) * a2 * (1 - a2)

    grad_decoder = a2.T @ delta3 / m
    grad_encoder = a1.T @ delta2 / m
    gradW = grad_encoder + grad_decoder.T
    gradW += DECAY * W
    gradb = np.mean(delta2, axis=0)
    gradc = np.mean(delta3, axis=0)
    return {"W": gradW, "b": gradb, "c": gradc}


MISTAKES = [
    ("gradW = grad_encoder + grad_decoder.T", "gradW = grad_encoder", "missing-term", "tied weights: decoder's share forgotten"),
    ("gradW = grad_encoder + grad_decoder.T", "gradW = grad_decoder.T", "missing-term", "tied weights: encoder's share forgotten"),
    ("gradW = grad_encoder + grad_decoder.T", "gradW = grad_encoder + grad_decoder.reshape(W.shape)", "transpose",
     "reshape in place of transposition"),
    ("gradW = grad_encoder + grad_decoder.T", "gradW = 0.5 * (grad_encoder + grad_decoder.T)", "scale",
     "average of both shares instead of their sum"),
    ("(delta3 @ W + sparsity) * a2 * (1 - a2)", "delta3 @ W * a2 * (1 - a2) + sparsity", "missing-factor",
     "brackets: sparsity term not multiplied by the sigmoid's derivative"),
    ("(delta3 @ W + sparsity) * a2 * (1 - a2)", "(delta3 @ W + sparsity / m) * a2 * (1 - a2)", "mean-for-sum", "divided by m twice"),
    ("(delta3 @ W + sparsity) * a2 * (1 - a2)", "(delta3 @ W) * a2 * (1 - a2)", "missing-term", "sparsity term forgotten"),
    ("(delta3 @ W + sparsity) * a2 * (1 - a2)", "(delta3 @ W + sparsity) * (1 - a2**2)", "wrong-activation", "tanh' for a sigmoid layer"),
    ("sparsity = BETA * (-RHO / rho_hat + (1 - RHO) / (1 - rho_hat))", "sparsity = BETA * -RHO / rho_hat + (1 - RHO) / (1 - rho_hat)",
     "missing-factor", "brackets: beta multiplies the first term only"),
    ("(-RHO / rho_hat + (1 - RHO) / (1 - rho_hat))", "(-RHO / rho_hat - (1 - RHO) / (1 - rho_hat))", "sign", "second term of KL with the wrong sign"),
    ("sparsity = BETA * (-RHO / rho_hat + (1 - RHO) / (1 - rho_hat))",
     "sparsity = BETA * np.sum(RHO * np.log(RHO / rho_hat) + (1 - RHO) * np.log((1 - RHO) / (1 - rho_hat)))",
     "wrong-activation or wrong-point or unexplained", "value of the KL penalty in place of its derivative"),
    ("rho_hat = a2.mean(axis=0)", "rho_hat = a2.mean(axis=1, keepdims=True)", "wrong-axis or another-loss",
     "mean over the units of an example, not over the examples"),
    ("rho_hat = a2.mean(axis=0)", "rho_hat = a2", "another-loss or wrong-point or stale-value", "penalty of every activation by itself"),
    ("gradW += DECAY * W", "gradW += 2 * DECAY * W", "scale", "decay counted for encoder and decoder"),
    ("gradW += DECAY * W", "gradW += DECAY * W / m", "mean-for-sum", "weight decay averaged as well"),
    ("delta3 = (a3 - a1) * (1 - a3**2)", "delta3 = (a3 - a1) * a3 * (1 - a3)", "wrong-activation", "sigmoid' for the tanh output"),
    ("gradb = np.mean(delta2, axis=0)", "gradb = np.sum(delta2, axis=0)", "sum-for-mean", "bias not averaged"),
]  # fmt: skip
