"""Combined factors users once and root forgotten.

expected kind: missing-term + missing-factor
wrong line: 76 and 78
correction 76: np.add.at(gfull, users, d[:, None] * qi[items])
correction 78: gyj = N.T @ gfull
what: Of a user with several ratings the last one is kept; the sum over the history is not divided by its root
source: https://github.com/piskvorky/gensim/issues/242
said: adding by a list of indices adds once, however often an index is in it
"""

import numpy as np

PARAMETERS = ["pu", "qi", "yj", "bu", "bi"]
MEAN, LAM = 0.4, 0.2
HISTORY = [[0, 2, 3], [1, 2], [0, 3, 4, 1], [4, 2]]


def data(seed=0):
    r = np.random.default_rng(seed)
    pu, qi, yj, bu, bi, ratings = (r.normal(size=s) for s in [(4, 3), (5, 3), (5, 3), (4,), (5,), (11,)])
    users = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3])
    items = np.array([0, 2, 3, 1, 2, 0, 3, 4, 1, 4, 2])
    return pu, qi, yj, bu, bi, ratings, users, items


def loss(pu, qi, yj, bu, bi, ratings, users, items):
    total = 0.0
    for u, i, r in zip(users, items, ratings):
        implicit = sum(yj[j] for j in HISTORY[u]) / np.sqrt(len(HISTORY[u]))
        error = r - MEAN - bu[u] - bi[i] - qi[i] @ (pu[u] + implicit)
        total += 0.5 * error**2
    return total / len(ratings) + 0.5 * LAM * (np.sum(pu**2) + np.sum(qi**2) + np.sum(yj**2))


def sgd_gradients(pu, qi, yj, bu, bi, trainset):
    g = {"pu": LAM * pu, "qi": LAM * qi, "yj": LAM * yj, "bu": np.zeros_like(bu), "bi": np.zeros_like(bi)}
    n = len(trainset)
    for u, i, r in trainset:
        Iu = HISTORY[u]
        sqrt_Iu = np.sqrt(len(Iu))
        u_impl_fdb = np.zeros(pu.shape[1])
        for j in Iu:
            u_impl_fdb += yj[j] / sqrt_Iu
        dot = np.dot(qi[i], pu[u] + u_impl_fdb)
        err = r - (MEAN + bu[u] + bi[i] + dot)
        g["bu"][u] -= err / n
        g["bi"][i] -= err / n
        g["pu"][u] -= err * qi[i] / n
        g["qi"][i] -= err * (pu[u] + u_impl_fdb) / n
        for j in Iu:
            g["yj"][j] -= err * qi[i] / sqrt_Iu / n
    return g


def right(pu, qi, yj, bu, bi, ratings, users, items):
    return sgd_gradients(pu, qi, yj, bu, bi, list(zip(users, items, ratings)))


def implicit_matrix(n_users, n_items):
    N = np.zeros((n_users, n_items))
    for u, seen in enumerate(HISTORY):
        N[u, seen] = 1 / np.sqrt(len(seen))
    return N


def backprop(pu, qi, yj, bu, bi, ratings, users, items):
    N = implicit_matrix(len(pu), len(qi))
    full = pu + N @ yj
    predicted = MEAN + bu[users] + bi[items] + np.sum(qi[items] * full[users], axis=1)
    d = (predicted - ratings) / len(ratings)
    gbu, gbi = np.zeros_like(bu), np.zeros_like(bi)
    np.add.at(gbu, users, d)
    np.add.at(gbi, items, d)
    gfull, gqi = np.zeros_like(full), np.zeros_like(qi)
    gfull[users] += d[:, None] * qi[items]
    np.add.at(gqi, items, d[:, None] * full[users])
    gyj = (N > 0).T @ gfull
    gpu = gfull + LAM * pu
    gqi += LAM * qi
    gyj += LAM * yj
    return gpu, gqi, gyj, gbu, gbi
