"""Softmax regression by batch gradient descent, example by example.

expected kind: wrong-axis or missing-term or detached or wrong-shape or unexplained
wrong line: 50
correction 50: grad_bias += error
what: for the bias the error is averaged over the classes, and every class gets the same (which is always zero)
source: https://solutionfall.com/question/i-am-stuck-with-batch-gradient-descent-using-softmax-regression
said: a softmax regression always answers the same class; its bias is moved by the mean of the error over the classes,
    one number for all of them
"""
import numpy as np

PARAMETERS = ["theta", "bias"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    xs = rng.normal(size=(8, 2))
    ys = rng.integers(3, size=8)
    return xs, ys, rng.normal(size=(2, 3)), rng.normal(size=3)

def softmax(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()

def one_hot(ys, k):
    tau = np.zeros((len(ys), k))
    tau[np.arange(len(ys)), ys] = 1
    return tau

def loss(xs, ys, theta, bias):
    total = 0.0
    for x, y in zip(xs, ys):
        total -= np.log(softmax(x @ theta + bias)[y])
    return total + 0.5 * np.sum(theta ** 2)

def right(xs, ys, theta, bias):
    z = xs @ theta + bias
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    d = p - one_hot(ys, 3)
    return xs.T @ d + theta, d.sum(axis=0)

def backprop(xs, ys, theta, bias):
    tau = one_hot(ys, len(bias))
    grad_theta = np.zeros_like(theta)
    grad_bias = np.zeros_like(bias)
    for i in range(xs.shape[0]):
        o = softmax(np.dot(xs[i], theta) + bias)
        error = o - tau[i]
        grad_theta += np.outer(xs[i], error)
        grad_bias += np.mean(error)
    grad_theta += theta
    return grad_theta, grad_bias
