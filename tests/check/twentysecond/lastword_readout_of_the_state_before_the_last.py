"""Lastword readout of the state before the last.

expected kind: wrong-point or stale-value
wrong line: 87
correction 87: v_grad = S[-1].T.dot(out_grad)
what: The gradient of the output weights is taken with the state before the last one
source: https://binne.notion.site/Assignment-2-RNN-Backpropagation-684ec99c986e473585336e860a02670a
said: in an assignment the gradient of the output is asked for with everything up to the last state in the place of the last state
"""

import numpy as np

PARAMETERS = ["E", "U", "R", "b", "v", "c"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    E, U, R = rng.normal(size=(6, 3)), rng.normal(size=(3, 4)), 0.7 * rng.normal(size=(4, 4))
    words = rng.integers(0, 6, size=(5, 4))
    words[0] = 2, 2, 5, 2
    return E, U, R, rng.normal(size=4), rng.normal(size=4), rng.normal(size=1), words, np.array([1.0, 0.0, 1.0, 1.0, 0.0])


def loss(E, U, R, b, v, c, words, liked):
    h = np.zeros((5, 4))
    for t in range(words.shape[1]):
        h = np.tanh(E[words[:, t]] @ U + h @ R + b)
    s = h @ v + c
    return np.mean(np.log(1 + np.exp(s)) - liked * s)


RATE = 1.5


def sentence(model, ids):
    states = [np.zeros(len(model["b"]))]
    for i in ids:
        pre = model["b"].copy()
        pre += model["E"][i] @ model["U"]
        pre += states[-1] @ model["R"]
        states.append(np.tanh(pre))
    return states


def accumulate(model, ids, label, share, g):
    states = sentence(model, ids)
    miss = (1 / (1 + np.exp(-(states[-1] @ model["v"] + model["c"][0]))) - label) * share
    g["v"] += miss * states[-1]
    g["c"] += miss
    back, raws = miss * model["v"], []
    own = np.zeros_like(model["U"])
    for t in range(len(ids) - 1, -1, -1):
        raw = back * (1 - states[t + 1] ** 2)
        raws.append((ids[t], raw))
        own += np.outer(model["E"][ids[t]], raw)
        g["R"] += np.outer(states[t], raw)
        g["b"] += raw
        back = model["R"] @ raw
    g["U"] += own
    U = model["U"]
    for i, raw in raws:
        g["E"][i] += U @ raw


def right(E, U, R, b, v, c, words, liked):
    model = dict(E=E, U=U, R=R, b=b, v=v, c=c)
    g = {key: np.zeros(value.shape) for key, value in model.items()}
    for ids, label in zip(words, liked):
        accumulate(model, ids, label, 1 / len(words), g)
    return g


def read(E, U, R, b, words):
    """Return the embedded words and all states, the first of them zero."""
    N, T = words.shape
    emb = E[words]
    S = np.zeros((T + 1, N, len(b)))
    for k in range(T):
        S[k + 1] = np.tanh(emb[:, k].dot(U) + S[k].dot(R) + b)
    return emb, S


def backprop(E, U, R, b, v, c, words, liked):
    emb, S = read(E, U, R, b, words)
    prob = 1 / (1 + np.exp(-(S[-1].dot(v) + c)))
    out_grad = (prob - liked) / len(liked)
    v_grad = S[-2].T.dot(out_grad)
    c_grad = np.sum(out_grad, keepdims=True)
    E_grad, U_grad, R_grad, b_grad = (np.zeros(p.shape) for p in (E, U, R, b))
    over_time = np.outer(out_grad, v)
    for k in range(words.shape[1], 0, -1):
        inner = over_time * (1 - S[k] ** 2)
        U_grad += emb[:, k - 1].T.dot(inner)
        R_grad += S[k - 1].T.dot(inner)
        b_grad += inner.sum(axis=0)
        np.add.at(E_grad, words[:, k - 1], inner.dot(U.T))
        over_time = inner.dot(R.T)
    return E_grad, U_grad, R_grad, b_grad, v_grad, c_grad
