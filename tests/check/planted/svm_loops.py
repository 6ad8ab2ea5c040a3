"""A ReLU layer and a multiclass (Weston-Watkins) hinge loss with L2 regularisation, with loops, after cs231n."""
import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
DELTA = 1.5


def data(seed=0):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(9, 3)), rng.integers(0, 4, size=9)
    W1, b1 = rng.normal(size=(3, 5)), rng.normal(size=5)
    W2, b2 = rng.normal(size=(5, 4)), rng.normal(size=4)
    return X, y, 0.3, W1, b1, W2, b2


def loss(X, y, reg, W1, b1, W2, b2):
    data_loss = 0.0
    for i in range(X.shape[0]):
        scores = np.maximum(X[i] @ W1 + b1, 0) @ W2 + b2
        for j in range(W2.shape[1]):
            if j != y[i]:
                data_loss = data_loss + np.maximum(0, scores[j] - scores[y[i]] + DELTA)
    return data_loss / X.shape[0] + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))


def hinge_gradient(scores, label):
    ds = np.zeros_like(scores)
    violations = 0
    for j in range(len(scores)):
        if j == label:
            continue
        margin = scores[j] - scores[label] + DELTA
        if margin > 0:
            ds[j] = 1
            violations += 1
    ds[label] = -violations
    return ds


def backprop(X, y, reg, W1, b1, W2, b2):
    num_train, num_classes = X.shape[0], W2.shape[1]
    dW1, db1 = np.zeros_like(W1), np.zeros_like(b1)
    dW2, db2 = np.zeros_like(W2), np.zeros_like(b2)
    for i in range(num_train):
        pre = X[i] @ W1 + b1
        hidden = np.maximum(pre, 0)
        ds = hinge_gradient(hidden @ W2 + b2, y[i])
        dhidden = np.zeros_like(hidden)
        for j in range(num_classes):
            dW2[:, j] += ds[j] * hidden
            db2[j] += ds[j]
            dhidden += ds[j] * W2[:, j]
        dpre = np.where(pre > 0, dhidden, 0)
        dW1 += np.outer(X[i], dpre)
        db1 += dpre

    dW1 /= num_train
    db1 /= num_train
    dW2 /= num_train
    db2 /= num_train

    dW1 += reg * W1
    dW2 += reg * W2
    return dW1, db1, dW2, db2


MISTAKES = [
    ("    ds[label] = -violations\n", "    ds[label] = -1\n", "missing-factor or missing-sum or wrong-mask", "the right class counted once, however many margins are violated"),
    ("    ds[label] = -violations\n", "", "missing-term or detached", "no gradient for the score of the right class"),
    ("        if margin > 0:\n", "        if scores[j] > 0:\n", "wrong-mask", "the score tested for the margin"),
    ("        margin = scores[j] - scores[label] + DELTA\n", "        margin = scores[j] - scores[label]\n", "wrong-mask or another-loss or missing-term", "delta forgotten"),
    ("        if j == label:\n            continue\n", "", "repeated-term or wrong-mask or missing-term or another-loss", "the right class isn't skipped (its margin is delta), and counted as a violation"),
    ("    dW1 += reg * W1\n", "    dW1 += 2 * reg * W1\n", "scale or repeated-factor", "2 though the penalty has a half"),
    ("    dW2 /= num_train\n    db2 /= num_train\n\n    dW1 += reg * W1\n    dW2 += reg * W2\n", "    db2 /= num_train\n\n    dW1 += reg * W1\n    dW2 += reg * W2\n    dW2 /= num_train\n", "repeated-factor or mean-for-sum", "divided after the regularisation was added"),
    ("            dhidden += ds[j] * W2[:, j]\n", "            dhidden = ds[j] * W2[:, j]\n", "missing-term or missing-sum", "only the last class goes back"),
    ("        dpre = np.where(pre > 0, dhidden, 0)\n", "        dpre = np.where(dhidden > 0, dhidden, 0)\n", "wrong-mask", "ReLU's mask by the gradient"),
    ("        dpre = np.where(pre > 0, dhidden, 0)\n", "        dpre = dhidden\n", "missing-factor", "ReLU ignored"),
    ("            dW2[:, j] += ds[j] * hidden\n", "            dW2[:, j] += ds[j] * pre\n", "wrong-point or stale-value", "the layer's input before ReLU"),
    ("            dW2[:, j] += ds[j] * hidden\n", "            dW2[:, y[i]] += ds[j] * hidden\n", "wrong-parameter or wrong-shape or wrong-point", "every class's gradient into the column of the right one"),
    ("    db1 /= num_train\n", "", "sum-for-mean", "one bias not averaged"),
    ("        db1 += dpre\n", "    db1 += dpre\n", "missing-sum or missing-term", "outdented: only the last example"),
    ("    dW1 += reg * W1\n    dW2 += reg * W2\n", "    dW1 += reg * np.sum(W1 * W1)\n    dW2 += reg * np.sum(W2 * W2)\n", "missing-factor or wrong-point or another-loss", "the penalty itself added, by broadcasting, not its gradient"),
    ("        ds = hinge_gradient(hidden @ W2 + b2, y[i])\n", "        ds = hinge_gradient(pre @ W2 + b2, y[i])\n", "another-loss or wrong-point", "scores without ReLU"),
]
