"""GloVe: word vectors by weighted least squares of log co-occurrence counts."""
import numpy as np

PARAMETERS = ["W", "C", "b", "c"]
X_MAX, ALPHA, LAMBDA = 40, 0.75, 0.1


def data(seed=0):
    rng = np.random.default_rng(seed)
    n_words, dim, n_pairs = 5, 3, 11
    W = rng.normal(size=(n_words, dim))
    C = rng.normal(size=(n_words, dim))
    b = rng.normal(size=n_words)
    c = rng.normal(size=n_words)
    rows = rng.integers(0, n_words, size=n_pairs)
    cols = rng.integers(0, n_words, size=n_pairs)
    counts = rng.integers(2, 80, size=n_pairs)
    return W, C, b, c, rows, cols, counts


def weighting(x):
    return np.minimum((x / X_MAX) ** ALPHA, 1.0)


def loss(W, C, b, c, rows, cols, counts):
    inner = np.sum(W[rows] * C[cols], axis=1) + b[rows] + c[cols]
    cost = np.sum(weighting(counts) * (inner - np.log(counts)) ** 2) / len(counts)
    return 0.5 * cost + 0.5 * LAMBDA * (np.sum(W**2) + np.sum(C**2))


def backprop(W, C, b, c, rows, cols, counts):
    dW = np.zeros(W.shape)
    dC = np.zeros(C.shape)
    db = np.zeros(len(b))
    dc = np.zeros(len(c))
    n = len(counts)

    for i, j, x in zip(rows, cols, counts):
        weight = (x / X_MAX) ** ALPHA if x < X_MAX else 1.0
        error = W[i] @ C[j] + b[i] + c[j] - np.log(x)
        delta = weight * error

        grad_main = delta * C[j]
        grad_context = delta * W[i]
        dW[i] += grad_main
        dC[j] += grad_context
        db[i] += delta
        dc[j] += delta

    dW /= n
    dC /= n
    db /= n
    dc /= n
    # weight decay, on the vectors only
    dW += LAMBDA * W
    dC += LAMBDA * C
    return {"W": dW, "C": dC, "b": db, "c": dc}


MISTAKES = [
    ("dW[i] += grad_main", "dW[i] = grad_main", "missing-term or missing-sum", "assigned instead of accumulated over the pairs of a word"),
    ("dC[j] += grad_context", "dC[i] += grad_context", "wrong-parameter or wrong-shape or unexplained", "context gradient put into the row of the main word"),
    ("grad_main = delta * C[j]", "grad_main = delta * C[i]", "wrong-point or stale-value", "row of the wrong index"),
    ("grad_context = delta * W[i]", "grad_context = delta * C[j]", "wrong-parameter or wrong-point", "copy and paste: the context vector in both gradients"),
    ("delta = weight * error", "delta = error", "missing-factor", "the weighting of the pair forgotten"),
    ("delta = weight * error", "delta = 2 * weight * error", "scale", "2 of the square, though the loss has one half"),
    ("weight = (x / X_MAX) ** ALPHA if x < X_MAX else 1.0", "weight = (x / X_MAX) ** ALPHA", "another-loss or wrong-mask or missing-factor", "weights not capped at one"),
    ("error = W[i] @ C[j] + b[i] + c[j] - np.log(x)", "error = W[i] @ C[j] + b[i] + c[j] - np.log(1 + x)", "another-loss", "log(1 + x) in the derivation's forward pass"),
    ("error = W[i] @ C[j] + b[i] + c[j] - np.log(x)", "error = W[i] @ C[j] + b[i] - np.log(x)", "another-loss or missing-term", "context bias left out of the prediction"),
    ("        db[i] += delta\n", "        db[i] += error\n", "missing-factor or wrong-point", "bias gets the unweighted error"),
    ("    dC /= n\n", "", "sum-for-mean", "average forgotten for one of the four"),
    ("        dc[j] += delta\n\n    dW /= n\n", "        dc[j] += delta\n        dW[i] /= n\n\n", "wrong-shape or unexplained or mean-for-sum or repeated-factor", "division inside the loop: earlier contributions are divided again and again"),
    ("        dW[i] += grad_main\n        dC[j] += grad_context\n", "        dW[i] += grad_main + LAMBDA * W[i]\n        dC[j] += grad_context\n", "repeated-term", "weight decay at every pair and again at the end"),
    ("dC += LAMBDA * C\n", "dC += LAMBDA * W\n", "wrong-parameter", "decay of the other table"),
    ("    dc /= n\n", "    dc /= n\n    db += LAMBDA * b\n", "repeated-term", "biases decayed too"),
    ("    dc /= n\n    # weight decay, on the vectors only\n    dW += LAMBDA * W\n    dC += LAMBDA * C\n", "    dc /= n\n    # weight decay, on the vectors only\n    dW += LAMBDA * W\n", "missing-term", "decay of the context vectors forgotten"),
    ("    dW /= n\n    dC /= n\n    db /= n\n    dc /= n\n    # weight decay, on the vectors only\n    dW += LAMBDA * W\n    dC += LAMBDA * C\n", "    dW += LAMBDA * W\n    dC += LAMBDA * C\n    dW /= n\n    dC /= n\n    db /= n\n    dc /= n\n", "mean-for-sum or repeated-factor", "the decay is divided by the number of pairs too"),
    ("        dW[i] += grad_main\n        dC[j] += grad_context\n", "        W = W.copy()\n        W[i] -= 0.05 * grad_main\n        dW[i] += grad_main\n        dC[j] += grad_context\n", "updated-parameter", "SGD step within the loop: later pairs see updated vectors"),
    ("    n = len(counts)\n", "    n = len(b)\n", "scale or mean-for-sum", "divided by the vocabulary, not by the pairs"),
    ("        dc[j] += delta\n", "    dc[j] += delta\n", "missing-term or missing-sum", "indentation: only the last pair reaches the context bias"),
]
