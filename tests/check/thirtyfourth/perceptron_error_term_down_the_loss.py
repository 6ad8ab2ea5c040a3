"""perceptron for admissions: the error term points down the loss.

expected kind: sign
wrong line: 20 or 37
correction 20: return (output - y) * sigmoid_prime(x)
correction 37: del_w -= error_term * x
what: y - output where the gradient has output - y: the step to be added to the weights, not the gradient
source: https://github.com/udacity/deep-learning-v2-pytorch/issues/24
said: the notebook defines the error term with one sign and adds del_w with the other; the two don't fit, and with the formula as written the training doesn't work
"""
import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def sigmoid_prime(x):
    return sigmoid(x) * (1 - sigmoid(x))

def error_term_formula(x, y, output):
    return (y - output) * sigmoid_prime(x)

def loss(features, targets, weights):
    output = sigmoid(features @ weights)
    return np.mean((targets - output) ** 2) / 2

def right(features, targets, weights):
    out = sigmoid(features @ weights)
    return features.T @ ((out - targets) * out * (1 - out)) / len(targets)

def backprop(features, targets, weights):
    n_records, n_features = features.shape
    del_w = np.zeros(n_features)
    for x, y in zip(features, targets):
        h = np.dot(x, weights)
        output = sigmoid(h)
        error_term = error_term_formula(h, y, output)
        del_w += error_term * x
    return del_w / n_records

PARAMETERS = ["weights"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(8, 4)), (r.random(8) > 0.5) * 1.0, r.normal(size=4)]
