"""Layernorm jacobian summed over the inputs.

expected kind: wrong-axis or elementwise-for-matmul or unexplained
wrong line: 50
correction 50: dx[n] = jacobian.T @ dy
what: each row of the Jacobian summed, and that times the gradient that comes in: it is zero but for epsilon
source: https://datascience.stackexchange.com/questions/89630/why-does-my-manual-derivative-of-layer-normalization-imply-no-gradient-flow
said: the derivative of an output by all inputs together was taken for its gradient, so that nothing seemed to flow
"""

import numpy as np

PARAMETERS = ["x", "gain", "bias"]
eps = 1e-5

def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 6)), r.normal(size=6), r.normal(size=6), r.normal(size=(4, 6))

def layer_norm(x, gain, bias):
    mu, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    return gain * (x - mu) / np.sqrt(var + eps) + bias

def loss(x, gain, bias, target):
    return 0.5 * np.sum((layer_norm(x, gain, bias) - target) ** 2)

def right(x, gain, bias, target):
    N, D = x.shape
    dout = layer_norm(x, gain, bias) - target
    dx, dgain = np.zeros_like(x), np.zeros_like(gain)
    for n in range(N):
        sigma = np.sqrt(np.var(x[n]) + eps)
        y = (x[n] - np.mean(x[n])) / sigma
        dgain += dout[n] * y
        dy = dout[n] * gain
        jacobian = (np.eye(D) - 1 / D - np.outer(y, y) / D) / sigma
        dx[n] = jacobian.T @ dy
    return dx, dgain, dout.sum(axis=0)

def backprop(x, gain, bias, target):
    N, D = x.shape
    dout = layer_norm(x, gain, bias) - target
    dx, dgain = np.zeros_like(x), np.zeros_like(gain)
    for n in range(N):
        sigma = np.sqrt(np.var(x[n]) + eps)
        y = (x[n] - np.mean(x[n])) / sigma
        dgain += dout[n] * y
        dy = dout[n] * gain
        jacobian = (np.eye(D) - 1 / D - np.outer(y, y) / D) / sigma
        dx[n] = dy * jacobian.sum(axis=1)
    return dx, dgain, dout.sum(axis=0)
