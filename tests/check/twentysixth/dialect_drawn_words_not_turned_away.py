"""Dialect drawn words not turned away.

expected kind: another-loss or sign
wrong line: 62
correction 62: signs = np.array([1.0] + [-1.0] * k)
what: The scores of the drawn words don't have their minus, so they are drawn near as the neighbours are
source: https://github.com/kefirski/pytorch_NEG_loss/issues/5
said: asks where the minus sign of the noise is, whose scores enter the logarithm of the sigmoid as the others do; it is applied elsewhere and easily overlooked
"""

import numpy as np

PARAMETERS = ["V", "U"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # seven words, five pairs of neighbours, three drawn words for each
    inside, outside = np.array([0, 3, 3, 5, 1]), np.array([2, 1, 6, 0, 4])
    drawn = np.array([[4, 5, 6], [2, 2, 0], [4, 0, 1], [6, 3, 2], [5, 6, 6]])
    return r.normal(size=(7, 3)), r.normal(size=(7, 3)), inside, outside, drawn


def loss(V, U, inside, outside, drawn):
    v = V[inside]
    near = np.sum(v * U[outside], axis=1)
    far = np.sum(v[:, None, :] * U[drawn], axis=2)
    return (np.sum(np.log(1 + np.exp(-near))) + np.sum(np.log(1 + np.exp(far)))) / len(inside)


def sigma(t):
    return 1.0 / (1.0 + np.exp(-t))


def one_pair(V, U, c, o, ks):
    """Gradients of one center word and one neighbour, with its drawn words."""
    center, gradU = V[c], np.zeros_like(U)
    miss = sigma(U[o] @ center) - 1.0
    gradU[o] += miss * center
    grad_center = miss * U[o]
    for k in ks:
        hit = sigma(U[k] @ center)
        gradU[k] += hit * center
        grad_center += hit * U[k]
    return grad_center, gradU


def right(V, U, inside, outside, drawn):
    dV, dU = np.zeros_like(V), np.zeros_like(U)
    n = len(inside)
    for i in range(n):
        grad_center, gradU = one_pair(V, U, inside[i], outside[i], drawn[i])
        dV[inside[i]] += grad_center / n
        dU += gradU / n
    return dV, dU


def backprop(V, U, inside, outside, drawn):
    n, k = drawn.shape
    # the neighbour first, then the drawn ones, which are turned away
    words = np.column_stack((outside, drawn))
    signs = np.array([1.0] + [1.0] * k)
    center = V[inside]
    s = np.einsum("nd,nkd->nk", center, U[words]) * signs
    # - log sigma(s) has the slope - sigma(-s)
    g = -signs / (1 + np.exp(s)) / n
    dV = np.zeros(V.shape)
    dU = np.zeros(U.shape)
    np.add.at(dV, inside, np.einsum("nk,nkd->nd", g, U[words]))
    np.add.at(dU, words, g[:, :, None] * center[:, None, :])
    return dict(V=dV, U=dU)
