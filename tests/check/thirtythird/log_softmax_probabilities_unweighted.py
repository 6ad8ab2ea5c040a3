"""The log-softmax layer with class weights: a weighted negative log-likelihood.

expected kind: missing-factor or missing-sum
wrong line: 47
correction 47: dz = grad - np.exp(logp) * grad.sum(1, keepdims=True)
what: the gradient from above isn't summed: the probabilities are added as they are, which is right only where all weights are one
source: https://github.com/mlpack/mlpack/issues/3468
said: The derivative of the log-softmax layer was incorrect: other than that of the log behind a softmax layer.
"""
import numpy as np


def log_softmax(z):
    return z - np.log(np.exp(z).sum(1, keepdims=True))


def loss(x, labels, class_weights, W, b):
    logp = log_softmax(x @ W + b)
    picked = logp[np.arange(len(x)), labels]
    return -np.sum(class_weights[labels] * picked)


def nll_backwardRight(logp, labels, class_weights):
    grad = np.zeros_like(logp)
    grad[np.arange(len(labels)), labels] = -class_weights[labels]
    return grad


def log_softmax_backwardRight(grad, logp):
    dz = grad - np.exp(logp) * grad.sum(1, keepdims=True)
    return dz


def right(x, labels, class_weights, W, b):
    logp = log_softmax(x @ W + b)
    dz = log_softmax_backwardRight(nll_backwardRight(logp, labels, class_weights), logp)
    return {"W": x.T @ dz, "b": dz.sum(0)}


def nll_backward(logp, labels, class_weights):
    grad = np.zeros_like(logp)
    grad[np.arange(len(labels)), labels] = -class_weights[labels]
    return grad


def log_softmax_backward(grad, logp):
    dz = grad + np.exp(logp)
    return dz


def backprop(x, labels, class_weights, W, b):
    logp = log_softmax(x @ W + b)
    dz = log_softmax_backward(nll_backward(logp, labels, class_weights), logp)
    return {"W": x.T @ dz, "b": dz.sum(0)}


PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(6, 3)), r.integers(3, size=6), np.array([0.5, 1.7, 2.4]), r.normal(size=(3, 3)), r.normal(size=3)]
