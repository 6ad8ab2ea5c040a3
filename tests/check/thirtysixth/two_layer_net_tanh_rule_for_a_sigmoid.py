"""A net with a hidden layer of sigmoids and a softmax.

expected kind: wrong-activation or missing-factor or wrong-point
wrong line: 51
correction 51: delta2 = delta3.dot(W2.T) * h * (1 - h)
what: the hidden layer is a sigmoid; the derivative is that of tanh, 1 - h ** 2
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def predict(model, X):
    h = sigmoid(X.dot(model[0]) + model[1])
    scores = h.dot(model[2]) + model[3]
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return h, e / e.sum(axis=1, keepdims=True)


def loss(W1, b1, W2, b2, X, y):
    _, probs = predict((W1, b1, W2, b2), X)
    return -np.mean(np.log(probs[np.arange(len(X)), y]))


def right(W1, b1, W2, b2, X, y):
    num = len(X)
    h, probs = predict((W1, b1, W2, b2), X)
    delta3 = probs.copy()
    delta3[np.arange(num), y] -= 1
    delta3 /= num
    dW2 = h.T.dot(delta3)
    db2 = delta3.sum(axis=0)
    delta2 = delta3.dot(W2.T) * h * (1 - h)
    dW1 = X.T.dot(delta2)
    db1 = delta2.sum(axis=0)
    return dW1, db1, dW2, db2


def backprop(W1, b1, W2, b2, X, y):
    num = len(X)
    h, probs = predict((W1, b1, W2, b2), X)
    delta3 = probs.copy()
    delta3[np.arange(num), y] -= 1
    delta3 /= num
    dW2 = h.T.dot(delta3)
    db2 = delta3.sum(axis=0)
    delta2 = delta3.dot(W2.T) * (1 - np.power(h, 2))
    dW1 = X.T.dot(delta2)
    db1 = delta2.sum(axis=0)
    return dW1, db1, dW2, db2


PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2 = r.normal(size=(3, 5)), r.normal(size=5), r.normal(size=(5, 3)), r.normal(size=3)
    return W1, b1, W2, b2, r.normal(size=(6, 3)), r.integers(3, size=6)
