"""Digits weights updated layer by layer.

expected kind: updated-parameter
wrong line: 73 or 76
correction 73: new_layers[l] = layers[l] - rate * gradients[l]
correction 76: delta = delta @ Theta2[:, 1:] * hidden * (1 - hidden)
what: A layer is updated before the error goes back through its weights
source: https://github.com/LxMLS/lxmls-guide/issues/115
said: the line of the algorithm that updates should stand outside the loop, else weights change before all gradients are known
"""

import numpy as np

PARAMETERS = ["Theta1", "Theta2"]
LAM = 0.5


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 5)), r.normal(size=(3, 5)), r.normal(size=(6, 4)), np.array([0, 1, 2, 1, 0, 2])


def loss(Theta1, Theta2, X, labels):
    m = len(labels)
    ones = np.ones((m, 1))
    a2 = 1 / (1 + np.exp(-(np.concatenate([ones, X], axis=1) @ Theta1.T)))
    h = 1 / (1 + np.exp(-(np.concatenate([ones, a2], axis=1) @ Theta2.T)))
    Y = np.eye(3)[labels]
    J = -np.sum(Y * np.log(h) + (1 - Y) * np.log(1 - h)) / m
    return J + LAM / (2 * m) * (np.sum(Theta1**2) + np.sum(Theta2**2))


def sigmoidGradient(z):
    g = 1 / (1 + np.exp(-z))
    return g * (1 - g)


def regularization(Theta):
    return LAM * Theta


def right(Theta1, Theta2, X, labels):
    m = X.shape[0]
    Delta1, Delta2 = np.zeros(Theta1.shape), np.zeros(Theta2.shape)
    for t in range(m):
        a1 = np.append(1.0, X[t]).reshape(-1, 1)
        z2 = Theta1 @ a1
        a2 = np.vstack([np.ones((1, 1)), 1 / (1 + np.exp(-z2))])
        a3 = 1 / (1 + np.exp(-(Theta2 @ a2)))
        y = np.zeros((3, 1))
        y[labels[t]] = 1
        delta3 = a3 - y
        delta2 = (Theta2[:, 1:].T @ delta3) * sigmoidGradient(z2)
        Delta2 += delta3 @ a2.T
        Delta1 += delta2 @ a1.T
    Theta1_grad = (Delta1 + regularization(Theta1)) / m
    Theta2_grad = (Delta2 + regularization(Theta2)) / m
    return Theta1_grad, Theta2_grad


def backprop(Theta1, Theta2, X, labels):
    m, rate = len(X), 0.1
    layers, new_layers = [Theta1, Theta2], [None, None]
    inputs, out = [], X
    for Theta in layers:
        out = np.c_[np.ones(m), out]
        inputs.append(out)
        out = 1 / (1 + np.exp(-out @ Theta.T))
    gradients = [None, None]
    delta = (out - np.eye(3)[labels]) / m
    for l in (1, 0):
        gradients[l] = delta.T @ inputs[l] + LAM / m * layers[l]
        layers[l] = layers[l] - rate * gradients[l]
        if l > 0:
            hidden = inputs[l][:, 1:]
            delta = delta @ layers[l][:, 1:] * hidden * (1 - hidden)
    return gradients
