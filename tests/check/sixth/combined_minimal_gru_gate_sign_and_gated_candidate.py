"""Combined minimal gru gate sign and gated candidate.

expected kind: sign + missing-factor
wrong line: 70 and 76
correction 70: df = dh * (hh - h) + dfh * h
correction 76: return dh * (1 - f) + dfh * f + np.dot(dzf, P["Uf"].T)
what: The gate takes old state minus candidate, and what comes back through the candidate's input isn't gated again
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wf", "Uf", "Wh", "Uh"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Uf, Uh = 0.6 * r.normal(size=(2, 4, 4))
    Wf, Wh = 0.6 * r.normal(size=(2, 3, 4))
    return Wf, Uf, Wh, Uh, r.normal(size=(5, 2, 3)), r.normal(size=(5, 2, 4))


def loss(Wf, Uf, Wh, Uh, xs, targets):
    h, total = np.zeros((2, 4)), 0
    for x, t in zip(xs, targets):
        f = 1 / (1 + np.exp(-(x @ Wf + h @ Uf)))
        h = (1 - f) * h + f * np.tanh(x @ Wh + (f * h) @ Uh)
        total = total + 0.5 * np.sum((h - t) ** 2)
    return total


def right(Wf, Uf, Wh, Uh, xs, targets):
    tape, h = [], np.zeros((2, 4))
    for x in xs:
        f = 1 / (1 + np.exp(-(x @ Wf + h @ Uf)))
        c = np.tanh(x @ Wh + (f * h) @ Uh)
        tape.append((x, h, f, c))
        h = h + f * (c - h)
    g, d = [0, 0, 0, 0], np.zeros((2, 4))
    for (x, h0, f, c), t in zip(tape[::-1], targets[::-1]):
        d = d + h0 + f * (c - h0) - t
        a = d * f * (1 - c**2)
        r = a @ Uh.T
        b = (d * (c - h0) + r * h0) * f * (1 - f)
        g = [g[0] + x.T @ b, g[1] + h0.T @ b, g[2] + x.T @ a, g[3] + (f * h0).T @ a]
        d = d * (1 - f) + r * f + b @ Uf.T
    return tuple(g)


class MGU:
    def __init__(self, params):
        self.params = params
        self.grads = dict((k, np.zeros_like(v)) for k, v in params.items())
        self.caches = []

    def step(self, x, h):
        P = self.params
        f = 1.0 / (1.0 + np.exp(-(np.dot(x, P["Wf"]) + np.dot(h, P["Uf"]))))
        hh = np.tanh(np.dot(x, P["Wh"]) + np.dot(f * h, P["Uh"]))
        self.caches.append((x, h, f, hh))
        return (1.0 - f) * h + f * hh

    def step_back(self, dh):
        P, G = self.params, self.grads
        x, h, f, hh = self.caches.pop()
        dhh = dh * f
        dzh = dhh * (1 - hh**2)
        dfh = np.dot(dzh, P["Uh"].T)
        df = dh * (h - hh) + dfh * h
        dzf = df * f * (1 - f)
        G["Wh"] += np.dot(x.T, dzh)
        G["Uh"] += np.dot((f * h).T, dzh)
        G["Wf"] += np.dot(x.T, dzf)
        G["Uf"] += np.dot(h.T, dzf)
        return dh * (1 - f) + dfh + np.dot(dzf, P["Uf"].T)


def backprop(Wf, Uf, Wh, Uh, xs, targets):
    cell = MGU({"Wf": Wf, "Uf": Uf, "Wh": Wh, "Uh": Uh})
    hs = [np.zeros((xs.shape[1], len(Uf)))]
    for x in xs:
        hs.append(cell.step(x, hs[-1]))
    dh = np.zeros_like(hs[0])
    for h, t in zip(reversed(hs[1:]), reversed(targets)):
        dh = cell.step_back(dh + h - t)
    return cell.grads
