"""Log-softmax with the probabilities of a teacher: the logits of the student

expected kind: diagonal-jacobian or missing-term or another-loss
wrong line: 38
correction 38: bottom_diff = (Q - P) / (n * temperature)
what: only the logit's own log-probability is differentiated, p (q - 1); the others depend on it as well
source: https://github.com/yjxiong/caffe/issues/171
said: someone derived p (q - 1) for the backward pass of a softmax layer with the cross entropy to a teacher's distribution p; it is
    q - p
"""
import numpy as np

PARAMETERS = ["W", "b"]
temperature = 2.0


def loss(X, P, W, b):
    z = (X @ W + b) / temperature
    z = z - np.max(z, axis=1, keepdims=True)
    log_q = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return np.mean(np.sum(P * (np.log(P) - log_q), axis=1))


def right(X, P, W, b):
    n = X.shape[0]
    z = (X @ W + b) / temperature
    Q = np.exp(z - z.max(axis=1, keepdims=True))
    Q /= Q.sum(axis=1, keepdims=True)
    bottom_diff = (Q - P) / (n * temperature)
    return X.T @ bottom_diff, bottom_diff.sum(axis=0)


def backprop(X, P, W, b):
    n = X.shape[0]
    z = (X @ W + b) / temperature
    Q = np.exp(z - z.max(axis=1, keepdims=True))
    Q /= Q.sum(axis=1, keepdims=True)
    bottom_diff = P * (Q - 1) / (n * temperature)
    return X.T @ bottom_diff, bottom_diff.sum(axis=0)


def data(seed=0):
    rng = np.random.default_rng(seed)
    teacher = np.exp(rng.normal(size=(7, 4)))
    return [rng.normal(size=(7, 3)), teacher / teacher.sum(axis=1, keepdims=True), rng.normal(size=(3, 4)), rng.normal(size=4)]
