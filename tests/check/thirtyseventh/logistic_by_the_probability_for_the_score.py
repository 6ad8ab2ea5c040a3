"""logistic by the probability for the score.

expected kind: missing-factor
wrong line: 32 or 33
correction 32: grad = (-y / p + (1 - y) / (1 - p)) * p * (1 - p)
correction 33: grad = grad * p * (1 - p) / len(y)
what: the loss is differentiated by the probability, and the step from there to the score is left out
source: https://github.com/wepe/tgboost/issues/9
said: the author says that the gradient was taken by the probability, where xgboost takes it by the score before the sigmoid
"""
import numpy as np

class LogisticLoss:
    @staticmethod
    def transform(score):
        return 1 / (1 + np.exp(-score))

def loss(X, y, w, b):
    p = LogisticLoss.transform(X @ w + b)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

def right(X, y, w, b):
    score = X @ w + b
    p = LogisticLoss.transform(score)
    grad = (-y / p + (1 - y) / (1 - p)) * p * (1 - p)
    grad = grad / len(y)
    return X.T @ grad, grad.sum(keepdims=True)

def backprop(X, y, w, b):
    score = X @ w + b
    p = LogisticLoss.transform(score)
    grad = -y / p + (1 - y) / (1 - p)
    grad = grad / len(y)
    return X.T @ grad, grad.sum(keepdims=True)

PARAMETERS = ['w', 'b']

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(10, 3)), rng.integers(2, size=10) * 1.0, rng.normal(size=3), rng.normal(size=1)
