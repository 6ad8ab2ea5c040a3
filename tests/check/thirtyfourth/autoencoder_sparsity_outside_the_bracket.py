"""sparse autoencoder: the sparsity term isn't multiplied by the sigmoid's derivative.

expected kind: missing-factor
wrong line: 45 or 47
correction 45: sparsity = beta * (-rho / rho_hat + (1 - rho) / (1 - rho_hat)) * a2 * (1 - a2)
correction 47: delta2 = (W2.T @ delta3 + sparsity) * a2 * (1 - a2)
what: the bracket closes before a2(1 - a2), so that the penalty's term is added to delta2 as it is
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

rho, beta, lam = 0.1, 0.5, 0.02

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def loss(W1, W2, b1, b2, x):
    m = x.shape[1]
    a2 = sigmoid(W1 @ x + b1)
    a3 = sigmoid(W2 @ a2 + b2)
    rho_hat = np.mean(a2, axis=1)
    kl = np.sum(rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat)))
    return np.sum((a3 - x) ** 2) / (2 * m) + lam / 2 * (np.sum(W1 ** 2) + np.sum(W2 ** 2)) + beta * kl

def right(W1, W2, b1, b2, x):
    m = x.shape[1]
    a2 = sigmoid(W1 @ x + b1)
    a3 = sigmoid(W2 @ a2 + b2)
    rho_hat = a2.mean(axis=1, keepdims=True)
    sparsity = beta * (-rho / rho_hat + (1 - rho) / (1 - rho_hat)) * a2 * (1 - a2)
    delta3 = (a3 - x) * a3 * (1 - a3)
    delta2 = (W2.T @ delta3) * a2 * (1 - a2) + sparsity
    W1grad = delta2 @ x.T / m + lam * W1
    W2grad = delta3 @ a2.T / m + lam * W2
    b1grad = delta2.mean(axis=1, keepdims=True)
    b2grad = delta3.mean(axis=1, keepdims=True)
    return W1grad, W2grad, b1grad, b2grad

def backprop(W1, W2, b1, b2, x):
    m = x.shape[1]
    a2 = sigmoid(W1 @ x + b1)
    a3 = sigmoid(W2 @ a2 + b2)
    rho_hat = a2.mean(axis=1, keepdims=True)
    sparsity = beta * (-rho / rho_hat + (1 - rho) / (1 - rho_hat))
    delta3 = (a3 - x) * a3 * (1 - a3)
    delta2 = (W2.T @ delta3) * a2 * (1 - a2) + sparsity
    W1grad = delta2 @ x.T / m + lam * W1
    W2grad = delta3 @ a2.T / m + lam * W2
    b1grad = delta2.mean(axis=1, keepdims=True)
    b2grad = delta3.mean(axis=1, keepdims=True)
    return W1grad, W2grad, b1grad, b2grad

PARAMETERS = ["W1", "W2", "b1", "b2"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(3, 5)), r.normal(size=(5, 3)), r.normal(size=(3, 1)), r.normal(size=(5, 1)), r.random((5, 7))]
