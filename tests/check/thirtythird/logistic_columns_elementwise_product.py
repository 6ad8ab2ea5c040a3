"""logistic columns elementwise product.

expected kind: elementwise-for-matmul or missing-sum or wrong-shape
wrong line: 33
correction 33: dw = 1 / m * np.dot(X, dZ.T)
what: X and the errors are multiplied element by element, so that the examples are never summed
source: https://community.deeplearning.ai/t/course-1-week-2-exercise-5-propagate/119220
said: the student's dw had a column for each example; the mentor's explanation is the star instead of a matrix
    product
"""
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(w, b, X, Y):
    m = X.shape[1]
    A = sigmoid(np.dot(w.T, X) + b)
    return -1 / m * np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A))


def right(w, b, X, Y):
    error = sigmoid(w.T @ X + b) - Y
    return {"w": (X @ error.T) / Y.size, "b": np.mean(error)}


def backprop(w, b, X, Y):
    m = X.shape[1]
    A = sigmoid(np.dot(w.T, X) + b)
    dZ = A - Y
    dw = 1 / m * X * dZ
    db = 1 / m * np.sum(dZ)
    return {"w": dw, "b": db}


PARAMETERS = ["w", "b"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(3, 6))
    Y = (rng.random((1, 6)) > 0.5).astype(float)
    return [rng.normal(size=(3, 1)), rng.normal(), X, Y]
