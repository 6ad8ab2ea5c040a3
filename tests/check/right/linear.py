"""Linear models: one product of data and weights, and a loss; as in a first course."""

import numpy as np

from .model import Model


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# Linear regression, with a bias that is a number.
def linear(X, y, w, b):
    return np.mean((X @ w + b - y) ** 2)


def linear_backprop(X, y, w, b):
    N = len(y)
    error = X @ w + b - y
    return {"w": 2 / N * (X.T @ error), "b": 2 / N * np.sum(error)}


def linear_draw(rng):
    return rng.normal(size=(8, 3)), rng.normal(size=8), rng.normal(size=3), np.float64(rng.normal())


# Ridge regression, with the normal equations' half.
def ridge(w, X, y, lam):
    r = y - np.dot(X, w)
    return 0.5 * np.dot(r, r) + 0.5 * lam * np.dot(w, w)


def ridge_backprop(w, X, y, lam):
    return -X.T.dot(y) + X.T.dot(X).dot(w) + lam * w


def ridge_draw(rng):
    x = rng.uniform(-1, 1, size=9)
    return rng.normal(size=5), x[:, None] ** np.arange(5), np.sin(3 * x), 0.1


# Lasso.
def lasso(w, X, y, lam):
    return np.sum((X @ w - y) ** 2) / (2 * X.shape[0]) + lam * np.sum(np.abs(w))


def lasso_backprop(w, X, y, lam):
    grad = X.T @ (X @ w - y) / X.shape[0]
    grad += lam * np.sign(w)
    return grad


def lasso_draw(rng):
    return rng.normal(size=6), rng.normal(size=(7, 6)), rng.normal(size=7), 0.3


def lasso_sparse(rng):
    w, X, y, lam = lasso_draw(rng)
    w[[1, 4]] = 0
    return w, X, y, lam


def lasso_start(rng):
    w, X, y, lam = lasso_draw(rng)
    return np.zeros_like(w), X, y, lam


# Group lasso: the norm of a group of weights that is exactly zero has the subgradient zero.
def group_lasso(W, X, Y):
    return np.mean((X @ W - Y) ** 2) + 0.1 * np.sum(np.sqrt(np.sum(W**2, axis=1)))


def group_lasso_backprop(W, X, Y):
    dW = 2 * X.T @ (X @ W - Y) / Y.size
    for g in range(W.shape[0]):
        norm = np.sqrt(np.sum(W[g] ** 2))
        if norm > 0:
            dW[g] += 0.1 * W[g] / norm
    return dW


def group_lasso_draw(rng):
    return rng.normal(size=(4, 3)), rng.normal(size=(6, 4)), rng.normal(size=(6, 3))


def group_lasso_sparse(rng):
    W, X, Y = group_lasso_draw(rng)
    W[2] = 0
    return W, X, Y


# Logistic regression with the cross-entropy spelled out.
def logistic(theta, X, y):
    m = y.size
    h = 1 / (1 + np.exp(-(X @ theta)))
    return (1 / m) * np.sum(-y * np.log(h) - (1 - y) * np.log(1 - h))


def logistic_backprop(theta, X, y):
    m = y.size
    h = sigmoid(X @ theta)
    return (1 / m) * (X.T @ (h - y))


def logistic_draw(rng):
    X = np.hstack([np.ones((10, 1)), rng.normal(size=(10, 2))])
    return rng.normal(size=3), X, rng.integers(0, 2, size=10)


def logistic_start(rng):
    theta, X, y = logistic_draw(rng)
    return np.zeros_like(theta), X, y


# The same with labels -1 and 1, in the form that doesn't overflow.
def logistic_margin(X, y, w, b):
    return np.mean(np.logaddexp(0, -y * (X @ w + b)))


def logistic_margin_backprop(X, y, w, b):
    z = y * (X @ w + b)
    s = np.where(z >= 0, np.exp(-np.abs(z)), 1.0) / (1 + np.exp(-np.abs(z)))  # sigmoid(-z)
    d = -y * s / len(y)
    return X.T @ d, d.sum(keepdims=True)


def logistic_margin_draw(rng):
    return rng.normal(size=(9, 4)), rng.choice([-1.0, 1.0], size=9), rng.normal(size=4), rng.normal(size=1)


