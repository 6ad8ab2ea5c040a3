"""batch normalisation, closed form: the width for the batch size.

expected kind: scale or wrong-axis or mean-for-sum
wrong line: 34 or 38
correction 34: m = dout.shape[0]
correction 38: d_x = std_inv * (d_xn - d_xn.mean(axis=0) - xn * (d_xn * xn).mean(axis=0))
what: the m of the formula is the number of features, not of the examples
source: https://github.com/RubixML/ML/pull/423
said: the batch norm's backward pass took the matrix's m, its width, where the size of the batch belongs; square matrices in the tests had hidden it
"""
import numpy as np

def normalise(x, eps=1e-5):
    std_inv = 1 / np.sqrt(np.var(x, axis=0) + eps)
    return (x - np.mean(x, axis=0)) * std_inv, std_inv

def loss(x, gamma, beta, target):
    xn, _ = normalise(x)
    return 0.5 * np.sum((gamma * xn + beta - target) ** 2)

def right(x, gamma, beta, target):
    xn, std_inv = normalise(x)
    dout = gamma * xn + beta - target
    m = dout.shape[0]
    d_beta = np.sum(dout, axis=0)
    d_gamma = np.sum(dout * xn, axis=0)
    d_xn = dout * gamma
    d_x = std_inv / m * (m * d_xn - d_xn.sum(axis=0) - xn * (d_xn * xn).sum(axis=0))
    return {"x": d_x, "gamma": d_gamma, "beta": d_beta}

def backprop(x, gamma, beta, target):
    xn, std_inv = normalise(x)
    dout = gamma * xn + beta - target
    m = dout.shape[1]
    d_beta = np.sum(dout, axis=0)
    d_gamma = np.sum(dout * xn, axis=0)
    d_xn = dout * gamma
    d_x = std_inv / m * (m * d_xn - d_xn.sum(axis=0) - xn * (d_xn * xn).sum(axis=0))
    return {"x": d_x, "gamma": d_gamma, "beta": d_beta}

PARAMETERS = ["x", "gamma", "beta"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(8, 3)), rng.normal(size=3), rng.normal(size=3), rng.normal(size=(8, 3))]
