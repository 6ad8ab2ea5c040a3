"""Autoencoder tied weights of the decoder only.

expected kind: missing-term or detached
wrong line: 44
correction 44: grad_W = h.T @ grad_a_hat + grad_a.T @ x
what: the one matrix is used twice, and only its use in the decoder is in the gradient
source: https://wiki.hoelee.com/content/stats.stackexchange.com_en_all_2022-05/questions/239943/autoencoders-gradient-when-using-tied-weights
said: somebody did not see why the gradient of tied weights is a sum of two
"""

import numpy as np

PARAMETERS = ["W", "b", "c"]

def sigmoid(a):
    return 1 / (1 + np.exp(-a))

def data(seed=0):
    rng = np.random.default_rng(seed)
    return (rng.random((5, 6)) > 0.5) * 1.0, rng.normal(size=(3, 6)), rng.normal(size=3), rng.normal(size=6)

def loss(x, W, b, c):
    h = sigmoid(x @ W.T + b)
    x_hat = sigmoid(h @ W + c)
    return -np.sum(x * np.log(x_hat) + (1 - x) * np.log(1 - x_hat)) / len(x)

def right(x, W, b, c):
    h = sigmoid(x @ W.T + b)
    x_hat = sigmoid(h @ W + c)
    grad_a_hat = (x_hat - x) / len(x)
    grad_h = grad_a_hat @ W.T
    grad_a = grad_h * h * (1 - h)
    grad_W = h.T @ grad_a_hat + grad_a.T @ x
    grad_b = grad_a.sum(axis=0)
    grad_c = grad_a_hat.sum(axis=0)
    return grad_W, grad_b, grad_c

def backprop(x, W, b, c):
    h = sigmoid(x @ W.T + b)
    x_hat = sigmoid(h @ W + c)
    grad_a_hat = (x_hat - x) / len(x)
    grad_h = grad_a_hat @ W.T
    grad_a = grad_h * h * (1 - h)
    grad_W = h.T @ grad_a_hat
    grad_b = grad_a.sum(axis=0)
    grad_c = grad_a_hat.sum(axis=0)
    return grad_W, grad_b, grad_c
