"""Skip-gram with negative sampling: word vectors V, context vectors U, a bias for each context word."""
import numpy as np

PARAMETERS = ["V", "U", "b"]
LAMBDA = 0.05


def data(seed=0):
    rng = np.random.default_rng(seed)
    centers = rng.integers(0, 5, size=7)
    contexts = rng.integers(0, 6, size=7)
    negatives = rng.integers(0, 6, size=(7, 4))
    counts = rng.integers(1, 5, size=7)
    return centers, contexts, negatives, counts, rng.normal(size=(5, 3)), rng.normal(size=(6, 3)), rng.normal(size=6)


def loss(centers, contexts, negatives, counts, V, U, b):
    total = 0.0
    for c, o, neg, w in zip(centers, contexts, negatives, counts):
        positive = U[o] @ V[c] + b[o]
        negative = U[neg] @ V[c] + b[neg]
        total = total + w * (np.log(1 + np.exp(-positive)) + np.sum(np.log(1 + np.exp(negative))))
    penalty = np.sum(V[centers] ** 2) + np.sum(U[contexts] ** 2)
    return total / np.sum(counts) + 0.5 * LAMBDA * penalty


def sigmoid(s):
    return 1 / (1 + np.exp(-s))


def pair_gradients(v, u_pos, u_neg, b_pos, b_neg):
    """Gradients of one pair: of the centre vector, and of the context vectors (first the true one) and scores."""
    g_pos = sigmoid(u_pos @ v + b_pos) - 1
    g_neg = sigmoid(u_neg @ v + b_neg)
    grad_v = g_pos * u_pos
    for g, u in zip(g_neg, u_neg):
        grad_v = grad_v + g * u
    scores = np.concatenate([[g_pos], g_neg])
    return grad_v, np.outer(scores, v), scores


def backprop(centers, contexts, negatives, counts, V, U, b):
    dV, dU, db = np.zeros_like(V), np.zeros_like(U), np.zeros_like(b)
    total = counts.sum()
    for n in range(len(centers)):
        c, o, neg = centers[n], contexts[n], negatives[n]
        grad_v, grad_u, grad_s = pair_gradients(V[c], U[o], U[neg], b[o], b[neg])
        w = counts[n] / total
        rows = np.append(o, neg)
        dV[c] += w * grad_v
        np.add.at(dU, rows, w * grad_u)
        np.add.at(db, rows, w * grad_s)
    for c, o in zip(centers, contexts):
        dV[c] += LAMBDA * V[c]
        dU[o] += LAMBDA * U[o]
    return dV, dU, db


MISTAKES = [
    ("        np.add.at(dU, rows, w * grad_u)\n", "        dU[rows] += w * grad_u\n", "missing-sum or missing-term", "a word that is drawn twice counts once"),
    ("        dV[c] += w * grad_v\n", "        dV[c] = w * grad_v\n", "missing-sum or missing-term", "assigned, not added: earlier pairs of the same word are lost"),
    ("    g_pos = sigmoid(u_pos @ v + b_pos) - 1\n", "    g_pos = 1 - sigmoid(u_pos @ v + b_pos)\n", "sign", "sign of the true pair's error"),
    ("    g_neg = sigmoid(u_neg @ v + b_neg)\n", "    g_neg = sigmoid(-(u_neg @ v + b_neg))\n", "sign or wrong-point", "sigmoid of minus the score where the gradient has that of the score"),
    ("        grad_v = grad_v + g * u\n", "        grad_v = g * u\n", "missing-term or missing-sum", "only the last negative word"),
    ("    g_pos = sigmoid(u_pos @ v + b_pos) - 1\n    g_neg = sigmoid(u_neg @ v + b_neg)\n", "    g_pos = sigmoid(u_pos @ v) - 1\n    g_neg = sigmoid(u_neg @ v)\n", "another-loss or wrong-point or missing-term", "scores without their bias"),
    ("        w = counts[n] / total\n", "        w = 1 / total\n", "missing-factor", "the pair's count forgotten"),
    ("        w = counts[n] / total\n", "        w = counts[n] / len(centers)\n", "scale or sum-for-mean or mean-for-sum", "divided by the number of pairs, not of counts"),
    ("        dU[o] += LAMBDA * U[o]\n", "        dU[o] += LAMBDA * V[c]\n", "wrong-parameter or wrong-point", "the other matrix penalised"),
    ("        np.add.at(db, rows, w * grad_s)\n", "        db[o] += w * grad_s[0]\n", "missing-term", "biases of the negative words ignored"),
    ("    for c, o in zip(centers, contexts):\n        dV[c] += LAMBDA * V[c]\n        dU[o] += LAMBDA * U[o]\n", "    dV += LAMBDA * V\n    dU += LAMBDA * U\n", "another-loss or missing-factor or wrong-mask or missing-sum", "every row penalised once, however often it occurs"),
    ("        rows = np.append(o, neg)\n", "        rows = np.append(neg, o)\n", "wrong-point or wrong-shape or wrong-parameter", "rows in another order than their gradients"),
    ("np.outer(scores, v), scores", "np.outer(scores, v / np.linalg.norm(v)), scores", "another-loss or repeated-factor or wrong-point", "word vector normalised only going back"),
    ("        dV[c] += LAMBDA * V[c]\n", "        V[c] -= LAMBDA * V[c]\n", "missing-term or updated-parameter", "weight decay applied to the parameter, not to its gradient"),
]
