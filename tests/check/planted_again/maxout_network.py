"""Two maxout layers and a linear output, hinge-free: squared error, weight decay on the first layer."""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "w3"]
DECAY = 0.15


def data(seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(6, 4))
    y = rng.normal(size=6)
    W1 = rng.normal(size=(3, 4, 5))  # pieces, in, out
    b1 = rng.normal(size=(3, 5))
    W2 = rng.normal(size=(2, 5, 3)) * 0.6
    b2 = rng.normal(size=(2, 3))
    w3 = rng.normal(size=3)
    return x, y, W1, b1, W2, b2, w3


def loss(x, y, W1, b1, W2, b2, w3):
    z1 = np.stack([x @ W1[k] + b1[k] for k in range(len(W1))])
    h1 = np.max(z1, axis=0)
    z2 = np.stack([h1 @ W2[k] + b2[k] for k in range(len(W2))])
    h2 = np.max(z2, axis=0)
    return np.mean((h2 @ w3 - y) ** 2) + 0.5 * DECAY * np.sum(W1**2)


def maxout(x, W, b):
    z = np.einsum("ni,kio->kno", x, W) + b[:, None, :]
    winner = z.argmax(axis=0)
    return z.max(axis=0), (x, W, winner)


def maxout_back(dh, cache):
    x, W, winner = cache
    pieces = len(W)
    dW, db, dx = np.zeros_like(W), [], 0
    for k in range(pieces):
        dz = dh * (winner == k)
        dW[k] = x.T @ dz
        db.append(dz.sum(axis=0))
        dx = dx + dz @ W[k].T
    return dx, dW, np.array(db)


def backprop(x, y, W1, b1, W2, b2, w3):
    h1, cache1 = maxout(x, W1, b1)
    h2, cache2 = maxout(h1, W2, b2)
    dout = 2 * (h2 @ w3 - y) / len(y)
    dw3 = h2.T @ dout
    dh2 = np.outer(dout, w3)
    dh1, dW2, db2 = maxout_back(dh2, cache2)
    _, dW1, db1 = maxout_back(dh1, cache1)
    dW1 += DECAY * W1
    return dict(W1=dW1, b1=db1, W2=dW2, b2=db2, w3=dw3)


MISTAKES = [
    ("dz = dh * (winner == k)", "dz = dh", "wrong-mask or missing-factor", "every piece gets the gradient"),
    ("dz = dh * (winner == k)", "dz = dh / pieces", "wrong-mask or missing-factor or another-loss", "shared out as in an average"),
    ("dz = dh * (winner == k)", "dz = dh * (winner != k)", "wrong-mask", "mask inverted"),
    ("dz = dh * (winner == k)", "dz = dh * (x @ W[k] > 0)", "wrong-mask or wrong-activation", "mask of relu"),
    ("dz = dh * (winner == k)", "dz = dh * (winner == 0)", "wrong-mask", "always the mask of the first piece"),
    ("winner = z.argmax(axis=0)", "winner = np.abs(z).argmax(axis=0)", "wrong-mask", "largest in absolute value"),
    ("winner = z.argmax(axis=0)", "winner = z.argmin(axis=0)", "wrong-mask", "argmin"),
    ("winner = z.argmax(axis=0)", "winner = np.broadcast_to(z.max(axis=1).argmax(axis=0), z.shape[1:])", "wrong-mask or wrong-axis",
     "one winner for the whole batch"),
    ("winner = z.argmax(axis=0)", "winner = np.einsum(\"ni,kio->kno\", x, W).argmax(axis=0)", "wrong-mask or wrong-point", "mask before the bias is added"),
    ("dx = dx + dz @ W[k].T", "dx = dz @ W[k].T", "missing-term or missing-sum", "only the last piece reaches the input"),
    ("dx = dx + dz @ W[k].T", "dx = dx + dh @ W[k].T", "wrong-mask or missing-factor or wrong-point", "gradient that is not masked to the input"),
    ("dW[k] = x.T @ dz", "dW[k] = x.T @ dh", "wrong-mask or missing-factor or wrong-point", "gradient that is not masked to the weights"),
    ("db.append(dz.sum(axis=0))", "db.append(dz.mean(axis=0))", "mean-for-sum", "bias averaged"),
    ("        db.append(dz.sum(axis=0))\n        dx = dx + dz @ W[k].T\n    return dx, dW, np.array(db)",
     "        dx = dx + dz @ W[k].T\n    db = [dz.sum(axis=0)] * pieces\n    return dx, dW, np.array(db)", "stale-value or wrong-mask",
     "bias after the loop: the last dz for all pieces"),
    ("dh2 = np.outer(dout, w3)", "dh2 = np.outer(dout, w3) * (h2 > 0)", "repeated-factor or wrong-activation or wrong-mask", "relu's derivative on top of maxout"),
    ("_, dW1, db1 = maxout_back(dh1, cache1)", "_, dW1, db1 = maxout_back(dh1 * h1, cache1)", "repeated-factor", "multiplied by the value as well as by the mask"),
    ("dout = 2 * (h2 @ w3 - y) / len(y)", "dout = 2 * h2 @ w3 - y / len(y)", "wrong-point or missing-factor", "brackets"),
    ("dout = 2 * (h2 @ w3 - y) / len(y)", "dout = (h2 @ w3 - y) / len(y)", "scale", "two forgotten"),
    ("    dW1 += DECAY * W1\n", "", "missing-term", "decay forgotten"),
    ("dW1 += DECAY * W1", "dW1 = DECAY * W1", "missing-term", "decay overwrites the gradient"),
    ("dW1 += DECAY * W1", "dW1 += DECAY * W1\n    dW2 += DECAY * W2", "repeated-term", "second layer decays too"),
    ("dw3 = h2.T @ dout", "dw3 = h1[:, : len(w3)].T @ dout", "wrong-point or stale-value", "wrong layer's output, cut to fit"),
    ("dh2 = np.outer(dout, w3)", "w3 -= 0.1 * dw3\n    dh2 = np.outer(dout, w3)", "updated-parameter", "output weights updated before they are used"),
]
