"""Likelihoods, embeddings of points, similarities and graphs: as in papers' scripts."""

import numpy as np

from .linear import sigmoid
from .model import Model
from .sequences import softmax


# A variational autoencoder with its noise drawn before.
def vae(x, eps, We, Wm, Ws, Wd):
    h = np.tanh(x @ We)
    mu, logvar = h @ Wm, h @ Ws
    z = mu + np.exp(0.5 * logvar) * eps
    x_hat = 1 / (1 + np.exp(-(z @ Wd)))
    bce = -np.sum(x * np.log(x_hat) + (1 - x) * np.log(1 - x_hat))
    kld = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))
    return (bce + kld) / x.shape[0]


def vae_backprop(x, eps, We, Wm, Ws, Wd):
    n = x.shape[0]
    h = np.tanh(x @ We)
    mu, logvar = h @ Wm, h @ Ws
    std = np.exp(logvar / 2)
    z = mu + std * eps
    dlogits = (sigmoid(z @ Wd) - x) / n
    dz = dlogits @ Wd.T
    dmu = dz + mu / n
    dlogvar = 0.5 * dz * eps * std + 0.5 * (std**2 - 1) / n
    dh = (dmu @ Wm.T + dlogvar @ Ws.T) * (1 - h**2)
    return x.T @ dh, h.T @ dmu, h.T @ dlogvar, z.T @ dlogits


def vae_draw(rng):
    x, eps = (rng.random((4, 5)) < 0.5).astype(float), rng.normal(size=(4, 2))
    shapes = [(5, 3), (3, 2), (3, 2), (2, 5)]
    return x, eps, *(rng.normal(size=s) for s in shapes)


# A mixture of round Gaussians.
def gmm(x, logits, means, log_sigma):
    D = x.shape[1]
    log_pi = logits - np.log(np.sum(np.exp(logits)))
    sq = np.sum((x[:, None, :] - means[None, :, :]) ** 2, axis=2)
    a = log_pi - 0.5 * sq / np.exp(2 * log_sigma) - D * log_sigma - 0.5 * D * np.log(2 * np.pi)
    m = np.max(a, axis=1, keepdims=True)
    return -np.sum(m[:, 0] + np.log(np.sum(np.exp(a - m), axis=1)))


def gmm_backprop(x, logits, means, log_sigma):
    D = x.shape[1]
    diff = x[:, None, :] - means
    sq = (diff**2).sum(axis=2)
    var = np.exp(2 * log_sigma)
    r = softmax(logits - 0.5 * sq / var - D * log_sigma)  # responsibilities
    return {
        "logits": len(x) * softmax(logits) - r.sum(axis=0),
        "means": -np.einsum("nk,nkd->kd", r, diff) / var[:, None],
        "log_sigma": np.sum(r * (D - sq / var), axis=0),
    }


def gmm_draw(rng):
    return rng.normal(size=(8, 2)), rng.normal(size=3), rng.normal(size=(3, 2)), 0.3 * rng.normal(size=3)


# Matrix factorisation of what was rated.
def factorisation(U, V, R, rated):
    return np.sum(rated * (R - U @ V.T) ** 2) + 0.02 * (np.sum(U**2) + np.sum(V**2))


def factorisation_backprop(U, V, R, rated):
    dU, dV = 0.04 * U, 0.04 * V
    for i in range(R.shape[0]):
        for j in range(R.shape[1]):
            if rated[i, j]:
                e = R[i, j] - np.dot(U[i, :], V[j, :])
                dU[i] -= 2 * e * V[j]
                dV[j] -= 2 * e * U[i]
    return dU, dV


def factorisation_draw(rng):
    R = rng.integers(1, 6, size=(5, 4))
    return rng.normal(size=(5, 2)), rng.normal(size=(4, 2)), R, rng.random((5, 4)) < 0.6


# word2vec with negative samples, some drawn twice.
def word2vec(centre, outside, negatives, W, C):
    v = W[centre]
    positive = np.log(1 / (1 + np.exp(-C[outside] @ v)))
    negative = np.log(1 / (1 + np.exp(C[negatives] @ v)))
    return -positive - np.sum(negative)


