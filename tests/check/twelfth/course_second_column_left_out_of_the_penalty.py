"""Course second column left out of the penalty.

expected kind: wrong-mask or wrong-axis or repeated-term or another-loss
wrong line: 91
correction 91: reg1[:, 0] = 0
what: The column that isn't penalised is the second, as counted from one, and not that of the bias
source: https://github.com/dibgerge/ml-coursera-python-assignments/issues/45
said: element 1 was set to zero for the penalty, where element 0 is the bias
"""

import numpy as np

PARAMETERS = ["Theta1", "Theta2"]

lambda_ = 1.5
num_labels = 3


def data(seed=0):
    r = np.random.default_rng(seed)
    Theta1, Theta2, X = (r.normal(size=s) for s in [(4, 4), (3, 5), (6, 3)])
    return Theta1, Theta2, X, np.array([0, 2, 1, 1, 2, 0])


def loss(Theta1, Theta2, X, y):
    m = len(y)
    a2 = 1 / (1 + np.exp(-(X @ Theta1[:, 1:].T + Theta1[:, 0])))
    h = 1 / (1 + np.exp(-(a2 @ Theta2[:, 1:].T + Theta2[:, 0])))
    Y = np.eye(num_labels)[y]
    J = np.sum(-Y * np.log(h) - (1 - Y) * np.log(1 - h)) / m
    return J + lambda_ / (2 * m) * (np.sum(Theta1[:, 1:] ** 2) + np.sum(Theta2[:, 1:] ** 2))


def add_bias(a):
    return np.c_[np.ones((a.shape[0], 1)), a]


def without_bias(theta):
    return np.c_[np.zeros((theta.shape[0], 1)), theta[:, 1:]]


def right(Theta1, Theta2, X, y):
    m = y.shape[0]
    y_matrix = np.zeros((m, num_labels))
    y_matrix[np.arange(m), y] = 1

    a1 = add_bias(X)  # 6x4
    z2 = a1.dot(Theta1.T)
    a2 = add_bias(1 / (1 + np.exp(-z2)))  # 6x5
    z3 = a2.dot(Theta2.T)
    a3 = 1 / (1 + np.exp(-z3))

    d3 = a3 - y_matrix
    d2 = d3.dot(Theta2[:, 1:]) * a2[:, 1:] * (1 - a2[:, 1:])
    delta1 = d2.T.dot(a1)
    delta2 = d3.T.dot(a2)

    theta1_grad = delta1 / m + without_bias(Theta1) * lambda_ / m
    theta2_grad = delta2 / m + without_bias(Theta2) * lambda_ / m
    return theta1_grad, theta2_grad


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoidGradient(z):
    g = sigmoid(z)
    return g * (1 - g)


def backprop(Theta1, Theta2, X, y):
    m = X.shape[0]
    Delta1 = np.zeros(Theta1.shape)
    Delta2 = np.zeros(Theta2.shape)
    for t in range(m):
        a1 = np.concatenate([[1], X[t]])
        z2 = Theta1.dot(a1)
        a2 = np.concatenate([[1], sigmoid(z2)])
        z3 = Theta2.dot(a2)
        a3 = sigmoid(z3)

        yv = np.zeros(num_labels)
        yv[y[t]] = 1
        delta3 = a3 - yv
        delta2 = Theta2.T.dot(delta3)[1:] * sigmoidGradient(z2)
        Delta1 += np.outer(delta2, a1)
        Delta2 += np.outer(delta3, a2)

    reg1, reg2 = Theta1.copy(), Theta2.copy()
    reg1[:, 1] = 0
    reg2[:, 0] = 0
    Theta1_grad = Delta1 / m + lambda_ / m * reg1
    Theta2_grad = Delta2 / m + lambda_ / m * reg2
    return Theta1_grad, Theta2_grad
