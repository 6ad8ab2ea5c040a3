"""Softmax regression with L2 penalty, naive loops as in the first assignment of cs231n."""
import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(4, 3))
    b = rng.normal(size=3)
    X = rng.normal(size=(6, 4))
    y = rng.permutation(np.array([0, 1, 2, 2, 1, 2]))
    return W, b, X, y, 0.35


def loss(W, b, X, y, reg):
    scores = X @ W + b
    scores = scores - np.max(scores, axis=1, keepdims=True)
    log_probs = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.mean(log_probs[np.arange(len(y)), y]) + reg * np.sum(W * W)


def backprop(W, b, X, y, reg):
    dW = np.zeros_like(W)
    db = np.zeros_like(b)
    num_train = X.shape[0]
    num_classes = W.shape[1]
    for i in range(num_train):
        scores = X[i].dot(W) + b
        scores -= np.max(scores)
        exp_scores = np.exp(scores)
        p = exp_scores / np.sum(exp_scores)
        for j in range(num_classes):
            dW[:, j] += p[j] * X[i]
            db[j] += p[j]
            if j == y[i]:
                dW[:, j] -= X[i]
                db[j] -= 1
    # average over the examples
    dW /= num_train
    db /= num_train
    # regularization
    dW += 2 * reg * W
    return dW, db


MISTAKES = [
    ("    dW /= num_train\n    db /= num_train\n    # regularization\n    dW += 2 * reg * W\n",
     "    db /= num_train\n    # regularization\n    dW += 2 * reg * W\n    dW /= num_train\n",
     "mean-for-sum", "the penalty's gradient is averaged as well: wrong order of statements"),
    ("dW += 2 * reg * W", "dW += reg * W", "scale", "the loss has no 1/2"),
    ("dW += 2 * reg * W", "dW += 2 * reg * np.sum(W)", "wrong-axis or missing-factor or wrong-point",
     "derivative of the penalty summed over all weights"),
    ("    dW += 2 * reg * W\n", "", "missing-term", "no gradient of the penalty"),
    ("    dW += 2 * reg * W\n", "    dW += 2 * reg * W\n    db += 2 * reg * b\n", "repeated-term",
     "the bias is penalised too, the loss doesn't"),
    ("    dW += 2 * reg * W\n", "    dW = 2 * reg * W\n", "missing-term", "= for +=: the data gradient is lost"),
    ("                db[j] -= 1\n", "", "missing-term", "the true class forgotten for the bias"),
    ("            dW[:, j] += p[j] * X[i]\n            db[j] += p[j]\n            if j == y[i]:\n",
     "            db[j] += p[j]\n            if j != y[i]:\n                dW[:, j] += p[j] * X[i]\n            else:\n",
     "missing-term", "for the true class -X[i] in place of (p - 1) X[i]"),
    ("dW[:, j] += p[j] * X[i]", "dW[:, j] += p[y[i]] * X[i]", "wrong-point or stale-value or wrong-parameter",
     "probability of the true class for all classes (wrong index)"),
    ("dW[:, j] += p[j] * X[i]", "dW[:, j] = p[j] * X[i]", "missing-sum or missing-term", "not accumulated over the examples"),
    ("            dW[:, j] += p[j] * X[i]\n", "            dW[:, j] += scores[j] * X[i]\n",
     "wrong-point or stale-value", "scores in place of probabilities"),
    ("    db /= num_train\n", "", "sum-for-mean", "db isn't averaged"),
    ("                dW[:, j] -= X[i]\n", "                dW[:, j] -= p[j] * X[i]\n",
     "repeated-factor or missing-term", "p - p in place of p - 1"),
    ("            if j == y[i]:\n                dW[:, j] -= X[i]\n", "            dW[:, y[i]] -= X[i]\n            if j == y[i]:\n",
     "scale or repeated-term", "subtracted in every turn of the inner loop, num_classes times"),
    ("dW[:, j] -= X[i]", "dW[:, j] -= X[j]", "wrong-shape or wrong-point", "index of the class for that of the example"),
]
