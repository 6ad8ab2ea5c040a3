"""Combined factors item by itself and twice the decay.

expected kind: wrong-parameter or wrong-point + scale
wrong line: 58 and 66
correction 58: dV[i] -= eui * U[u]
correction 66: grad += LAMBDA * factor
what: The gradient of an item has its own factors for the user's; the decay is derived without its half
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["U", "V"]
LAMBDA, BETA = 0.1, 0.7


def data(seed=0):
    r = np.random.default_rng(seed)
    trust = np.array([[0, 1, 1, 0], [1, 0, 0, 0], [0, 1, 0, 1], [1, 1, 1, 0]], dtype=bool)
    rated = np.array([[1, 1, 0, 0, 1], [0, 1, 1, 0, 0], [1, 0, 0, 1, 1], [1, 0, 1, 1, 0]], dtype=bool)
    return r.normal(size=(4, 2)), r.normal(size=(5, 2)), r.normal(size=(4, 5)), rated, trust


def loss(U, V, R, rated, trust):
    fit = np.sum(np.where(rated, R - U @ V.T, 0.0) ** 2)
    friends = trust / trust.sum(axis=1, keepdims=True)
    social = np.sum((U - friends @ U) ** 2)
    return 0.5 * (fit + LAMBDA * (np.sum(U**2) + np.sum(V**2)) + BETA * social)


class SocialMF:
    def __init__(self, rated, trust, reg_u=LAMBDA, reg_s=BETA):
        self.rated, self.reg_u, self.reg_s = rated, reg_u, reg_s
        self.T = trust / trust.sum(axis=1, keepdims=True)

    def gradients(self, P, Q, R):
        error = self.rated * (R - P @ Q.T)
        relation = P - self.T @ P
        gP = self.reg_u * P - error @ Q
        gP += self.reg_s * (relation - self.T.T @ relation)
        gQ = self.reg_u * Q - error.T @ P
        return {"U": gP, "V": gQ}


def right(U, V, R, rated, trust):
    return SocialMF(rated, trust).gradients(U, V, R)


def backprop(U, V, R, rated, trust):
    dU, dV = np.zeros(U.shape), np.zeros(V.shape)
    for u in range(R.shape[0]):
        for i in range(R.shape[1]):
            if not rated[u, i]:
                continue
            eui = R[u, i] - np.dot(U[u], V[i])
            dU[u] -= eui * V[i]
            dV[i] -= eui * V[i]
    for u in range(R.shape[0]):
        friends = np.flatnonzero(trust[u])
        away = U[u] - np.mean(U[friends], axis=0)
        dU[u] += BETA * away
        for f in friends:
            dU[f] -= BETA * away / len(friends)
    for grad, factor in ((dU, U), (dV, V)):
        grad += 2 * LAMBDA * factor
    return dU, dV