# Softmax regression with labels that are integers.
def softmax_labels(W, X, y):
    N = X.shape[0]
    scores = X @ W
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    return -np.sum(np.log(p[np.arange(N), y])) / N


def softmax_labels_backprop(W, X, y):
    N = X.shape[0]
    scores = X.dot(W)
    scores -= scores.max(axis=1, keepdims=True)
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(N), y] -= 1
    return X.T.dot(p) / N


def softmax_labels_draw(rng):
    return rng.normal(size=(4, 3)), rng.normal(size=(8, 4)), rng.integers(0, 3, size=8)


def softmax_labels_start(rng):
    W, X, y = softmax_labels_draw(rng)
    X[2] = 0
    return np.zeros_like(W), X, y.astype(np.uint8)


# The same one-hot, with a bias, and the logarithm of the sum. np.eye is float64 whatever the weights are.
def softmax_onehot(X, y, W, b):
    Y = np.eye(3)[y]
    Z = X @ W + b
    logZ = np.log(np.sum(np.exp(Z), axis=1, keepdims=True))
    return -np.mean(np.sum(Y * (Z - logZ), axis=1))


def softmax_onehot_backprop(X, y, W, b):
    Y = np.eye(3)[y]
    Z = X @ W + b
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    dZ = (E / E.sum(axis=1, keepdims=True) - Y) / X.shape[0]
    return {"W": X.T @ dZ, "b": np.sum(dZ, axis=0, keepdims=True)}


def softmax_onehot_draw(rng):
    return rng.normal(size=(7, 2)), rng.integers(0, 3, size=7), rng.normal(size=(2, 3)), rng.normal(size=(1, 3))


# The perceptron's criterion. Rosenblatt's update counts a score of exactly zero as a mistake.
def perceptron(w, X, y):
    return np.sum(np.maximum(0, -y * (X @ w)))


def perceptron_backprop(w, X, y):
    wrong = y * (X @ w) <= 0
    return -(y[wrong, None] * X[wrong]).sum(axis=0)


def perceptron_strict_backprop(w, X, y):
    grad = np.zeros_like(w)
    for x_i, y_i in zip(X, y, strict=True):
        if y_i * np.dot(w, x_i) < 0:
            grad -= y_i * x_i
    return grad


def perceptron_draw(rng):
    return rng.normal(size=3), rng.normal(size=(9, 3)), rng.choice([-1, 1], size=9)


def perceptron_start(rng):
    w, X, y = perceptron_draw(rng)
    return np.zeros_like(w), X, y


# The support vector machine, two classes.
def svm(w, b, X, y, C):
    margins = 1 - y * (X @ w + b)
    return 0.5 * np.sum(w**2) + C * np.sum(np.where(margins > 0, margins, 0))


def svm_backprop(w, b, X, y, C):
    dw, db = w.copy(), 0.0
    for i in range(len(y)):
        if y[i] * (X[i] @ w + b) < 1:
            dw -= C * y[i] * X[i]
            db -= C * y[i]
    return dw, db


def svm_draw(rng):
    return rng.normal(size=3), np.float64(0.25), rng.normal(size=(10, 3)), rng.choice([-1.0, 1.0], size=10), 0.5


def svm_on_the_margin(rng):
    _, _, X, y, C = svm_draw(rng)
    X = np.round(X)
    X[:4, 0] = y[:4]  # with these weights, at the margin exactly
    return np.array([1.0, 0.0, 0.0]), np.float64(0), X, y, C


# The squared hinge, and one class against all others, as in CS231n.
def multiclass_svm(W, X, y):
    N = X.shape[0]
    scores = X @ W
    correct = scores[np.arange(N), y][:, np.newaxis]
    margins = np.maximum(0, scores - correct + 1)
    return (np.sum(margins) - N) / N + 0.01 * np.sum(W * W)  # the right class has a margin of 1


def multiclass_svm_backprop(W, X, y):
    N = X.shape[0]
    scores = X.dot(W)
    margins = scores - scores[np.arange(N), y].reshape(N, 1) + 1
    margins[np.arange(N), y] = 0
    mask = np.zeros(margins.shape)
    mask[margins > 0] = 1
    mask[np.arange(N), y] = -np.sum(mask, axis=1)
    return X.T.dot(mask) / N + 0.02 * W


