"""Falcon reader never hears of the cries.

expected kind: missing-term or detached
wrong line: 83
correction 83: dh = dlast
what: The last state of the encoder gets no gradient from the decoder that starts with it
source: https://github.com/Element-Research/rnn/issues/231
said: the gradient of the last state of the encoder can't be given to the layer, which starts with zeros there
"""

import numpy as np

PARAMETERS = ["W", "U", "v", "D", "R", "O"]
sigmoid = lambda a: 1 / (1 + np.exp(-a))


def data(seed=0):
    r = np.random.default_rng(seed)
    # five winds are read by a GRU, which guesses the height at each; from its last state four cries are told, of five kinds
    W, U, v = r.normal(size=(3, 2, 3)), r.normal(size=(3, 3, 3)), r.normal(size=3)
    D, R, O = 0.6 * r.normal(size=(5, 3)), 0.8 * r.normal(size=(3, 3)), r.normal(size=(3, 5))
    return W, U, v, D, R, O, r.normal(size=(5, 2)), r.normal(size=5), r.integers(0, 5, size=4)


def loss(W, U, v, D, R, O, winds, heights, cries):
    h, total = np.zeros(3), 0.0
    for x, y in zip(winds, heights):
        z, r = sigmoid(x @ W[0] + h @ U[0]), sigmoid(x @ W[1] + h @ U[1])
        h = z * h + (1 - z) * np.tanh(x @ W[2] + (r * h) @ U[2])
        total = total + (h @ v - y) ** 2 / 2
    for before, now in zip([0, *cries[:-1]], cries):
        h = np.tanh(D[before] + h @ R)
        total = total + np.log(np.sum(np.exp(h @ O))) - (h @ O)[now]
    return total


def right(W, U, v, D, R, O, winds, heights, cries):
    grads = {name: np.zeros(p.shape) for name, p in zip(PARAMETERS, (W, U, v, D, R, O))}
    h, dh, caches, states = np.zeros(3), np.zeros(3), [], []
    for x in winds:
        z, r = sigmoid(x @ W[0] + h @ U[0]), sigmoid(x @ W[1] + h @ U[1])
        new = np.tanh(x @ W[2] + (r * h) @ U[2])
        caches.append((x, h, z, r, new))
        h = z * h + (1 - z) * new
    said = [0] + list(cries[:-1])
    for before in said:
        states.append((h, h := np.tanh(D[before] + h @ R)))
    for (prev, s), before, now in list(zip(states, said, cries))[::-1]:
        p = np.exp(s @ O) / np.exp(s @ O).sum() - (np.arange(5) == now)
        grads["O"] += np.outer(s, p)
        da = (dh + O @ p) * (1 - s * s)
        grads["D"][before] += da
        grads["R"] += np.outer(prev, da)
        dh = R @ da
    for (x, prev, z, r, new), y in list(zip(caches, heights))[::-1]:
        out = z * prev + (1 - z) * new
        error = out @ v - y
        grads["v"] += error * out
        dh = dh + error * v
        dz = dh * (prev - new) * z * (1 - z)
        dnew = dh * (1 - z) * (1 - new**2)
        drh = U[2] @ dnew
        dr = drh * prev * r * (1 - r)
        for k, (d, state) in enumerate([(dz, prev), (dr, prev), (dnew, r * prev)]):
            grads["W"][k] += np.outer(x, d)
            grads["U"][k] += np.outer(state, d)
        dh = dh * z + drh * r + U[0] @ dz + U[1] @ dr
    return grads


class Encoder:
    def __init__(self, W, U):
        self.W, self.U, self.dW, self.dU = W, U, 0 * W, 0 * U
    def forward(self, xs):
        self.xs, self.hs, self.gates = xs, [np.zeros(3)], []
        for x in xs:
            z, r = sigmoid(self.W[:2].transpose(0, 2, 1) @ x + self.U[:2].transpose(0, 2, 1) @ self.hs[-1])
            c = np.tanh(self.W[2].T @ x + self.U[2].T @ (r * self.hs[-1]))
            self.gates.append((z, r, c))
            self.hs.append(c + z * (self.hs[-1] - c))
        return np.array(self.hs[1:])
    def backward(self, douts, dlast):
        dh = np.zeros_like(dlast)
        for t in range(len(douts))[::-1]:
            (z, r, c), h = self.gates[t], self.hs[t]
            dh = dh + douts[t]
            dc = dh * (1 - z) * (1 - c * c)
            drh = self.U[2].dot(dc)
            d = np.array([dh * (h - c) * z * (1 - z), drh * h * r * (1 - r), dc])
            self.dW += self.xs[t][None, :, None] * d[:, None, :]
            self.dU += np.array([h, h, r * h])[:, :, None] * d[:, None, :]
            dh = dh * z + drh * r + self.U[0].dot(d[0]) + self.U[1].dot(d[1])


def backprop(W, U, v, D, R, O, winds, heights, cries):
    encoder = Encoder(W, U)
    H = encoder.forward(winds)
    S, said = [H[-1]], np.append(0, cries[:-1])
    for word in said:
        S.append(np.tanh(D[word] + S[-1] @ R))
    S = np.array(S)
    p = np.exp(S[1:] @ O)
    p = p / p.sum(axis=1, keepdims=True) - np.eye(5)[cries]
    dA, dstate = np.zeros((len(cries), 3)), np.zeros(3)
    for t in range(len(cries))[::-1]:
        dA[t] = (O @ p[t] + dstate) * (1 - S[t + 1] ** 2)
        dstate = R @ dA[t]
    miss = H @ v - heights
    encoder.backward(np.outer(miss, v), dstate)
    return encoder.dW, encoder.dU, H.T @ miss, np.eye(5)[said].T @ dA, S[:-1].T @ dA, S[1:].T @ p
