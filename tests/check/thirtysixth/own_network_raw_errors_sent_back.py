"""A network of two sigmoid layers, without biases.

expected kind: missing-factor
wrong line: 36
correction 36: hidden_errors = w_ho.T @ (output_errors * out * (1.0 - out))
what: the hidden layer's errors are the output's raw errors split by the weights, without the slope of the output
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def sig(a):
    return 1.0 / (1.0 + np.exp(-a))

def feed(x, w_ih, w_ho):
    """Columns are examples, as in the book; there are no biases."""
    h = sig(w_ih @ x)
    return h, sig(w_ho @ h)

def loss(x, target, w_ih, w_ho):
    return np.sum((target - feed(x, w_ih, w_ho)[1]) ** 2)


def right(x, target, w_ih, w_ho):
    h, out = feed(x, w_ih, w_ho)
    output_errors = target - out
    hidden_errors = w_ho.T @ (output_errors * out * (1.0 - out))
    grad_ho = -2 * (output_errors * out * (1.0 - out)) @ h.T
    grad_ih = -2 * (hidden_errors * h * (1.0 - h)) @ x.T
    return grad_ih, grad_ho


def backprop(x, target, w_ih, w_ho):
    h, out = feed(x, w_ih, w_ho)
    output_errors = target - out
    hidden_errors = w_ho.T @ output_errors
    grad_ho = -2 * (output_errors * out * (1.0 - out)) @ h.T
    grad_ih = -2 * (hidden_errors * h * (1.0 - h)) @ x.T
    return grad_ih, grad_ho


PARAMETERS = ["w_ih", "w_ho"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(3, 7)), rng.random((2, 7)), rng.normal(size=(4, 3)), rng.normal(size=(2, 4))]
