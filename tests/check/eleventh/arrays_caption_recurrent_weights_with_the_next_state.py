"""Arrays caption recurrent weights with the next state.

expected kind: wrong-point or stale-value
wrong line: 78
correction 78: dWaa = np.dot(dtanh, a_prev.T)
given as: arrays
what: The recurrent weights' gradient takes the state after the step, not that before it
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["E", "Wax", "Waa", "ba", "Wya", "by", "a0"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(3, 5), (4, 3), (4, 4), (4, 1), (5, 4), (5, 1), (4, 2)]
    return *(r.normal(size=s) for s in shapes), np.array([[0, 3, 3, 1], [2, 4, 2, 0]]), np.array([[3, 3, 1, 4], [4, 2, 0, 1]])


def loss(E, Wax, Waa, ba, Wya, by, a0, X, Y):
    m, T = X.shape
    a, total = a0, 0
    for t in range(T):
        a = np.tanh(Wax @ E[:, X[:, t]] + Waa @ a + ba)
        s = Wya @ a + by
        total = total + np.sum(np.log(np.sum(np.exp(s), axis=0)) - s[Y[:, t], np.arange(m)])
    return total / (m * T)


def right(E, Wax, Waa, ba, Wya, by, a0, X, Y):
    dE, dWax, dWaa, dba, dWya, dby, da0 = map(np.zeros_like, (E, Wax, Waa, ba, Wya, by, a0))
    n, T = X.shape
    for i in range(n):
        state = np.zeros((T + 1, len(ba)))
        state[0] = a0[:, i]
        out = np.zeros((T, len(by)))
        for t in range(T):
            state[t + 1] = np.tanh(Wax @ E[:, X[i, t]] + Waa @ state[t] + ba[:, 0])
            z = Wya @ state[t + 1] + by[:, 0]
            out[t] = np.exp(z) / np.exp(z).sum()
        out[np.arange(T), Y[i]] -= 1
        out /= n * T
        dWya += out.T @ state[1:]
        dby += out.sum(axis=0)[:, None]
        carry = np.zeros(len(ba))
        for t in range(T - 1, -1, -1):
            carry = carry + out[t] @ Wya
            delta = carry * (1 - state[t + 1] ** 2)
            dba[:, 0] += delta
            dWax += np.outer(delta, E[:, X[i, t]])
            dWaa += np.outer(delta, state[t])
            dE[:, X[i, t]] += delta @ Wax
            carry = delta @ Waa
        da0[:, i] = carry
    return dE, dWax, dWaa, dba, dWya, dby, da0


def softmax(s):
    e = np.exp(s - np.max(s, axis=0))
    return e / e.sum(axis=0)


def rnn_cell_forward(xt, a_prev, parameters):
    a_next = np.tanh(np.dot(parameters["Wax"], xt) + np.dot(parameters["Waa"], a_prev) + parameters["ba"])
    yt = softmax(np.dot(parameters["Wya"], a_next) + parameters["by"])
    return a_next, yt, (a_next, a_prev, xt, parameters)


def rnn_cell_backward(da_next, cache):
    (a_next, a_prev, xt, parameters) = cache
    dtanh = (1 - a_next**2) * da_next
    dxt = np.dot(parameters["Wax"].T, dtanh)
    dWax = np.dot(dtanh, xt.T)
    da_prev = np.dot(parameters["Waa"].T, dtanh)
    dWaa = np.dot(dtanh, a_next.T)
    dba = np.sum(dtanh, axis=1, keepdims=True)
    return {"dxt": dxt, "da_prev": da_prev, "dWax": dWax, "dWaa": dWaa, "dba": dba}


def backprop(E, Wax, Waa, ba, Wya, by, a0, X, Y):
    parameters = {"Wax": Wax, "Waa": Waa, "ba": ba, "Wya": Wya, "by": by}
    m, T_x = X.shape
    a, caches, y = a0, [], []
    for t in range(T_x):
        a, yt, cache = rnn_cell_forward(E[:, X[:, t]], a, parameters)
        y.append(yt)
        caches.append(cache)
    total = {name: np.zeros(value.shape) for name, value in parameters.items()}
    dE = np.zeros(E.shape)
    da_prevt = np.zeros(a0.shape)
    for t in reversed(range(T_x)):
        dy = y[t].copy()
        dy[Y[:, t], np.arange(m)] -= 1
        dy /= m * T_x
        total["Wya"] += np.dot(dy, caches[t][0].T)
        total["by"] += np.sum(dy, axis=1, keepdims=True)
        gradients = rnn_cell_backward(np.dot(Wya.T, dy) + da_prevt, caches[t])
        da_prevt = gradients["da_prev"]
        for name in ("Wax", "Waa", "ba"):
            total[name] += gradients["d" + name]
        for i in range(m):
            dE[:, X[i, t]] += gradients["dxt"][:, i]
    return {**total, "E": dE, "a0": da_prevt}
