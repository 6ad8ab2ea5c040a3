"""A network of two sigmoid layers.

expected kind: wrong-point or wrong-activation
wrong line: 38
or together: 43 and 45
correction 38: return sig(x) * (1 - sig(x))
correction 43: d2 = (a2 - Y) * slope(a2)
correction 45: d1 = back * slope(a1)
what: x (1 - x) is the derivative of the sigmoid where x is its output, and x is its input
source: https://github.com/shiffman/Neural-Network-p5/issues/22
said: the derivative of the sigmoid was written x (1 - x), which as a function of the input isn't it: the sigmoid of x has to be taken in it
"""
import numpy as np

def sig(a):
    return 1.0 / (1.0 + np.exp(-a))

def loss(X, Y, W1, b1, W2, b2):
    H = sig(X @ W1 + b1)
    return 0.5 * np.sum((sig(H @ W2 + b2) - Y) ** 2)


def right(X, Y, W1, b1, W2, b2):
    def slope(x):
        return sig(x) * (1 - sig(x))
    net1 = X @ W1 + b1
    a1 = sig(net1)
    net2 = a1 @ W2 + b2
    a2 = sig(net2)
    d2 = (a2 - Y) * slope(net2)
    back = d2 @ W2.T
    d1 = back * slope(net1)
    return X.T @ d1, d1.sum(axis=0), a1.T @ d2, d2.sum(axis=0)


def backprop(X, Y, W1, b1, W2, b2):
    def slope(x):
        return x * (1 - x)
    net1 = X @ W1 + b1
    a1 = sig(net1)
    net2 = a1 @ W2 + b2
    a2 = sig(net2)
    d2 = (a2 - Y) * slope(net2)
    back = d2 @ W2.T
    d1 = back * slope(net1)
    return X.T @ d1, d1.sum(axis=0), a1.T @ d2, d2.sum(axis=0)


PARAMETERS = ["W1", "b1", "W2", "b2"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=s) for s in [(6, 2), (6, 2), (2, 4), (4,), (4, 2), (2,)]]
