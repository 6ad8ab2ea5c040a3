"""logistic regression with labels ±1: no minus in the sigmoid.

expected kind: sign or wrong-point or wrong-activation
wrong line: 29 or 30
correction 29: s = sigma(-y * (X @ w))
correction 30: return -(y * (1 - s)) @ X / n + lam * w
what: the weight of an example is sigma(margin) where sigma(-margin) belongs
source: https://github.com/Yorko/mlcourse.ai/issues/640
said: the update rule of an assignment on logistic regression had lost the minus in the argument of the sigmoid; it is a crucial minus, said the author
"""
import numpy as np

lam = 0.4

def sigma(t):
    return 1.0 / (1.0 + np.exp(-t))

def loss(X, y, w):
    margin = y * (X @ w)
    return np.mean(np.log(1 + np.exp(-margin))) + 0.5 * lam * np.sum(w * w)

def right(X, y, w):
    n = len(y)
    s = sigma(-y * (X @ w))
    return -(y * s) @ X / n + lam * w

def backprop(X, y, w):
    n = len(y)
    s = sigma(y * (X @ w))
    return -(y * s) @ X / n + lam * w

PARAMETERS = ["w"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(10, 4))
    y = np.where(rng.random(10) > 0.5, 1.0, -1.0)
    return [X, y, rng.normal(size=4)]
