"""Saffron columns paired in the other order.

expected kind: transpose or swapped-operands
wrong line: 60 or 61 or 58 or 51 or 47
correction 60: mttkrp = unfold(saffron, mode) @ khatri_rao(first, second)
correction 61: slope = ((F * w) @ gram - unfold(saffron, mode) @ khatri_rao(first, second)) / saffron.size
correction 58: second, first = [G for k, G in enumerate(factors) if k != mode]
correction 51: return np.moveaxis(tensor, mode, 0).reshape(tensor.shape[mode], -1, order="F")
correction 47: return (Y[:, None, :] * X[None, :, :]).reshape(-1, X.shape[1])
what: The product of the two other factors has its rows in another order than the columns of the unfolded tensor
source: https://github.com/tensorly/tensorly/issues/210
said: finds the factors in the product with the unfolded tensor not in the reverse order of the survey paper; which order is right depends on how the tensor is unfolded
"""

import numpy as np

PARAMETERS = ["A", "B", "C", "w"]


def data(seed=0):
    r = np.random.default_rng(seed)
    cooks, dishes, months, parts = 4, 3, 5, 2
    # how much saffron which cook put into which dish in which month
    return r.normal(size=(cooks, parts)), r.normal(size=(dishes, parts)), r.normal(size=(months, parts)), r.uniform(1.3, 2.0, size=parts), r.normal(size=(cooks, dishes, months))


def loss(A, B, C, w, saffron):
    guess = np.einsum("ir,jr,kr,r->ijk", A, B, C, w)
    return 0.5 * np.sum((guess - saffron) ** 2) / saffron.size


def right(A, B, C, w, saffron):
    gA, gB, gC, gw = (np.zeros(M.shape) for M in (A, B, C, w))
    n = saffron.size
    for (i, j, k), x in np.ndenumerate(saffron):
        a, b, c = A[i], B[j], C[k]
        e = (np.sum(w * a * b * c) - x) / n
        gA[i] += e * w * b * c
        gB[j] += e * w * a * c
        gC[k] += e * w * a * b
        gw += e * a * b * c
    return {"A": gA, "B": gB, "C": gC, "w": gw}


def khatri_rao(X, Y):
    """Columnwise Kronecker product, the rows of Y running faster."""
    return (X[:, None, :] * Y[None, :, :]).reshape(-1, X.shape[1])


def unfold(tensor, mode):
    return np.moveaxis(tensor, mode, 0).reshape(tensor.shape[mode], -1)


def backprop(A, B, C, w, saffron):
    factors = [A, B, C]
    grads = []
    for mode, F in enumerate(factors):
        first, second = [G for k, G in enumerate(factors) if k != mode]
        gram = (first.T @ first) * (second.T @ second)
        mttkrp = unfold(saffron, mode) @ khatri_rao(second, first)
        slope = ((F * w) @ gram - mttkrp) / saffron.size
        grads.append(slope * w)
    dw = np.sum(slope * F, axis=0)
    return (*grads, dw)
