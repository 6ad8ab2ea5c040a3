"""Arrays nightingale recurrent weights of the input gate turned.

expected kind: transpose or swapped-operands
wrong line: 134
correction 134: dUi += np.outer(before, ai)
given as: arrays
what: The outer product for the recurrent weights of the input gate has its operands exchanged
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wi", "Wf", "Wg", "Wo", "Ui", "Uf", "Ug", "Uo", "pi", "pf", "po", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    tones, H, n, T = 3, 3, 4, 4
    W, U = [r.normal(size=(tones, H)) for _ in range(4)], [0.7 * r.normal(size=(H, H)) for _ in range(4)]
    peep = [0.8 * r.normal(size=H) for _ in range(3)]
    return *W, *U, *peep, 1.5 * r.normal(size=(H, tones)), r.integers(0, tones, size=(n, T + 1)), r.normal(size=(n, H))


def loss(Wi, Wf, Wg, Wo, Ui, Uf, Ug, Uo, pi, pf, po, V, song, mood):
    n, T = song.shape[0], song.shape[1] - 1
    h, c, total = mood, mood, 0.0
    for t in range(T):
        tone = song[:, t]
        i = 1 / (1 + np.exp(-(Wi[tone] + h @ Ui + pi * c)))
        f = 1 / (1 + np.exp(-(Wf[tone] + h @ Uf + pf * c)))
        c = f * c + i * np.tanh(Wg[tone] + h @ Ug)
        o = 1 / (1 + np.exp(-(Wo[tone] + h @ Uo + po * c)))
        h = o * np.tanh(c)
        s = h @ V
        total = total + np.sum(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(n), song[:, t + 1]])
    return total / n


class Nightingale:
    """An LSTM whose gates look at the cell."""

    def __init__(self, params):
        self.p = params
        self.g = {k: np.zeros_like(v) for k, v in params.items()}
        self.tape = []

    def sing(self, tone, h, c):
        p, s = self.p, lambda a: 1 / (1 + np.exp(-a))
        i = s(p["Wi"][tone] + h @ p["Ui"] + p["pi"] * c)
        f = s(p["Wf"][tone] + h @ p["Uf"] + p["pf"] * c)
        g = np.tanh(p["Wg"][tone] + h @ p["Ug"])
        new = f * c + i * g
        o = s(p["Wo"][tone] + h @ p["Uo"] + p["po"] * new)
        self.tape.append((tone, h, c, i, f, g, o, new))
        return o * np.tanh(new), new

    def learn(self, dh, dc):
        """Take the last tone back."""
        tone, h, c, i, f, g, o, new = self.tape.pop()
        p, t = self.p, np.tanh(new)
        d = {"o": dh * t * o * (1 - o)}
        dc = dc + dh * o * (1 - t * t) + d["o"] * p["po"]
        d["i"] = dc * g * i * (1 - i)
        d["f"] = dc * c * f * (1 - f)
        d["g"] = dc * i * (1 - g * g)
        dprev = np.zeros_like(h)
        for k, da in d.items():
            np.add.at(self.g["W" + k], tone, da)
            self.g["U" + k] += h.T @ da
            dprev += da @ p["U" + k].T
        self.g["pi"] += np.sum(d["i"] * c, axis=0)
        self.g["pf"] += np.sum(d["f"] * c, axis=0)
        self.g["po"] += np.sum(d["o"] * new, axis=0)
        return dprev, dc * f + d["i"] * p["pi"] + d["f"] * p["pf"]


def right(Wi, Wf, Wg, Wo, Ui, Uf, Ug, Uo, pi, pf, po, V, song, mood):
    names = "Wi Wf Wg Wo Ui Uf Ug Uo pi pf po V".split()
    bird = Nightingale(dict(zip(names, (Wi, Wf, Wg, Wo, Ui, Uf, Ug, Uo, pi, pf, po, V))))
    h, c, heard = mood, mood, []
    n, T = len(song), song.shape[1] - 1
    for t in range(T):
        h, c = bird.sing(song[:, t], h, c)
        heard.append(h)
    dh, dc = np.zeros_like(h), np.zeros_like(c)
    for t in range(T - 1, -1, -1):
        e = np.exp(heard[t] @ V)
        ds = e / np.sum(e, axis=1, keepdims=True)
        ds[np.arange(n), song[:, t + 1]] -= 1
        ds /= n
        bird.g["V"] += heard[t].T @ ds
        dh, dc = bird.learn(dh + ds @ V.T, dc)
    return bird.g


def logistic(a):
    return 1 / (1 + np.exp(-a))


def backprop(Wi, Wf, Wg, Wo, Ui, Uf, Ug, Uo, pi, pf, po, V, song, mood):
    dWi, dWf, dWg, dWo, dUi, dUf, dUg, dUo = [np.zeros(M.shape) for M in (Wi, Wf, Wg, Wo, Ui, Uf, Ug, Uo)]
    dpi, dpf, dpo, dV = [np.zeros(M.shape) for M in (pi, pf, po, V)]
    for tones, feeling in zip(song, mood):
        h, c, memory = [feeling], [feeling], []
        for x in tones[:-1]:
            i = logistic(Wi[x] + Ui.T @ h[-1] + pi * c[-1])
            f = logistic(Wf[x] + Uf.T @ h[-1] + pf * c[-1])
            g = np.tanh(Wg[x] + Ug.T @ h[-1])
            c.append(f * c[-1] + i * g)
            o = logistic(Wo[x] + Uo.T @ h[-1] + po * c[-1])
            h.append(o * np.tanh(c[-1]))
            memory.append((i, f, g, o))
        dh, dc = np.zeros(len(pi)), np.zeros(len(pi))
        for t in range(len(memory), 0, -1):
            i, f, g, o = memory[t - 1]
            x, before, cell = tones[t - 1], h[t - 1], c[t - 1]
            # the next tone
            wrong = np.exp(V.T @ h[t])
            wrong /= wrong.sum()
            wrong[tones[t]] -= 1
            wrong /= len(song)
            dV += np.outer(h[t], wrong)
            dh += V @ wrong
            # gates
            th = np.tanh(c[t])
            ao = dh * th * o * (1 - o)
            dc += dh * o * (1 - th**2) + ao * po
            ai, af, ag = dc * g * i * (1 - i), dc * cell * f * (1 - f), dc * i * (1 - g**2)
            dWi[x] += ai
            dWf[x] += af
            dWg[x] += ag
            dWo[x] += ao
            dUi += np.outer(ai, before)
            dUf += np.outer(before, af)
            dUg += np.outer(before, ag)
            dUo += np.outer(before, ao)
            dpi += ai * cell
            dpf += af * cell
            dpo += ao * c[t]
            dh = Ui @ ai + Uf @ af + Ug @ ag + Uo @ ao
            dc = dc * f + ai * pi + af * pf
    return dWi, dWf, dWg, dWo, dUi, dUf, dUg, dUo, dpi, dpf, dpo, dV
