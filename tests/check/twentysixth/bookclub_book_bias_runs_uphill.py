"""Bookclub book bias runs uphill.

expected kind: sign
wrong line: 68
correction 68: dc[j] -= rest
what: What is left to explain is added to the gradient of the bias of the book, it has to be subtracted
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["A", "B", "b", "c"]
LAMBDA = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    read = np.array([[1.0, 1, 0, 1, 0], [0, 1, 1, 0, 1], [1, 0, 1, 1, 1], [1, 1, 0, 0, 1]])
    scores = 3 + 1.2 * r.normal(size=(4, 5))
    return r.normal(size=(4, 2)), r.normal(size=(5, 2)), 0.5 * r.normal(size=4), 0.5 * r.normal(size=5), scores, read


def loss(A, B, b, c, scores, read):
    mean = np.sum(read * scores) / np.sum(read)
    error = read * (mean + b[:, None] + c + A @ B.T - scores)
    members, books = np.sum(read, axis=1), np.sum(read, axis=0)
    penalty = np.sum(members * (b**2 + np.sum(A**2, axis=1))) + np.sum(books * (c**2 + np.sum(B**2, axis=1)))
    return 0.5 * np.sum(error**2) + 0.5 * LAMBDA * penalty


class BookClub:
    def __init__(self, A, B, b, c):
        self.A, self.B, self.b, self.c = A, B, b, c

    def fit_mean(self, scores, read):
        self.mean = scores[read > 0].mean()
        self.per_member, self.per_book = read.sum(axis=1), read.sum(axis=0)

    def guess(self):
        biases = np.add.outer(self.b, self.c)
        return self.mean + biases + self.A @ self.B.T

    def gradients(self, scores, read):
        E = (self.guess() - scores) * read
        dA = E @ self.B + LAMBDA * self.per_member[:, None] * self.A
        dB = E.T @ self.A + LAMBDA * self.per_book[:, None] * self.B
        db = E.sum(axis=1) + LAMBDA * self.per_member * self.b
        dc = E.sum(axis=0) + LAMBDA * self.per_book * self.c
        return dA, dB, db, dc


def right(A, B, b, c, scores, read):
    club = BookClub(A, B, b, c)
    club.fit_mean(scores, read)
    return club.gradients(scores, read)


def backprop(A, B, b, c, scores, read):
    dA, dB = np.zeros(A.shape), np.zeros(B.shape)
    db, dc = np.zeros(b.shape), np.zeros(c.shape)
    pairs = [(i, j) for i in range(len(A)) for j in range(len(B)) if read[i, j]]
    mean = sum(scores[i, j] for i, j in pairs) / len(pairs)
    for i, j in pairs:
        # what is left to explain
        rest = scores[i, j] - (mean + b[i] + c[j] + A[i] @ B[j])
        db[i] -= rest
        dc[j] += rest
        dA[i] -= rest * B[j]
        dB[j] -= rest * A[i]
        # each reading pays for its member and its book
        db[i] += LAMBDA * b[i]
        dc[j] += LAMBDA * c[j]
        dA[i] += LAMBDA * A[i]
        dB[j] += LAMBDA * B[j]
    return {"A": dA, "B": dB, "b": db, "c": dc}
