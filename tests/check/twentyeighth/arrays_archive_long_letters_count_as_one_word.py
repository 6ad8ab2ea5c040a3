"""Arrays archive long letters count as one word.

expected kind: missing-factor
wrong line: 69
correction 69: ds = care[i] * (length * p - seen) / everything
given as: arrays
what: The expected words of a letter aren't multiplied by how many words it has
source: https://github.com/piskvorky/gensim/pull/1156
said: the expectation of a document has to be multiplied by the number of its words, the sum of counts, which was forgotten
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


class Archive:
    def __init__(self, D, O, beta):
        self.D, self.O, self.beta = D, O, beta

    def expected(self, counts):
        odds = np.exp(self.D @ self.O.T + self.beta)
        return counts.sum(axis=1, keepdims=True) * odds / odds.sum(axis=1, keepdims=True)

    def surplus(self, counts, care):
        more = care[:, None] * (self.expected(counts) - counts)
        return more / counts.sum()

    def gradients(self, counts, care):
        G = self.surplus(counts, care)
        grads = dict(O=G.T @ self.D, beta=G.sum(axis=0))
        grads["D"] = G @ self.O + DECAY * self.D
        return grads


def right(D, O, beta, counts, care):
    return Archive(D, O, beta).gradients(counts, care)


def chances(letter, O, beta):
    s = np.dot(O, letter) + beta
    e = np.exp(s - s.max())
    return e / e.sum()


def backprop(D, O, beta, counts, care):
    dD, dO, dbeta = np.zeros(D.shape), np.zeros(O.shape), np.zeros(beta.shape)
    everything = counts.sum()
    for i, seen in enumerate(counts):
        length = seen.sum()
        p = chances(D[i], O, beta)
        ds = care[i] * (p - seen) / everything
        for w, g in enumerate(ds):
            dD[i] += g * O[w]
            dO[w] += g * D[i]
        dbeta += ds
    dD += DECAY * D
    return dD, dO, dbeta
