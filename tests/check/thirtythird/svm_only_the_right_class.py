"""svm only the right class.

expected kind: missing-term
wrong line: 45
correction 45: coef = violated[:, None] * (onehot[r] - onehot[y])
what: of the largest margin only the part of the right class's row is there, not that of its rival's
source: https://stats.stackexchange.com/questions/155088/gradient-for-hinge-loss-multiclass
said: the asker's gradient of the multiclass hinge is -x_i in the row of the right class and nothing else; the
    answer gives the other rows
"""
import numpy as np

lam = 0.05


def rivals(S, y):
    masked = S.copy()
    masked[np.arange(len(y)), y] = -np.inf
    return masked.argmax(axis=1)


def loss(W, X, y):
    S = X @ W.T
    i = np.arange(len(y))
    worst = S[i, rivals(S, y)]
    return np.mean(np.maximum(0, 1 + worst - S[i, y])) + lam / 2 * np.sum(W ** 2)


def right(W, X, y):
    S, dW = X @ W.T, lam * W
    for x, label, rival, s in zip(X, y, rivals(S, y), S):
        if 1 + s[rival] - s[label] > 0:
            dW[rival] = dW[rival] + x / len(y)
            dW[label] = dW[label] - x / len(y)
    return dW


def backprop(W, X, y):
    N, K = len(y), W.shape[0]
    S = X @ W.T
    r = rivals(S, y)
    margin = 1 + S[np.arange(N), r] - S[np.arange(N), y]
    violated = (margin > 0).astype(float)
    onehot = np.eye(K)
    coef = violated[:, None] * (-onehot[y])
    dW = coef.T @ X / N
    return dW + lam * W


PARAMETERS = ["W"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(4, 3)), rng.normal(size=(8, 3)), rng.integers(4, size=8)]
