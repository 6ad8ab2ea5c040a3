"""Rating prediction by matrix factorisation with biases, written with loops as in the well-known tutorial."""
import numpy as np

PARAMETERS = ["P", "Q", "bu", "bi", "mu"]
REG_FACTORS = 0.1
REG_BIAS = 0.04


def data(seed=0):
    rng = np.random.default_rng(seed)
    users = rng.integers(0, 4, size=12)
    items = rng.integers(0, 5, size=12)
    ratings = 3 + rng.normal(size=12)
    P, Q = rng.normal(size=(4, 3)), rng.normal(size=(5, 3))
    return users, items, ratings, P, Q, rng.normal(size=4), rng.normal(size=5), 3 + rng.normal()


def loss(users, items, ratings, P, Q, bu, bi, mu):
    total = 0.0
    for u, i, r in zip(users, items, ratings):
        prediction = mu + bu[u] + bi[i] + np.sum(P[u] * Q[i])
        total = total + (r - prediction) ** 2
        total = total + REG_FACTORS * (np.sum(P[u] ** 2) + np.sum(Q[i] ** 2))
    total = total / len(ratings)
    return total + REG_BIAS * (np.sum(bu**2) + np.sum(bi**2))


def backprop(users, items, ratings, P, Q, bu, bi, mu):
    n_factors = P.shape[1]
    N = len(ratings)
    dP, dQ = np.zeros(P.shape), np.zeros(Q.shape)
    dbu, dbi = np.zeros(len(bu)), np.zeros(len(bi))
    dmu = 0.0

    for n in range(N):
        u, i = users[n], items[n]
        pred = mu + bu[u] + bi[i]
        for k in range(n_factors):
            pred += P[u, k] * Q[i, k]
        e = ratings[n] - pred

        # biases
        dmu -= 2 * e
        dbu[u] -= 2 * e
        dbi[i] -= 2 * e

        # factors, regularised for each rating
        for k in range(n_factors):
            dP[u, k] += -2 * e * Q[i, k] + 2 * REG_FACTORS * P[u, k]
            dQ[i, k] += -2 * e * P[u, k] + 2 * REG_FACTORS * Q[i, k]

    dP /= N
    dQ /= N
    dmu /= N
    dbu = dbu / N + 2 * REG_BIAS * bu
    dbi = dbi / N + 2 * REG_BIAS * bi
    return {"P": dP, "Q": dQ, "bu": dbu, "bi": dbi, "mu": dmu}


MISTAKES = [
    ("            dP[u, k] += -2 * e * Q[i, k] + 2 * REG_FACTORS * P[u, k]\n", "            P[u, k] -= 0.1 * (-2 * e * Q[i, k] + 2 * REG_FACTORS * P[u, k]) / N\n            dP[u, k] += -2 * e * Q[i, k] + 2 * REG_FACTORS * P[u, k]\n", "updated-parameter", "the user's factors updated at once, before the item's gradient"),
    ("            dQ[i, k] += -2 * e * P[u, k] + 2 * REG_FACTORS * Q[i, k]\n", "            dQ[i, k] += -2 * e * dP[u, k] + 2 * REG_FACTORS * Q[i, k]\n", "wrong-point or wrong-parameter or stale-value", "the gradient of the user's factors for the factors"),
    ("            pred += P[u, k] * Q[i, k]\n", "            pred = mu + bu[u] + bi[i] + P[u, k] * Q[i, k]\n", "another-loss or missing-term or missing-sum", "the prediction only has the last factor"),
    ("        pred = mu + bu[u] + bi[i]\n", "        pred = bu[u] + bi[i]\n", "another-loss or missing-term", "global mean missing from the prediction"),
    ("            dP[u, k] += -2 * e * Q[i, k] + 2 * REG_FACTORS * P[u, k]\n", "            dP[u, k] += -2 * e * Q[i, k]\n", "missing-term", "regularisation of the users forgotten"),
    ("            dQ[i, k] += -2 * e * P[u, k] + 2 * REG_FACTORS * Q[i, k]\n", "            dQ[i, k] += -2 * (e * P[u, k] + REG_FACTORS * Q[i, k])\n", "sign", "the minus in front of the bracket too: sign of the regularisation"),
    ("        dbu[u] -= 2 * e\n", "        dbu[u] = -2 * e\n", "missing-sum or missing-term", "only the user's last rating"),
    ("    dbi = dbi / N + 2 * REG_BIAS * bi\n", "    dbi = (dbi + 2 * REG_BIAS * bi) / N\n", "repeated-factor or mean-for-sum", "the penalty averaged over the ratings as well"),
    ("    dbi = dbi / N + 2 * REG_BIAS * bi\n", "    dbi = dbi / N + 2 * REG_BIAS * dbi\n", "wrong-point or wrong-parameter", "the gradient penalised instead of the bias"),
    ("        dbi[i] -= 2 * e\n", "        dbi[i] += 2 * e\n", "sign", "sign of the error for one of the biases"),
    ("            dQ[i, k] += -2 * e * P[u, k] + 2 * REG_FACTORS * Q[i, k]\n", "        dQ[i, k] += -2 * e * P[u, k] + 2 * REG_FACTORS * Q[i, k]\n", "missing-term or missing-sum", "outdented: only the last factor of the item"),
    ("    dP /= N\n    dQ /= N\n    dmu /= N\n", "        dP /= N\n        dQ /= N\n    dmu /= N\n", "repeated-factor or mean-for-sum or scale", "averaged within the loop over the ratings"),
    ("    dP /= N\n    dQ /= N\n", "    dP /= len(P)\n    dQ /= len(Q)\n", "scale or mean-for-sum or sum-for-mean", "divided by the number of users and of items"),
    ("    dbu = dbu / N + 2 * REG_BIAS * bu\n", "    dbu = dbu / N + 2 * REG_FACTORS * bu\n", "scale or wrong-parameter or wrong-point", "the factors' regularisation constant for the biases"),
]
