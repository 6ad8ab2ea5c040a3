"""Combined archive read without care and decay.

expected kind: missing-factor + missing-term
wrong line: 64 and 70
correction 64: more = care[:, None] * (self.expected(counts) - counts)
correction 70: grads["D"] = G @ self.O + DECAY * self.D
what: The care isn't in the gradient of the scores, the penalty not in that of the letters
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["D", "O", "beta"]
DECAY = 0.08


def data(seed=0):
    r = np.random.default_rng(seed)
    # letters from an archive as counts of words; some are read with more care
    letters, words, k = 5, 7, 3
    counts = r.integers(0, 5, size=(letters, words)).astype(float)
    counts[:, 0] += 1
    return r.normal(size=(letters, k)), r.normal(size=(words, k)), 0.5 * r.normal(size=words), counts, r.uniform(0.4, 1.9, size=letters)


def loss(D, O, beta, counts, care):
    scores = D @ O.T + beta
    log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    likely = np.sum(care * np.sum(counts * log_p, axis=1))
    return -likely / np.sum(counts) + 0.5 * DECAY * np.sum(D**2)


def chances(letter, O, beta):
    s = np.dot(O, letter) + beta
    e = np.exp(s - s.max())
    return e / e.sum()


def right(D, O, beta, counts, care):
    dD, dO, dbeta = np.zeros(D.shape), np.zeros(O.shape), np.zeros(beta.shape)
    everything = counts.sum()
    for i, seen in enumerate(counts):
        length = seen.sum()
        p = chances(D[i], O, beta)
        ds = care[i] * (length * p - seen) / everything
        for w, g in enumerate(ds):
            dD[i] += g * O[w]
            dO[w] += g * D[i]
        dbeta += ds
    dD += DECAY * D
    return dD, dO, dbeta


class Archive:
    def __init__(self, D, O, beta):
        self.D, self.O, self.beta = D, O, beta

    def expected(self, counts):
        odds = np.exp(self.D @ self.O.T + self.beta)
        return counts.sum(axis=1, keepdims=True) * odds / odds.sum(axis=1, keepdims=True)

    def surplus(self, counts, care):
        more = self.expected(counts) - counts
        return more / counts.sum()

    def gradients(self, counts, care):
        G = self.surplus(counts, care)
        grads = dict(O=G.T @ self.D, beta=G.sum(axis=0))
        grads["D"] = G @ self.O
        return grads


def backprop(D, O, beta, counts, care):
    return Archive(D, O, beta).gradients(counts, care)
