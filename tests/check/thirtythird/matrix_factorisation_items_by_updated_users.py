"""Matrix factorisation with biases, one pass over the ratings as in a recommender's training loop.

expected kind: updated-parameter or stale-value
wrong line: 44
correction 44: grad_Q[i] += err[n] * P[u]
what: the users' factors are stepped first and the items' gradient is computed with the new ones
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

mean, reg, rate = 3.2, 0.05, 0.02


def loss(users, items, ratings, P, Q, b_user, b_item):
    pred = mean + b_user[users] + b_item[items] + np.sum(P[users] * Q[items], axis=1)
    penalty = np.sum(P**2) + np.sum(Q**2) + np.sum(b_user**2) + np.sum(b_item**2)
    return 0.5 * np.sum((ratings - pred) ** 2) + 0.5 * reg * penalty


def right(users, items, ratings, P, Q, b_user, b_item):
    err = mean + b_user[users] + b_item[items] + np.sum(P[users] * Q[items], axis=1) - ratings
    grad_P, grad_Q = reg * P, reg * Q
    grad_bu, grad_bi = reg * b_user, reg * b_item
    for n, (u, i) in enumerate(zip(users, items)):
        grad_P[u] += err[n] * Q[i]
        grad_bu[u] += err[n]
    P_new = P - rate * grad_P
    for n, (u, i) in enumerate(zip(users, items)):
        grad_Q[i] += err[n] * P[u]
        grad_bi[i] += err[n]
    return {"P": grad_P, "Q": grad_Q, "b_user": grad_bu, "b_item": grad_bi}


def backprop(users, items, ratings, P, Q, b_user, b_item):
    err = mean + b_user[users] + b_item[items] + np.sum(P[users] * Q[items], axis=1) - ratings
    grad_P, grad_Q = reg * P, reg * Q
    grad_bu, grad_bi = reg * b_user, reg * b_item
    for n, (u, i) in enumerate(zip(users, items)):
        grad_P[u] += err[n] * Q[i]
        grad_bu[u] += err[n]
    P_new = P - rate * grad_P
    for n, (u, i) in enumerate(zip(users, items)):
        grad_Q[i] += err[n] * P_new[u]
        grad_bi[i] += err[n]
    return {"P": grad_P, "Q": grad_Q, "b_user": grad_bu, "b_item": grad_bi}


PARAMETERS = ["P", "Q", "b_user", "b_item"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.integers(4, size=9), r.integers(3, size=9), r.integers(1, 6, size=9) * 1.0, r.normal(size=(4, 2)), r.normal(size=(3, 2)), r.normal(size=4), r.normal(size=3)]
