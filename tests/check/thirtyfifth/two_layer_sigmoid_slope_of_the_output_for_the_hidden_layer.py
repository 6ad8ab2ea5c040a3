"""Two sigmoid layers, squared error, one output.

expected kind: wrong-point or stale-value or wrong-parameter
wrong line: 45
correction 45: hidden_delta = output_delta.dot(w_out.T) * hidden * (1 - hidden)
what: the hidden layer's error is multiplied by the slope at the output (which broadcasts) instead of its own
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["w_hidden", "b_hidden", "w_out", "b_out"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    y = (rng.random((8, 1)) > 0.5) * 1.0
    return rng.normal(size=(8, 3)), y, rng.normal(size=(3, 4)), rng.normal(size=(1, 4)), rng.normal(size=(4, 1)), rng.normal(size=(1, 1))

def nonlin(x):
    return 1 / (1 + np.exp(-x))

def loss(X, y, w_hidden, b_hidden, w_out, b_out):
    hidden = nonlin(X.dot(w_hidden) + b_hidden)
    predicted = nonlin(hidden.dot(w_out) + b_out)
    return np.sum((y - predicted) ** 2) / 2

def right(X, y, w_hidden, b_hidden, w_out, b_out):
    hidden = nonlin(X.dot(w_hidden) + b_hidden)
    predicted = nonlin(hidden.dot(w_out) + b_out)
    error = predicted - y
    output_delta = error * predicted * (1 - predicted)
    hidden_delta = output_delta.dot(w_out.T) * hidden * (1 - hidden)
    return {
        "w_hidden": X.T.dot(hidden_delta),
        "b_hidden": hidden_delta.sum(axis=0, keepdims=True),
        "w_out": hidden.T.dot(output_delta),
        "b_out": output_delta.sum(axis=0, keepdims=True),
    }

def backprop(X, y, w_hidden, b_hidden, w_out, b_out):
    hidden = nonlin(X.dot(w_hidden) + b_hidden)
    predicted = nonlin(hidden.dot(w_out) + b_out)
    error = predicted - y
    output_delta = error * predicted * (1 - predicted)
    hidden_delta = output_delta.dot(w_out.T) * predicted * (1 - predicted)
    return {
        "w_hidden": X.T.dot(hidden_delta),
        "b_hidden": hidden_delta.sum(axis=0, keepdims=True),
        "w_out": hidden.T.dot(output_delta),
        "b_out": output_delta.sum(axis=0, keepdims=True),
    }
