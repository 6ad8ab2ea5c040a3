"""Weight decay added twice.

expected kind: repeated-term
wrong line: 39
correction 39: grads["W1"] = X.T @ (dhidden * (1 - hidden**2))
what: The decay of the weights is added where their gradient is made and once more for all weights at the end
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=(4, 2)), r.normal(size=(5, 3)), r.normal(size=(5, 2)), 0.4


def loss(W1, W2, X, Y, decay):
    data_loss = 0.5 * np.sum((np.tanh(X @ W1) @ W2 - Y) ** 2)
    return data_loss + 0.5 * decay * (np.sum(W1**2) + np.sum(W2**2))


def right(W1, W2, X, Y, decay):
    h = np.tanh(X @ W1)
    d = h @ W2 - Y
    return X.T @ (d @ W2.T * (1 - h * h)) + decay * W1, h.T @ d + decay * W2


def backprop(W1, W2, X, Y, decay):
    weights = {"W1": W1, "W2": W2}
    hidden = np.tanh(X @ W1)
    diff = hidden @ W2 - Y
    grads = {}
    grads["W2"] = hidden.T @ diff
    dhidden = diff @ W2.T
    grads["W1"] = X.T @ (dhidden * (1 - hidden**2)) + decay * W1
    for name, W in weights.items():
        grads[name] = grads[name] + decay * W
    return grads