def multiclass_svm_draw(rng):
    return rng.normal(size=(3, 4)), rng.normal(size=(8, 3)), rng.integers(0, 4, size=8).astype(np.int32)


def multiclass_svm_on_the_margin(rng):
    _, X, y = multiclass_svm_draw(rng)
    X[:3], y[:3] = [1, 0, 0], 0
    W = np.zeros((3, 4))
    W[0, 0] = 1  # class 0 wins by 1 over all others
    return W, X, y


# Poisson regression, up to the logarithm of the factorial.
def poisson(X, counts, beta):
    eta = X @ beta
    return np.sum(np.exp(eta) - counts * eta)


def poisson_backprop(X, counts, beta):
    return X.T @ (np.exp(X @ beta) - counts)


def poisson_draw(rng):
    return rng.normal(size=(10, 3)), rng.poisson(2, size=10), rng.normal(size=3)


# Huber's loss.
def huber(X, y, w):
    delta = 1.0
    r = X @ w - y
    return np.mean(np.where(np.abs(r) <= delta, 0.5 * r**2, delta * (np.abs(r) - 0.5 * delta)))


def huber_backprop(X, y, w):
    return X.T @ np.clip(X @ w - y, -1.0, 1.0) / len(y)


def huber_draw(rng):
    return rng.normal(size=(9, 3)), rng.normal(size=9), rng.normal(size=3)


def huber_at_the_bend(rng):
    X, _, _ = huber_draw(rng)
    X = np.round(X)
    return X, np.concatenate([X[:3, 0], X[3:6, 0] + 1, X[6:, 0] - 1]), np.array([1.0, 0.0, 0.0])


# Quantile regression: at a residual of zero, one side's slope.
def quantile(w, b, X, y):
    r = y - (X @ w + b)
    return np.mean(np.maximum(0.9 * r, (0.9 - 1) * r))


def quantile_backprop(w, b, X, y):
    r = y - (X @ w + b)
    slope = np.where(r > 0, -0.9, 0.1) / r.size
    return {"w": X.T @ slope, "b": slope.sum()}


def quantile_draw(rng):
    return rng.normal(size=2), np.float64(rng.normal()), rng.normal(size=(11, 2)), rng.normal(size=11)


def quantile_through_points(rng):
    _, _, X, y = quantile_draw(rng)
    y[:2] = 0
    return np.zeros(2), np.float64(0), X, y


MODELS = [
    Model("linear regression", linear, linear_backprop, linear_draw, (2, 3)),
    Model("ridge", ridge, ridge_backprop, ridge_draw, 0),
    Model("lasso", lasso, lasso_backprop, lasso_draw, 0, {"zeros": lasso_sparse, "all zero": lasso_start}),
    Model("group lasso", group_lasso, group_lasso_backprop, group_lasso_draw, 0, {"a zero group": group_lasso_sparse}),
    Model("logistic", logistic, logistic_backprop, logistic_draw, 0, {"all zero": logistic_start}),
    Model("logistic, ±1", logistic_margin, logistic_margin_backprop, logistic_margin_draw, (2, 3)),
    Model(
        "softmax, labels",
        softmax_labels,
        softmax_labels_backprop,
        softmax_labels_draw,
        0,
        {"all zero": softmax_labels_start},
    ),
    Model("softmax, one-hot", softmax_onehot, softmax_onehot_backprop, softmax_onehot_draw, (2, 3)),
    Model("perceptron", perceptron, perceptron_backprop, perceptron_draw, 0, {"all zero": perceptron_start}),
    Model("perceptron, <", perceptron, perceptron_strict_backprop, perceptron_draw, 0, {"all zero": perceptron_start}),
    Model("svm", svm, svm_backprop, svm_draw, (0, 1), {"on the margin": svm_on_the_margin}),
    Model(
        "multi-class svm",
        multiclass_svm,
        multiclass_svm_backprop,
        multiclass_svm_draw,
        0,
        {"on the margin": multiclass_svm_on_the_margin},
    ),
    Model("poisson", poisson, poisson_backprop, poisson_draw, 2),
    Model("huber", huber, huber_backprop, huber_draw, 2, {"at the bend": huber_at_the_bend}),
    Model("quantile", quantile, quantile_backprop, quantile_draw, (0, 1), {"through points": quantile_through_points}),
]
