"""Two layers of sigmoids with biases, the sum of squares; as many examples as hidden units.

expected kind: missing-factor or another-loss + wrong-axis
wrong line: 37 and 42
correction 37: d_out = 2 * (O - T) * O * (1 - O)
correction 42: db1 = np.sum(d_hid, axis=0)
what: the output's sigmoid is not differentiated; the hidden biases' gradient is summed over the units instead of the examples
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def f(a):
    return 1 / (1 + np.exp(-a))


def loss(X, T, W1, b1, W2, b2):
    O = f(f(X @ W1 + b1) @ W2 + b2)
    return np.sum((O - T) ** 2)


def right(X, T, W1, b1, W2, b2):
    H = f(X @ W1 + b1)
    O = f(H @ W2 + b2)
    d_out = 2 * (O - T) * O * (1 - O)
    dW2 = H.T @ d_out
    db2 = np.sum(d_out, axis=0)
    d_hid = (d_out @ W2.T) * H * (1 - H)
    dW1 = X.T @ d_hid
    db1 = np.sum(d_hid, axis=0)
    return dW1, db1, dW2, db2


def backprop(X, T, W1, b1, W2, b2):
    H = f(X @ W1 + b1)
    O = f(H @ W2 + b2)
    d_out = 2 * (O - T)
    dW2 = H.T @ d_out
    db2 = np.sum(d_out, axis=0)
    d_hid = (d_out @ W2.T) * H * (1 - H)
    dW1 = X.T @ d_hid
    db1 = np.sum(d_hid, axis=1)
    return dW1, db1, dW2, db2


PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(4, 3)), r.random((4, 2)), r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(4, 2)), r.normal(size=2)]