def word2vec_backprop(centre, outside, negatives, W, C):
    v, u = W[centre], C[outside]
    dW, dC = np.zeros(W.shape), np.zeros(C.shape)
    g = sigmoid(u @ v) - 1
    dW[centre] += g * u
    dC[outside] += g * v
    for k in negatives:
        g = sigmoid(C[k] @ v)
        dW[centre] += g * C[k]
        dC[k] += g * v
    return {"W": dW, "C": dC}


def word2vec_draw(rng):
    return 2, 4, rng.integers(0, 6, size=7), rng.normal(size=(6, 3)), rng.normal(size=(6, 3))


# REINFORCE with a baseline and an entropy bonus.
def policy(W1, W2, states, actions, returns):
    h = np.maximum(states @ W1, 0)
    logits = h @ W2
    logits = logits - logits.max(axis=1, keepdims=True)
    logp = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    advantage = (returns - returns.mean()) / (returns.std() + 1e-8)
    chosen = logp[np.arange(len(actions)), actions]
    entropy = -np.sum(np.exp(logp) * logp, axis=1)
    return -np.mean(chosen * advantage + 0.01 * entropy)


def policy_backprop(W1, W2, states, actions, returns):
    n = len(actions)
    h = states @ W1
    h[h < 0] = 0
    p = softmax(h @ W2)
    advantage = (returns - returns.mean()) / (returns.std() + 1e-8)
    dlogits = p.copy()
    dlogits[np.arange(n), actions] -= 1
    dlogits *= advantage[:, None]
    logp = np.log(np.maximum(p, np.finfo(p.dtype).tiny))
    dlogits += 0.01 * p * (logp - (p * logp).sum(axis=1, keepdims=True))
    dlogits /= n
    dh = dlogits @ W2.T
    dh[h <= 0] = 0
    return states.T @ dh, h.T @ dlogits


def policy_draw(rng):
    states, actions = rng.normal(size=(6, 3)), rng.integers(0, 2, size=6)
    return rng.normal(size=(3, 4)), rng.normal(size=(4, 2)), states, actions, rng.normal(size=6)


def policy_start(rng):
    W1, W2, states, *rest = policy_draw(rng)
    states[0] = 0  # the state in which a balancing pole begins
    return W1, W2, states, *rest


# A network of radial basis functions.
def rbf(X, y, centres, gamma, w):
    d2 = np.sum(X**2, axis=1)[:, None] + np.sum(centres**2, axis=1) - 2 * X @ centres.T
    return np.mean((np.exp(-gamma * d2) @ w - y) ** 2)


def rbf_backprop(X, y, centres, gamma, w):
    diff = X[:, np.newaxis] - centres[np.newaxis]
    d2 = np.square(diff).sum(axis=-1)
    phi = np.exp(-gamma * d2)
    e = 2 / len(y) * (phi @ w - y)
    dphi = e[:, None] * w[None, :] * phi
    dcentres = 2 * gamma * (dphi[:, :, None] * diff).sum(axis=0)
    return dcentres, -np.sum(dphi * d2), phi.T @ e


def rbf_draw(rng):
    return rng.normal(size=(7, 2)), rng.normal(size=7), rng.normal(size=(3, 2)), np.float64(0.5), rng.normal(size=3)


def rbf_on_data(rng):
    X, y, _, gamma, w = rbf_draw(rng)
    return X, y, X[:3].copy(), gamma, w


# Triplets of faces, embedded by one matrix.
def triplet(W, anchor, positive, negative, margin):
    a, p, n = anchor @ W, positive @ W, negative @ W
    d_ap = np.sum((a - p) ** 2, axis=1)
    d_an = np.sum((a - n) ** 2, axis=1)
    return np.mean(np.maximum(d_ap - d_an + margin, 0.0))


def triplet_backprop(W, anchor, positive, negative, margin):
    dW = np.zeros_like(W)
    for x, y, z in zip(anchor, positive, negative, strict=True):
        u, v = x - y, x - z
        if np.sum((u @ W) ** 2) - np.sum((v @ W) ** 2) + margin > 0:
            dW += 2 * np.outer(u, u @ W) - 2 * np.outer(v, v @ W)
    return dW / len(anchor)


def triplet_draw(rng):
    return rng.normal(size=(4, 2)), *(rng.normal(size=(6, 4)) for _ in range(3)), 1.0


