"""Multinomial logistic regression: class weights, L2 on the weights, no loops."""

import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(6, 4))
    y = rng.permutation(np.array([0, 1, 2, 0, 1, 2]))
    class_weight = rng.uniform(0.4, 2.5, size=3)
    W = rng.normal(size=(4, 3))
    b = rng.normal(size=3)
    lam = rng.uniform(0.2, 0.6)
    return X, y, class_weight, W, b, lam


def loss(X, y, class_weight, W, b, lam):
    scores = X @ W + b
    scores = scores - np.max(scores, axis=1, keepdims=True)
    log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    weight = class_weight[y]
    picked = log_p[np.arange(len(y)), y]
    return -np.sum(weight * picked) / np.sum(weight) + 0.5 * lam * np.sum(W**2)


def softmax(Z):
    Z = Z - Z.max(axis=1, keepdims=True)
    E = np.exp(Z)
    return E / E.sum(axis=1, keepdims=True)


def backprop(X, y, class_weight, W, b, lam):
    n = X.shape[0]
    P = softmax(X @ W + b)
    w = class_weight[y]
    norm = w.sum()

    dS = P.copy()
    dS[np.arange(n), y] -= 1
    dS *= w[:, None]
    dS /= norm

    dW = X.T @ dS
    dW += lam * W
    db = dS.sum(axis=0)
    return {"W": dW, "b": db}


MISTAKES = [
    ("    dS *= w[:, None]\n", "", "missing-factor", "class weights forgotten"),
    ("dS *= w[:, None]", "dS *= class_weight", "wrong-axis or wrong-point",
     "the weight of each column instead of the weight of the example's class"),
    ("norm = w.sum()", "norm = n", "scale or another-loss", "divided by N, the loss by the sum of the weights"),
    ("    dS /= norm\n", "", "sum-for-mean", "normalisation forgotten"),
    ("dW += lam * W", "dW += 2 * lam * W", "scale or repeated-term", "the half of the penalty overlooked"),
    ("    dW += lam * W\n", "", "missing-term", "penalty forgotten"),
    ("dW += lam * W", "dW += lam * np.sum(W)", "wrong-shape or wrong-point", "lambda times the sum of W, as in some blogs"),
    ("db = dS.sum(axis=0)", "db = dS.sum(axis=0) + lam * b", "repeated-term", "bias is penalised too"),
    ("db = dS.sum(axis=0)", "db = dS.mean(axis=0)", "mean-for-sum", "averaged twice"),
    ("dS[np.arange(n), y] -= 1", "dS[:, y] -= 1", "wrong-mask or missing-factor or wrong-point",
     "fancy index: one subtracted in all rows of every class that occurs"),
    ("    dS[np.arange(n), y] -= 1\n    dS *= w[:, None]\n", "    dS *= w[:, None]\n    dS[np.arange(n), y] -= 1\n",
     "missing-factor", "one subtracted after the weighting"),
    ("w = class_weight[y]\n    norm", "w = class_weight[P.argmax(axis=1)]\n    norm", "wrong-point or wrong-mask",
     "weights of the predicted classes"),
    ("dW = X.T @ dS", "dW = X.T @ dS / n", "mean-for-sum or scale", "divided by N again, for W only"),
    ("dW += lam * W", "dW += lam * W / n", "mean-for-sum or scale", "penalty averaged over the batch"),
    ("dW += lam * W", "dW += lam * np.sign(W)", "wrong-activation or another-loss", "derivative of an L1 penalty"),
    ("dS = P.copy()\n    dS[np.arange(n), y] -= 1", "dS = -P\n    dS[np.arange(n), y] += 1", "sign", "Y - P"),
    ("dS = P.copy()\n    dS[np.arange(n), y] -= 1", "dS = P.copy()\n    dS[np.arange(n), y] -= 1\n    dS *= P * (1 - P)",
     "repeated-factor", "multiplied by the derivative of the softmax although it is in P - Y already"),
    ("dW += lam * W", "dW -= lam * W", "sign", "penalty with the sign of an update"),
    ("dW += lam * W", "W -= 0.1 * dW\n    dW += lam * W", "updated-parameter", "penalty of the weights after the update"),
    ("E / E.sum(axis=1, keepdims=True)", "E / E.sum()", "another-loss or wrong-axis", "softmax over the whole batch"),
]
