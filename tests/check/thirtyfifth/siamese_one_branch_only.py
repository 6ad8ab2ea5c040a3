"""A siamese net with shared weights and the contrastive loss.

expected kind: missing-term or detached
wrong line: 51
correction 51: dW = X1.T @ dz1 + X2.T @ dz2
what: the shared weights get the gradient of the first branch only
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["W", "b"]
margin = 2.0

def data(seed=0):
    rng = np.random.default_rng(seed)
    same = np.array([1, 0, 1, 0, 0, 1.0])
    return rng.normal(size=(6, 4)), rng.normal(size=(6, 4)), same, rng.normal(size=(4, 3)), rng.normal(size=3)

def loss(X1, X2, same, W, b):
    f1, f2 = np.tanh(X1 @ W + b), np.tanh(X2 @ W + b)
    d = np.sqrt(np.sum((f1 - f2) ** 2, axis=1))
    return np.mean(same * d ** 2 + (1 - same) * np.maximum(margin - d, 0) ** 2) / 2

def right(X1, X2, same, W, b):
    n = len(same)
    f1 = np.tanh(X1 @ W + b)
    f2 = np.tanh(X2 @ W + b)
    diff = f1 - f2
    dist = np.sqrt(np.sum(diff ** 2, axis=1))
    push = np.maximum(margin - dist, 0)
    coefficient = same - (1 - same) * push / dist
    df = coefficient[:, None] * diff / n
    dz1 = df * (1 - f1 ** 2)
    dz2 = -df * (1 - f2 ** 2)
    dW = X1.T @ dz1 + X2.T @ dz2
    db = np.sum(dz1 + dz2, axis=0)
    return {"W": dW, "b": db}

def backprop(X1, X2, same, W, b):
    n = len(same)
    f1 = np.tanh(X1 @ W + b)
    f2 = np.tanh(X2 @ W + b)
    diff = f1 - f2
    dist = np.sqrt(np.sum(diff ** 2, axis=1))
    push = np.maximum(margin - dist, 0)
    coefficient = same - (1 - same) * push / dist
    df = coefficient[:, None] * diff / n
    dz1 = df * (1 - f1 ** 2)
    dz2 = -df * (1 - f2 ** 2)
    dW = X1.T @ dz1
    db = np.sum(dz1 + dz2, axis=0)
    return {"W": dW, "b": db}
