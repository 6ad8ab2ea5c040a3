"""A sparse autoencoder with weight decay and the divergence of the mean activations.

expected kind: missing-factor
wrong line: 52 or 50
correction 50: sparsity = (-rho / rho_hat + (1 - rho) / (1 - rho_hat)) * a2 * (1 - a2)
correction 52: delta2 = (W2.T @ delta3 + beta * sparsity) * a2 * (1 - a2)
what: the sparsity term is added after the multiplication by the slope of the hidden units, so that it goes without
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["W1", "W2", "b1", "b2"]
lam, rho, beta = 0.01, 0.1, 0.8

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.random((6, 9)), 0.7 * rng.normal(size=(4, 6)), 0.7 * rng.normal(size=(6, 4)), rng.normal(size=(4, 1)), rng.normal(size=(6, 1))

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def loss(x, W1, W2, b1, b2):
    m = x.shape[1]
    a2 = sigmoid(W1 @ x + b1)
    a3 = sigmoid(W2 @ a2 + b2)
    mean = a2.mean(axis=1)
    kl = np.sum(rho * np.log(rho / mean) + (1 - rho) * np.log((1 - rho) / (1 - mean)))
    return np.sum((a3 - x) ** 2) / (2 * m) + lam / 2 * (np.sum(W1 ** 2) + np.sum(W2 ** 2)) + beta * kl

def right(x, W1, W2, b1, b2):
    m = x.shape[1]
    a2 = sigmoid(W1 @ x + b1)
    a3 = sigmoid(W2 @ a2 + b2)
    rho_hat = np.mean(a2, axis=1, keepdims=True)
    sparsity = -rho / rho_hat + (1 - rho) / (1 - rho_hat)
    delta3 = -(x - a3) * a3 * (1 - a3)
    delta2 = (W2.T @ delta3 + beta * sparsity) * a2 * (1 - a2)
    W1grad = delta2 @ x.T / m + lam * W1
    W2grad = delta3 @ a2.T / m + lam * W2
    b1grad = np.sum(delta2, axis=1, keepdims=True) / m
    b2grad = np.sum(delta3, axis=1, keepdims=True) / m
    return W1grad, W2grad, b1grad, b2grad

def backprop(x, W1, W2, b1, b2):
    m = x.shape[1]
    a2 = sigmoid(W1 @ x + b1)
    a3 = sigmoid(W2 @ a2 + b2)
    rho_hat = np.mean(a2, axis=1, keepdims=True)
    sparsity = -rho / rho_hat + (1 - rho) / (1 - rho_hat)
    delta3 = -(x - a3) * a3 * (1 - a3)
    delta2 = (W2.T @ delta3) * a2 * (1 - a2) + beta * sparsity
    W1grad = delta2 @ x.T / m + lam * W1
    W2grad = delta3 @ a2.T / m + lam * W2
    b1grad = np.sum(delta2, axis=1, keepdims=True) / m
    b2grad = np.sum(delta3, axis=1, keepdims=True) / m
    return W1grad, W2grad, b1grad, b2grad