def triplet_on_the_margin(rng):
    W, a, p, n, margin = triplet_draw(rng)
    a, p, n = np.round(a), np.round(p), np.round(n)
    p[:2] = a[:2]  # the same picture twice
    n[:2] = a[:2] + np.eye(4)[0]
    W = np.round(W)
    W[0] = [1, 0]  # the negative at a distance of exactly 1
    return W, a, p, n, margin


# Pairs, alike or not, with a distance that is never quite 0.
def contrastive(W, x1, x2, alike):
    d = np.sqrt(np.sum((x1 @ W - x2 @ W) ** 2, axis=1) + 1e-9)
    return np.mean(alike * d**2 + (1 - alike) * np.maximum(0, 1.5 - d) ** 2)


def contrastive_backprop(W, x1, x2, alike):
    diff = x1 - x2
    e = diff @ W
    d = np.sqrt((e**2).sum(axis=1) + 1e-9)
    dd = 2 * alike * d
    far = (alike == 0) & (d < 1.5)
    dd[far] = -2 * (1.5 - d[far])
    return diff.T @ (dd[:, None] / d[:, None] * e) / len(alike)


def contrastive_draw(rng):
    return 0.4 * rng.normal(size=(3, 2)), rng.normal(size=(7, 3)), rng.normal(size=(7, 3)), rng.integers(0, 2, size=7)


def contrastive_twins(rng):
    W, x1, x2, alike = contrastive_draw(rng)
    x2[:3] = x1[:3]
    return W, x1, x2, alike


# Multidimensional scaling: distances between all pairs of points.
def stress(X, D):
    i, j = np.triu_indices(len(X), k=1)
    d = np.linalg.norm(X[i] - X[j], axis=1)
    return np.sum((d - D[i, j]) ** 2)


def stress_backprop(X, D):
    diff = X[:, None, :] - X[None, :, :]
    d = np.sqrt((diff**2).sum(-1))
    safe = np.where(d > 0, d, 1)
    return (2 * ((d - D) / safe)[:, :, None] * diff).sum(axis=1)


def stress_draw(rng):
    P = rng.normal(size=(5, 3))
    return rng.normal(size=(5, 2)), np.sqrt(((P[:, None] - P) ** 2).sum(-1))


# t-SNE: the Kullback-Leibler divergence of similarities, and its famous gradient.
def tsne(Y, P):
    n = len(Y)
    off = ~np.eye(n, dtype=bool)
    num = 1 / (1 + np.sum((Y[:, None, :] - Y[None, :, :]) ** 2, axis=2))
    q = num[off] / np.sum(num[off])
    return np.sum(P[off] * np.log(P[off] / q))


def tsne_backprop(Y, P):
    sum_Y = np.sum(np.square(Y), 1)
    num = 1.0 / (1.0 + np.add(np.add(-2.0 * np.dot(Y, Y.T), sum_Y).T, sum_Y))
    num[range(len(Y)), range(len(Y))] = 0.0
    PQ = P - num / np.sum(num)
    dY = np.zeros(Y.shape)
    for i in range(len(Y)):
        dY[i, :] = 4 * np.sum(np.tile(PQ[:, i] * num[:, i], (Y.shape[1], 1)).T * (Y[i, :] - Y), 0)
    return dY


def tsne_draw(rng):
    P = rng.random((6, 6))
    P = P + P.T
    np.fill_diagonal(P, 0)
    return rng.normal(size=(6, 2)), P / P.sum()


# Distillation: the divergence of a student from its teacher, at a temperature.
def distillation(W, X, teacher):
    T = 2.0
    z = X @ W / T
    q = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    return T**2 * np.mean(np.sum(teacher * (np.log(teacher) - np.log(q)), axis=1))


def distillation_backprop(W, X, teacher):
    T = 2.0
    return T * X.T @ (softmax(X @ W / T) - teacher) / len(X)


def distillation_draw(rng):
    return rng.normal(size=(3, 4)), rng.normal(size=(5, 3)), rng.dirichlet(np.ones(4), size=5)


# Cox's partial likelihood; rows are sorted by falling time, so that a cumulative sum is the risk set.
def cox(beta, X, event):
    eta = X @ beta
    log_risk = np.log(np.cumsum(np.exp(eta)))
    return -np.sum(event * (eta - log_risk)) / np.sum(event)


