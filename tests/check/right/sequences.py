"""Sequences: embeddings, recurrent networks through time, attention, a chain's forward algorithm, a rollout."""

import numpy as np

from .linear import sigmoid
from .model import Model


def softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


# A bag of words: rows of an embedding are looked up, some twice.
def embedding(E, W, tokens, labels):
    h = E[tokens].mean(axis=1)
    logits = h @ W
    shifted = logits - logits.max(axis=1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -logp[np.arange(len(labels)), labels].mean()


def embedding_backprop(E, W, tokens, labels):
    n, length = tokens.shape
    h = E[tokens].mean(axis=1)
    d = softmax(h @ W)
    d[np.arange(n), labels] -= 1
    d /= n
    dE = np.zeros_like(E)
    np.add.at(dE, tokens, ((d @ W.T) / length)[:, None, :])
    return dE, h.T @ d


def embedding_draw(rng):
    tokens, labels = rng.integers(0, 6, size=(4, 5)), rng.integers(0, 3, size=4)
    return rng.normal(size=(8, 3)), rng.normal(size=(3, 3)), tokens, labels


# min-char-rnn.
def rnn(inputs, targets, Wxh, Whh, Why, bh, by):
    h = np.zeros((Whh.shape[0], 1))
    loss = 0
    for t in range(len(inputs)):
        h = np.tanh(Wxh[:, inputs[t]][:, None] + Whh @ h + bh)
        y = Why @ h + by
        p = np.exp(y) / np.sum(np.exp(y))
        loss = loss - np.log(p[targets[t], 0])
    return loss


def rnn_backprop(inputs, targets, Wxh, Whh, Why, bh, by):
    xs, hs, ps = {}, {-1: np.zeros((Whh.shape[0], 1))}, {}
    for t in range(len(inputs)):
        xs[t] = np.zeros((Wxh.shape[1], 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        ys = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(ys) / np.sum(np.exp(ys))
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Why.T, dy) + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += np.dot(dhraw, xs[t].T)
        dWhh += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(Whh.T, dhraw)
    return dWxh, dWhh, dWhy, dbh, dby


def rnn_draw(rng):
    text = rng.integers(0, 5, size=6)
    shapes = [(4, 5), (4, 4), (5, 4)]
    return (
        [int(c) for c in text[:-1]],
        [int(c) for c in text[1:]],
        *(rng.normal(size=s) for s in shapes),
        np.zeros((4, 1)),
        np.zeros((5, 1)),
    )


# LSTM, all four gates by one product.
def lstm(x, y, Wx, Wh, b, w):
    H = Wh.shape[0]
    h = np.zeros((x.shape[1], H), dtype=x.dtype)
    c = np.zeros_like(h)
    for t in range(x.shape[0]):
        a = x[t] @ Wx + h @ Wh + b
        i, f = 1 / (1 + np.exp(-a[:, :H])), 1 / (1 + np.exp(-a[:, H : 2 * H]))
        o, g = 1 / (1 + np.exp(-a[:, 2 * H : 3 * H])), np.tanh(a[:, 3 * H :])
        c = f * c + i * g
        h = o * np.tanh(c)
    return np.mean((h @ w - y) ** 2)


def lstm_backprop(x, y, Wx, Wh, b, w):
    T, N, _ = x.shape
    H = Wh.shape[0]
    h, c, cache = np.zeros((N, H), dtype=x.dtype), np.zeros((N, H), dtype=x.dtype), []
    for t in range(T):
        a = x[t].dot(Wx) + h.dot(Wh) + b
        i, f, o = np.split(sigmoid(a[:, : 3 * H]), 3, axis=1)
        g = np.tanh(a[:, 3 * H :])
        c_next = f * c + i * g
        cache.append((h, c, i, f, o, g, np.tanh(c_next)))
        h, c = o * np.tanh(c_next), c_next
    dpred = 2 * (h @ w - y) / N
    dw = h.T @ dpred
    dh, dc = np.outer(dpred, w), np.zeros_like(c)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    for t in range(T - 1, -1, -1):
        h_prev, c_prev, i, f, o, g, tc = cache[t]
        do = dh * tc
        dc = dc + dh * o * (1 - tc**2)
        da = np.hstack([dc * g * i * (1 - i), dc * c_prev * f * (1 - f), do * o * (1 - o), dc * i * (1 - g**2)])
        dWx += x[t].T.dot(da)
        dWh += h_prev.T.dot(da)
        db += da.sum(axis=0)
        dh = da.dot(Wh.T)
        dc = dc * f
    return {"Wx": dWx, "Wh": dWh, "b": db, "w": dw}


def lstm_draw(rng):
    x, y = rng.normal(size=(4, 2, 3)), rng.normal(size=2)
    return x, y, rng.normal(size=(3, 12)), rng.normal(size=(3, 12)), np.zeros(12), rng.normal(size=3)


# GRU, a gate a matrix.
def gru(xs, target, Wz, Uz, Wr, Ur, Wn, Un):
    h = np.zeros(Uz.shape[0])
    for x in xs:
        z = 1 / (1 + np.exp(-(Wz @ x + Uz @ h)))
        r = 1 / (1 + np.exp(-(Wr @ x + Ur @ h)))
        n = np.tanh(Wn @ x + Un @ (r * h))
        h = (1 - z) * n + z * h
    return 0.5 * np.sum((h - target) ** 2)


def gru_backprop(xs, target, Wz, Uz, Wr, Ur, Wn, Un):
    h, tape = np.zeros(Uz.shape[0]), []
    for x in xs:
        z, r = sigmoid(Wz @ x + Uz @ h), sigmoid(Wr @ x + Ur @ h)
        n = np.tanh(Wn @ x + Un @ (r * h))
        tape.append((x, h, z, r, n))
        h = n + z * (h - n)
    grads = [np.zeros_like(M) for M in (Wz, Uz, Wr, Ur, Wn, Un)]
    dWz, dUz, dWr, dUr, dWn, dUn = grads
    dh = h - target
    while tape:
        x, h, z, r, n = tape.pop()
        dn = dh * (1 - z) * (1 - n * n)
        dz = dh * (h - n) * z * (1 - z)
        drh = Un.T @ dn
        dr = drh * h * r * (1 - r)
        dWz += np.outer(dz, x)
        dUz += np.outer(dz, h)
        dWr += np.outer(dr, x)
        dUr += np.outer(dr, h)
        dWn += np.outer(dn, x)
        dUn += np.outer(dn, r * h)
        dh = dh * z + drh * r + Uz.T @ dz + Ur.T @ dr
    return grads


def gru_draw(rng):
    matrices = (rng.normal(size=(3, 2 if k % 2 == 0 else 3)) for k in range(6))
    return rng.normal(size=(4, 2)), rng.normal(size=3), *matrices


# One head of causal attention, with the mask added as a large negative number.
def attention(X, Y, Wq, Wk, Wv):
    T, d = X.shape[0], Wq.shape[1]
    mask = np.triu(np.full((T, T), -1e9), k=1)
    scores = (X @ Wq) @ (X @ Wk).T / np.sqrt(d) + mask
    e = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    weights = e / np.sum(e, axis=-1, keepdims=True)
    return np.mean((weights @ (X @ Wv) - Y) ** 2)


def attention_with_infinity(X, Y, Wq, Wk, Wv):
    T, d = X.shape[0], Wq.shape[1]
    causal = np.tril(np.ones((T, T), dtype=bool))
    scores = np.where(causal, (X @ Wq) @ (X @ Wk).T / d**0.5, -np.inf)
    e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    return np.mean(((e / e.sum(axis=1, keepdims=True)) @ (X @ Wv) - Y) ** 2)


def attention_backprop(X, Y, Wq, Wk, Wv):
    T, d = X.shape[0], Wq.shape[1]
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    S = Q @ K.T / d**0.5
    S[np.triu_indices(T, k=1)] = -np.inf
    A = softmax(S)
    dO = 2 * (A @ V - Y) / Y.size
    dV = A.T @ dO
    dA = dO @ V.T
    dS = A * (dA - np.sum(dA * A, axis=-1, keepdims=True)) / d**0.5
    return X.T @ (dS @ K), X.T @ (dS.T @ Q), X.T @ dV


def attention_draw(rng):
    return rng.normal(size=(4, 3)), rng.normal(size=(4, 2)), *(rng.normal(size=(3, 2)) for _ in range(3))


def attention_padded(rng):
    X, *rest = attention_draw(rng)
    X[-2:] = 0
    return X, *rest


# A linear-chain CRF: the forward algorithm; its gradient is marginals by forward and backward messages.
def crf(emissions, transitions, tags):
    T = len(tags)
    score = emissions[0, tags[0]]
    alpha = emissions[0]
    for t in range(1, T):
        score = score + transitions[tags[t - 1], tags[t]] + emissions[t, tags[t]]
        s = alpha[:, None] + transitions
        m = np.max(s, axis=0)
        alpha = m + np.log(np.sum(np.exp(s - m), axis=0)) + emissions[t]
    m = np.max(alpha)
    return m + np.log(np.sum(np.exp(alpha - m))) - score


def crf_backprop(emissions, transitions, tags):
    def lse(a, axis):
        m = a.max(axis=axis, keepdims=True)
        return np.squeeze(m, axis) + np.log(np.exp(a - m).sum(axis=axis))

    T, K = emissions.shape
    alpha, beta = np.zeros((T, K), dtype=emissions.dtype), np.zeros((T, K), dtype=emissions.dtype)
    alpha[0] = emissions[0]
    for t in range(1, T):
        alpha[t] = lse(alpha[t - 1][:, None] + transitions, 0) + emissions[t]
    for t in range(T - 2, -1, -1):
        beta[t] = lse(transitions + emissions[t + 1] + beta[t + 1], 1)
    logZ = lse(alpha[-1], 0)
    dE = np.exp(alpha + beta - logZ)
    dT = np.zeros_like(transitions)
    for t in range(T - 1):
        dT += np.exp(alpha[t][:, None] + transitions + emissions[t + 1] + beta[t + 1] - logZ)
        dT[tags[t], tags[t + 1]] -= 1
    dE[np.arange(T), tags] -= 1
    return dE, dT


def crf_draw(rng):
    return rng.normal(size=(5, 3)), rng.normal(size=(3, 3)), rng.integers(0, 3, size=5)


# A damped pendulum by Euler's method; the adjoint runs backwards in time.
def rollout(start, params, observed):
    dt = 0.1
    theta, omega = start[0], start[1]
    loss = 0.0
    for obs in observed:
        theta, omega = theta + dt * omega, omega + dt * (-params[0] * np.sin(theta) - params[1] * omega)
        loss = loss + (theta - obs) ** 2
    return loss / len(observed)


def rollout_backprop(start, params, observed):
    dt, k, c = 0.1, params[0], params[1]
    theta, omega, states = start[0], start[1], []
    for _ in observed:
        states.append((theta, omega))
        theta, omega = theta + dt * omega, omega + dt * (-k * np.sin(theta) - c * omega)
    after = [s[0] for s in states[1:]] + [theta]
    lam_theta = lam_omega = dk = dc = 0.0
    for (theta, omega), next_theta, obs in reversed(list(zip(states, after, observed, strict=True))):
        lam_theta += 2 * (next_theta - obs) / len(observed)
        dk += lam_omega * -dt * np.sin(theta)
        dc += lam_omega * -dt * omega
        lam_theta, lam_omega = (
            lam_theta - lam_omega * dt * k * np.cos(theta),
            lam_omega * (1 - dt * c) + lam_theta * dt,
        )
    return {"start": np.array([lam_theta, lam_omega]), "params": np.array([dk, dc])}


def rollout_draw(rng):
    t = np.arange(1, 11) * 0.1
    return rng.normal(size=2), rng.uniform(0.5, 2, size=2), np.cos(3 * t) + 0.1 * rng.normal(size=10)


MODELS = [
    Model("embedding", embedding, embedding_backprop, embedding_draw, (0, 1)),
    Model("rnn", rnn, rnn_backprop, rnn_draw, (2, 3, 4, 5, 6)),
    Model("lstm", lstm, lstm_backprop, lstm_draw, (2, 3, 4, 5)),
    Model("gru", gru, gru_backprop, gru_draw, (2, 3, 4, 5, 6, 7)),
    Model("attention", attention, attention_backprop, attention_draw, (2, 3, 4), {"padded": attention_padded}),
    Model("attention, −∞", attention_with_infinity, attention_backprop, attention_draw, (2, 3, 4)),
    Model("crf", crf, crf_backprop, crf_draw, (0, 1)),
    Model("rollout", rollout, rollout_backprop, rollout_draw, (0, 1)),
]
