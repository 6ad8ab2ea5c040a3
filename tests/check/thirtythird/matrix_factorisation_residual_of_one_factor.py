"""Matrix factorisation with biases, only the observed ratings; written factor by factor.

expected kind: missing-sum or missing-term or wrong-point
wrong line: 33
correction 33: resid = M * (R - base - P @ Q.T)
what: the residual has only the product of the factor in question, where the prediction is the sum over all factors
source: https://math.techqa.club/how-do-i-take-derivative-that-involves-double-summation-1526830
said: An answer on the derivative of the squared errors of a factorisation keeps only the product of the one factor in the residual, where the question has the sum over the factors.
"""
import numpy as np


def loss(R, M, P, Q, bu, bi):
    E = M * (R - P @ Q.T - bu[:, None] - bi)
    return np.sum(E**2) + 0.1 * (np.sum(P**2) + np.sum(Q**2))


def right(R, M, P, Q, bu, bi):
    base = bu[:, None] + bi
    gP, gQ = np.zeros_like(P), np.zeros_like(Q)
    for k in range(P.shape[1]):
        resid = M * (R - base - P @ Q.T)
        gP[:, k] = -2 * resid @ Q[:, k] + 0.2 * P[:, k]
        gQ[:, k] = -2 * resid.T @ P[:, k] + 0.2 * Q[:, k]
    E = M * (R - base - P @ Q.T)
    return gP, gQ, -2 * E.sum(axis=1), -2 * E.sum(axis=0)


def backprop(R, M, P, Q, bu, bi):
    base = bu[:, None] + bi
    gP, gQ = np.zeros_like(P), np.zeros_like(Q)
    for k in range(P.shape[1]):
        resid = M * (R - base - np.outer(P[:, k], Q[:, k]))
        gP[:, k] = -2 * resid @ Q[:, k] + 0.2 * P[:, k]
        gQ[:, k] = -2 * resid.T @ P[:, k] + 0.2 * Q[:, k]
    E = M * (R - base - P @ Q.T)
    return gP, gQ, -2 * E.sum(axis=1), -2 * E.sum(axis=0)


PARAMETERS = ["P", "Q", "bu", "bi"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 4)), (r.random((5, 4)) < 0.7) * 1.0, r.normal(size=(5, 3)), r.normal(size=(4, 3)), r.normal(size=5), r.normal(size=4)]
