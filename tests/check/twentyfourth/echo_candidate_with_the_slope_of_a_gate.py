"""Echo candidate with the slope of a gate.

expected kind: wrong-activation
wrong line: 125
correction 125: dpre[t, 3] = dc_t * i * (1 - g * g)
what: The candidate goes through tanh and is led back as if it had gone through the logistic function
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["E", "W", "b", "V", "c"]
def data(seed=0):
    r = np.random.default_rng(seed)
    E, W, b = r.normal(size=(5, 2)), 0.8 * r.normal(size=(12, 5)), 0.4 * r.normal(size=12)
    V, c = r.normal(size=(5, 3)), 0.3 * r.normal(size=5)
    start, memory = 0.5 * r.normal(size=3), 0.7 * r.normal(size=3)
    return E, W, b, V, c, np.array([0, 3, 1, 3, 4]), np.array([3, 1, 3, 4, 2]), start, memory


def loss(E, W, b, V, c, text, following, start, memory):
    # gates in the order input, forget, output; then the candidate
    h, cell, total = start, memory, 0.0
    for letter, goal in zip(text, following):
        z = W @ np.concatenate([E[letter], h]) + b
        gates = 1 / (1 + np.exp(-z[:9]))
        cell = gates[3:6] * cell + gates[:3] * np.tanh(z[9:])
        h = gates[6:] * np.tanh(cell)
        scores = V @ h + c
        total = total + np.log(np.sum(np.exp(scores))) - scores[goal]
    return total / len(text)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class Lstm:
    def __init__(self, W, b, hidden):
        self.W, self.b, self.H = W, b, hidden
        self.dW, self.db = np.zeros_like(W), np.zeros_like(b)
        self.caches = []

    def step(self, x, h, cell):
        H = self.H
        joined = np.hstack((x, h))
        z = np.dot(self.W, joined) + self.b
        i, f, o, g = sigmoid(z[:H]), sigmoid(z[H : 2 * H]), sigmoid(z[2 * H : 3 * H]), np.tanh(z[3 * H :])
        new = f * cell + i * g
        self.caches.append((joined, i, f, o, g, cell, new))
        return o * np.tanh(new), new

    def step_back(self, dh, dcell):
        joined, i, f, o, g, old, new = self.caches.pop()
        squashed = np.tanh(new)
        do = dh * squashed
        dcell = dcell + dh * o * (1 - squashed**2)
        di = dcell * g
        df = dcell * old
        dg = dcell * i
        dz = np.hstack((di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)))
        self.dW += np.outer(dz, joined)
        self.db += dz
        djoined = np.dot(self.W.T, dz)
        return djoined[: -self.H], djoined[-self.H :], dcell * f


def right(E, W, b, V, c, text, following, start, memory):
    net, h, cell = Lstm(W, b, len(start)), start, memory
    errors, states = [], []
    for letter, goal in zip(text, following):
        h, cell = net.step(E[letter], h, cell)
        p = np.exp(np.dot(V, h) + c)
        p /= np.sum(p)
        p[goal] -= 1
        errors.append(p / len(text))
        states.append(h)
    dE, dV, dc = np.zeros_like(E), np.zeros_like(V), np.zeros_like(c)
    dh, dcell = np.zeros_like(h), np.zeros_like(cell)
    for t in reversed(range(len(text))):
        dV += np.outer(errors[t], states[t])
        dc += errors[t]
        dx, dh, dcell = net.step_back(dh + np.dot(V.T, errors[t]), dcell)
        dE[text[t]] += dx
    return dE, net.dW, net.db, dV, dc


def run_lstm(E, W, b, text, start, memory):
    T, H = len(text), len(start)
    trace = {"in": np.empty((T, W.shape[1])), "act": np.empty((T, 4, H))}
    trace["cell"], trace["h"] = np.empty((T + 1, H)), np.empty((T + 1, H))
    trace["cell"][0], trace["h"][0] = memory, start
    for t, letter in enumerate(text):
        trace["in"][t] = np.r_[E[letter], trace["h"][t]]
        z = (W @ trace["in"][t] + b).reshape(4, H)
        act = trace["act"][t]
        act[:3] = 0.5 * (1 + np.tanh(z[:3] / 2))
        act[3] = np.tanh(z[3])
        trace["cell"][t + 1] = act[1] * trace["cell"][t] + act[0] * act[3]
        trace["h"][t + 1] = act[2] * np.tanh(trace["cell"][t + 1])
    return trace


def backprop(E, W, b, V, c, text, following, start, memory):
    T, width = len(text), E.shape[1]
    trace = run_lstm(E, W, b, text, start, memory)
    h, cell, act = trace["h"], trace["cell"], trace["act"]
    scores = h[1:] @ V.T + c
    P = np.exp(scores)
    P /= P.sum(axis=1, keepdims=True)
    err = (P - np.eye(len(c))[following]) / T
    from_output = err @ V
    dpre = np.zeros_like(act)
    dx = np.zeros((T, width))
    h_back, cell_back = 0.0, 0.0
    for t in range(T)[::-1]:
        i, f, o, g = act[t]
        tc = np.tanh(cell[t + 1])
        dh = from_output[t] + h_back
        dc_t = cell_back + dh * o * (1 - tc * tc)
        dpre[t, 0] = dc_t * g * i * (1 - i)
        dpre[t, 1] = dc_t * cell[t] * f * (1 - f)
        dpre[t, 2] = dh * tc * o * (1 - o)
        dpre[t, 3] = dc_t * i * g * (1 - g)
        d_in = dpre[t].ravel() @ W
        dx[t], h_back = d_in[:width], d_in[width:]
        cell_back = dc_t * f
    flat = dpre.reshape(T, -1)
    dE = np.zeros_like(E)
    np.add.at(dE, text, dx)
    return {"E": dE, "W": flat.T @ trace["in"], "b": flat.sum(axis=0), "V": err.T @ h[1:], "c": err.sum(axis=0)}
