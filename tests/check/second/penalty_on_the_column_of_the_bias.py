"""Penalty on the column of the bias.

expected kind: repeated-term or another-loss
wrong line: 57
correction 57: theta1_ = np.c_[np.zeros((Theta1.shape[0], 1)), Theta1[:, 1:]]
what: The column of the bias in the matrix of weights is penalised in the gradient, with ones in its place; not in the
    loss
source: github.com/JWarmenhoven/Coursera-Machine-Learning, issue 3
said: The copy of theta that is added for the penalty gets a first column of ones where zeros belong, since biases
    have no penalty.
"""

import numpy as np

PARAMETERS = ["Theta1", "Theta2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 4)), r.normal(size=(2, 5)), r.normal(size=(6, 3)), np.eye(2)[r.integers(0, 2, 6)], 0.7


def loss(Theta1, Theta2, X, Y, lam):
    one = np.ones((len(X), 1))
    a2 = np.concatenate([one, 1 / (1 + np.exp(-(np.concatenate([one, X], axis=1) @ Theta1.T)))], axis=1)
    h = 1 / (1 + np.exp(-(a2 @ Theta2.T)))
    J = -np.sum(Y * np.log(h) + (1 - Y) * np.log(1 - h)) / len(X)
    return J + lam / (2 * len(X)) * (np.sum(Theta1[:, 1:] ** 2) + np.sum(Theta2[:, 1:] ** 2))


def right(Theta1, Theta2, X, Y, lam):
    m = len(X)
    A1 = np.c_[np.ones(m), X]
    S = 1 / (1 + np.exp(-A1 @ Theta1.T))
    A2 = np.c_[np.ones(m), S]
    D = (1 / (1 + np.exp(-A2 @ Theta2.T)) - Y) / m
    G1, G2 = (D @ Theta2[:, 1:] * S * (1 - S)).T @ A1, D.T @ A2
    G1[:, 1:] += lam / m * Theta1[:, 1:]
    G2[:, 1:] += lam / m * Theta2[:, 1:]
    return G1, G2


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def backprop(Theta1, Theta2, X, Y, lam):
    m = X.shape[0]
    a1 = np.c_[np.ones((m, 1)), X]
    z2 = Theta1.dot(a1.T)
    a2 = np.c_[np.ones((m, 1)), sigmoid(z2.T)]
    a3 = sigmoid(Theta2.dot(a2.T))
    d3 = a3.T - Y
    d2 = Theta2[:, 1:].T.dot(d3.T) * sigmoid(z2) * (1 - sigmoid(z2))
    delta1 = d2.dot(a1)
    delta2 = d3.T.dot(a2)
    theta1_ = np.c_[np.ones((Theta1.shape[0], 1)), Theta1[:, 1:]]
    theta2_ = np.c_[np.zeros((Theta2.shape[0], 1)), Theta2[:, 1:]]
    return delta1 / m + theta1_ * lam / m, delta2 / m + theta2_ * lam / m
