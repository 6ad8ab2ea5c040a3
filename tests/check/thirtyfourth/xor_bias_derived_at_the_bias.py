"""XOR network with biases: the bias's derivative is taken at the bias.

expected kind: wrong-point or wrong-activation
wrong line: 41 or 44
correction 41: o_biases = o_error * nonlin(o, deriv=True)
correction 44: return np.dot(X.T, h_delta), np.dot(h.T, o_delta), np.sum(o_delta, axis=0, keepdims=True)
what: nonlin(b, deriv=True) is b(1 - b), where the derivative at the neuron's output belongs
source: https://ai.stackexchange.com/questions/16675/calculation-of-neural-network-biases-in-backpropagation
said: biases were added to a small example network, and their deltas multiply the error by the derivative evaluated at the bias itself, on the lines that the asker marks with question marks
"""
import numpy as np

def nonlin(x, deriv=False):
    if deriv:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))

X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0.0], [1], [1], [0]])

def loss(wh, wo, bo):
    h = nonlin(np.dot(X, wh))
    o = nonlin(np.dot(h, wo) + bo)
    return 0.5 * np.sum((o - Y) ** 2)

def right(wh, wo, bo):
    h = nonlin(np.dot(X, wh))
    o = nonlin(np.dot(h, wo) + bo)
    o_error = o - Y
    o_delta = o_error * nonlin(o, deriv=True)
    o_biases = o_error * nonlin(o, deriv=True)
    h_error = np.dot(o_delta, wo.T)
    h_delta = h_error * nonlin(h, deriv=True)
    return np.dot(X.T, h_delta), np.dot(h.T, o_delta), np.sum(o_biases, axis=0, keepdims=True)

def backprop(wh, wo, bo):
    h = nonlin(np.dot(X, wh))
    o = nonlin(np.dot(h, wo) + bo)
    o_error = o - Y
    o_delta = o_error * nonlin(o, deriv=True)
    o_biases = o_error * nonlin(bo, deriv=True)
    h_error = np.dot(o_delta, wo.T)
    h_delta = h_error * nonlin(h, deriv=True)
    return np.dot(X.T, h_delta), np.dot(h.T, o_delta), np.sum(o_biases, axis=0, keepdims=True)

PARAMETERS = ["wh", "wo", "bo"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [2 * r.normal(size=(2, 4)), r.normal(size=(4, 1)), r.normal(size=(1, 1))]
