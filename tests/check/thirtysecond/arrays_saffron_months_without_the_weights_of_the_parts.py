"""Arrays saffron months without the weights of the parts.

expected kind: missing-factor
wrong line: 59
correction 59: gC[k] += e * w * a * b
given as: arrays
what: The weights of the parts are left out in the gradient of the months
source: usual
said: a usual mistake, made up by the author
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


def khatri_rao(X, Y):
    """Columnwise Kronecker product, the rows of Y running faster."""
    return (X[:, None, :] * Y[None, :, :]).reshape(-1, X.shape[1])


def unfold(tensor, mode):
    return np.moveaxis(tensor, mode, 0).reshape(tensor.shape[mode], -1)


def right(A, B, C, w, saffron):
    factors = [A, B, C]
    grads = []
    for mode, F in enumerate(factors):
        first, second = [G for k, G in enumerate(factors) if k != mode]
        gram = (first.T @ first) * (second.T @ second)
        mttkrp = unfold(saffron, mode) @ khatri_rao(first, second)
        slope = ((F * w) @ gram - mttkrp) / saffron.size
        grads.append(slope * w)
    dw = np.sum(slope * F, axis=0)
    return (*grads, dw)


def backprop(A, B, C, w, saffron):
    gA, gB, gC, gw = (np.zeros(M.shape) for M in (A, B, C, w))
    n = saffron.size
    for (i, j, k), x in np.ndenumerate(saffron):
        a, b, c = A[i], B[j], C[k]
        e = (np.sum(w * a * b * c) - x) / n
        gA[i] += e * w * b * c
        gB[j] += e * w * a * c
        gC[k] += e * a * b
        gw += e * a * b * c
    return {"A": gA, "B": gB, "C": gC, "w": gw}
