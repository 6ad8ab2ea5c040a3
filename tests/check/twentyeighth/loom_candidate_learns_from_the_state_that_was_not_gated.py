"""Loom candidate learns from the state that was not gated.

expected kind: missing-factor
wrong line: 109
correction 109: grads["Uh"] += np.outer(f * h, dg)
what: The candidate saw the state times the gate, but its weights get the gradient with the state alone
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wf", "Uf", "bf", "Wh", "Uh", "bh", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    d, H, T, n = 2, 3, 4, 5
    Wf, Uf, bf = r.normal(size=(d, H)), 0.8 * r.normal(size=(H, H)), 0.4 * r.normal(size=H)
    Wh, Uh, bh = 1.2 * r.normal(size=(d, H)), 0.9 * r.normal(size=(H, H)), 0.4 * r.normal(size=H)
    return Wf, Uf, bf, Wh, Uh, bh, 1.5 * r.normal(size=H), 1.3 * r.normal(size=(n, T, d)), r.normal(size=(n, T))


def loss(Wf, Uf, bf, Wh, Uh, bh, v, threads, tension):
    n, T = tension.shape
    h, states = np.zeros((n, bf.shape[0])), []
    for t in range(T):
        f = 1 / (1 + np.exp(-(threads[:, t] @ Wf + h @ Uf + bf)))
        g = np.tanh(threads[:, t] @ Wh + (f * h) @ Uh + bh)
        h = (1 - f) * h + f * g
        states.append(h)
    S = np.stack(states, axis=1)
    # every step looks at all the steps
    e = np.exp(S @ np.transpose(S, (0, 2, 1)))
    A = e / np.sum(e, axis=2, keepdims=True)
    return np.sum((A @ S @ v - tension) ** 2) / (2 * n)


def run_forward(W, U, b, threads):
    n, T, _ = threads.shape
    S = np.zeros((n, T + 1, len(b["f"])))
    F, G = np.zeros((2, n, T, len(b["f"])))
    for t in range(T):
        F[:, t] = 1 / (1 + np.exp(-threads[:, t] @ W["f"] - S[:, t - 1] @ U["f"] - b["f"]))
        G[:, t] = np.tanh(threads[:, t] @ W["h"] + (F[:, t] * S[:, t - 1]) @ U["h"] + b["h"])
        S[:, t] = S[:, t - 1] + F[:, t] * (G[:, t] - S[:, t - 1])
    # row -1 stays zero: the state before the first step
    return S, F, G


def right(Wf, Uf, bf, Wh, Uh, bh, v, threads, tension):
    W, U, b = {"f": Wf, "h": Wh}, {"f": Uf, "h": Uh}, {"f": bf, "h": bh}
    n, T = tension.shape
    states, F, G = run_forward(W, U, b, threads)
    S = states[:, :T]
    E = np.exp(np.einsum("nsh,nth->nst", S, S))
    A = E / E.sum(axis=2, keepdims=True)
    O = A @ S
    err = (O @ v - tension) / n
    dv = np.einsum("nt,nth->h", err, O)
    dO = err[:, :, None] * v
    dA = np.einsum("nsh,nth->nst", dO, S)
    dE = A * (dA - np.sum(dA * A, axis=2, keepdims=True))
    dS = np.einsum("nst,nsh->nth", A, dO)
    dS += np.einsum("nst,nth->nsh", dE, S) + np.einsum("nst,nsh->nth", dE, S)
    dW, dU, db = ({k: np.zeros_like(w) for k, w in group.items()} for group in (W, U, b))
    carry = np.zeros((n, len(bf)))
    for t in reversed(range(T)):
        before, f, g = states[:, t - 1], F[:, t], G[:, t]
        dh = dS[:, t] + carry
        dg = dh * f * (1 - g**2)
        dfh = dg @ Uh.T
        df = (dh * (g - before) + dfh * before) * f * (1 - f)
        for k, d, seen in (("f", df, before), ("h", dg, f * before)):
            dW[k] += threads[:, t].T @ d
            dU[k] += seen.T @ d
            db[k] += d.sum(axis=0)
        carry = dh * (1 - f) + dfh * f + df @ Uf.T
    return dW["f"], dU["f"], db["f"], dW["h"], dU["h"], db["h"], dv


class Spool:
    """A minimal gated unit, one thread at a time."""

    def __init__(self, **weights):
        self.w = weights
        self.grads = {name: np.zeros(value.shape) for name, value in weights.items()}

    def wind(self, thread):
        w, h = self.w, np.zeros(self.w["bf"].size)
        self.past = []
        for x in thread:
            f = 1 / (1 + np.exp(-(w["Wf"].T @ x + w["Uf"].T @ h + w["bf"])))
            g = np.tanh(w["Wh"].T @ x + w["Uh"].T @ (f * h) + w["bh"])
            self.past.append((x, h, f, g))
            h = (1 - f) * h + f * g
            yield h

    def unwind(self, slopes):
        w, grads = self.w, self.grads
        later = np.zeros(w["bf"].size)
        while self.past:
            x, h, f, g = self.past.pop()
            dh = slopes[len(self.past)] + later
            dg = dh * f * (1 - g * g)
            dkept = w["Uh"] @ dg
            df = (dh * (g - h) + dkept * h) * f * (1 - f)
            grads["Wh"] += np.outer(x, dg)
            grads["Uh"] += np.outer(h, dg)
            grads["bh"] += dg
            grads["Wf"] += np.outer(x, df)
            grads["Uf"] += np.outer(h, df)
            grads["bf"] += df
            later = (1 - f) * dh + f * dkept + w["Uf"] @ df


def look_around(S, v, target, n):
    """Attention of the states on each other; return the gradients of the states and of v."""
    dS, dv = np.zeros_like(S), np.zeros_like(v)
    for s in range(len(S)):
        a = np.exp(S @ S[s])
        a = a / a.sum()
        out = a @ S
        err = (out @ v - target[s]) / n
        dv += err * out
        dS += err * np.outer(a, v)
        da = err * (S @ v)
        de = a * (da - a @ da)
        dS += np.outer(de, S[s])
        dS[s] += de @ S
    return dS, dv


def backprop(Wf, Uf, bf, Wh, Uh, bh, v, threads, tension):
    spool = Spool(Wf=Wf, Uf=Uf, bf=bf, Wh=Wh, Uh=Uh, bh=bh, v=v)
    for thread, target in zip(threads, tension):
        S = np.array(list(spool.wind(thread)))
        dS, dv = look_around(S, v, target, len(threads))
        spool.grads["v"] += dv
        spool.unwind(dS)
    return spool.grads
