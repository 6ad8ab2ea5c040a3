"""Combined time steps lost and state too late.

expected kind: missing-term or missing-sum + wrong-point or stale-value
wrong line: 65 and 64
correction 64: dLdW += np.outer(delta_t, s[step - 1])
correction 65: dLdU = dLdU + np.outer(delta_t, x[step])
what: The input's weights keep the gradient of one step only, the recurrent ones take the state of their own step
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["U", "W", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    U, W, V = 0.6 * r.normal(size=(3, 2)), 0.6 * r.normal(size=(3, 3)), r.normal(size=(2, 3))
    return U, W, V, r.normal(size=(4, 2)), r.normal(size=(4, 2))


def loss(U, W, V, x, y):
    s, J = np.zeros(3), 0
    for t in range(4):
        s = np.tanh(U @ x[t] + W @ s)
        J = J + 0.5 * np.sum((V @ s - y[t]) ** 2)
    return J


def right(U, W, V, x, y):
    S = [np.zeros(3)]
    for v in x:
        S.append(np.tanh(U @ v + W @ S[-1]))
    S = np.array(S)
    E = S[1:] @ V.T - y
    D = E @ V
    for t in range(3, -1, -1):
        D[t] = (D[t] + (W.T @ D[t + 1] if t < 3 else 0)) * (1 - S[t + 1] ** 2)
    return D.T @ x, D.T @ S[:-1], E.T @ S[1:]


class RNN:
    def __init__(self, U, W, V):
        self.U, self.W, self.V = U, W, V

    def forward(self, x):
        T = len(x)
        s = np.zeros((T + 1, 3))
        o = np.zeros((T, 2))
        for t in np.arange(T):
            s[t] = np.tanh(self.U.dot(x[t]) + self.W.dot(s[t - 1]))
            o[t] = self.V.dot(s[t])
        return o, s

    def bptt(self, x, y):
        o, s = self.forward(x)
        dLdU, dLdW, dLdV = np.zeros(self.U.shape), np.zeros(self.W.shape), np.zeros(self.V.shape)
        delta_o = o - y
        for t in np.arange(len(x))[::-1]:
            dLdV += np.outer(delta_o[t], s[t])
            delta_t = self.V.T.dot(delta_o[t]) * (1 - s[t] ** 2)
            for step in np.arange(0, t + 1)[::-1]:
                dLdW += np.outer(delta_t, s[step])
                dLdU = np.outer(delta_t, x[step])
                delta_t = self.W.T.dot(delta_t) * (1 - s[step - 1] ** 2)
        return dLdU, dLdW, dLdV


def backprop(U, W, V, x, y):
    return RNN(U, W, V).bptt(x, y)