def cox_backprop(beta, X, event):
    risk, weighted = 0.0, np.zeros(X.shape[1])
    grad = np.zeros(X.shape[1])
    hazard = np.exp(X @ beta)
    for i in range(len(X)):
        risk += hazard[i]
        weighted += hazard[i] * X[i]
        if event[i]:
            grad -= X[i] - weighted / risk
    return grad / event.sum()


def cox_draw(rng):
    event = rng.random(9) < 0.6
    event[-1] = True
    return rng.normal(size=3), rng.normal(size=(9, 3)), event


# PageRank over learnt links, by the power method.
def pagerank(links, target):
    n = len(target)
    e = np.exp(links)
    M = e / np.sum(e, axis=0)
    r = np.ones(n) / n
    for _ in range(8):
        r = 0.85 * (M @ r) + 0.15 / n
    return -np.sum(target * np.log(r))


def pagerank_backprop(links, target):
    n = len(target)
    M = softmax(links.T).T
    rs = [np.full(n, 1 / n)]
    for _ in range(8):
        rs.append(0.85 * M.dot(rs[-1]) + 0.15 / n)
    dr = -target / rs.pop()
    dM = np.zeros((n, n))
    while rs:
        dM += 0.85 * np.outer(dr, rs.pop())
        dr = 0.85 * M.T.dot(dr)
    return M * (dM - np.sum(M * dM, axis=0))


def pagerank_draw(rng):
    return rng.normal(size=(4, 4)), rng.dirichlet(np.ones(4))


# The relaxed normalised cut.
def normalised_cut(f, A):
    D = np.diag(A.sum(axis=1))
    return (f @ (D - A) @ f) / (f @ D @ f)


def normalised_cut_backprop(f, A):
    degree = A.sum(axis=1)
    Lf = degree * f - A @ f
    vol = np.sum(degree * f**2)
    return 2 / vol * (Lf - f.dot(Lf) / vol * degree * f)


def normalised_cut_draw(rng):
    A = rng.random((6, 6)) * (rng.random((6, 6)) < 0.6)
    A = A + A.T + 0.1
    return rng.normal(size=6), A


# Cosine similarity of projected pairs.
def cosine(W, X, Y):
    Z = X @ W
    cos = np.sum(Z * Y, axis=1) / (np.linalg.norm(Z, axis=1) * np.linalg.norm(Y, axis=1))
    return np.mean(1 - cos)


def cosine_backprop(W, X, Y):
    Z = X @ W
    nz = np.linalg.norm(Z, axis=1, keepdims=True)
    z_hat, y_hat = Z / nz, Y / np.linalg.norm(Y, axis=1, keepdims=True)
    cos = np.sum(z_hat * y_hat, axis=1, keepdims=True)
    return X.T @ (-(y_hat - cos * z_hat) / nz) / len(X)


def cosine_draw(rng):
    return rng.normal(size=(4, 3)), rng.normal(size=(5, 4)), rng.normal(size=(5, 3))


MODELS = [
    Model("vae", vae, vae_backprop, vae_draw, (2, 3, 4, 5)),
    Model("gmm", gmm, gmm_backprop, gmm_draw, (1, 2, 3)),
    Model("matrix factorisation", factorisation, factorisation_backprop, factorisation_draw, (0, 1)),
    Model("word2vec", word2vec, word2vec_backprop, word2vec_draw, (3, 4)),
    Model("policy gradient", policy, policy_backprop, policy_draw, (0, 1), {"start": policy_start}),
    Model("rbf network", rbf, rbf_backprop, rbf_draw, (2, 3, 4), {"centres on data": rbf_on_data}),
    Model("triplet", triplet, triplet_backprop, triplet_draw, 0, {"on the margin": triplet_on_the_margin}),
    Model("contrastive", contrastive, contrastive_backprop, contrastive_draw, 0, {"twins": contrastive_twins}),
    Model("stress", stress, stress_backprop, stress_draw, 0),
    Model("t-SNE", tsne, tsne_backprop, tsne_draw, 0),
    Model("distillation", distillation, distillation_backprop, distillation_draw, 0),
    Model("cox", cox, cox_backprop, cox_draw, 0),
    Model("pagerank", pagerank, pagerank_backprop, pagerank_draw, 0),
    Model("normalised cut", normalised_cut, normalised_cut_backprop, normalised_cut_draw, 0),
    Model("cosine", cosine, cosine_backprop, cosine_draw, 0),
]
