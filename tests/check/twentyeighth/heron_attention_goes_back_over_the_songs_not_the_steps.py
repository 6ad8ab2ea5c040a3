"""Heron attention goes back over the songs not the steps.

expected kind: wrong-axis
wrong line: 123
correction 123: dscore = self.a * (da - np.sum(self.a * da, axis=1, keepdims=True))
what: In the softmax of the attention the sum is over the songs of the batch, not over the steps of a song
source: https://github.com/HsiaoYetGun/ESIM/issues/5
said: the softmax of the attention weights runs over another axis than intended, since a transpose turns around all axes
"""

import numpy as np

PARAMETERS = ["Wg", "Ug", "bg", "Wn", "Un", "q", "V", "c"]
STEPS = 4


def data(seed=0):
    r = np.random.default_rng(seed)
    d, H, kinds, n, heard = 3, 4, 3, 6, 6
    # a song has six frames, of which the bird is recognised by the first four
    Wg, Ug, bg = r.normal(size=(d, 2 * H)), 0.7 * r.normal(size=(H, 2 * H)), 0.3 * r.normal(size=2 * H)
    Wn, Un, q = r.normal(size=(d, H)), 0.8 * r.normal(size=(H, H)), 1.5 * r.normal(size=H)
    V, c = 1.4 * r.normal(size=(H, kinds)), 0.3 * r.normal(size=kinds)
    return Wg, Ug, bg, Wn, Un, q, V, c, r.normal(size=(n, heard, d)), r.integers(0, kinds, size=n)


def loss(Wg, Ug, bg, Wn, Un, q, V, c, songs, species):
    n, H = songs.shape[0], q.shape[0]
    h, states = np.zeros((n, H)), []
    for t in range(STEPS):
        gates = 1 / (1 + np.exp(-(songs[:, t] @ Wg + h @ Ug + bg)))
        z, r = gates[:, :H], gates[:, H:]
        h = z * h + (1 - z) * np.tanh(songs[:, t] @ Wn + (r * h) @ Un)
        states.append(h)
    S = np.stack(states, axis=1)
    score = np.exp(S @ q)
    attention = score / np.sum(score, axis=1, keepdims=True)
    logits = np.sum(attention[:, :, None] * S, axis=1) @ V + c
    return np.mean(np.log(np.sum(np.exp(logits), axis=1)) - logits[np.arange(n), species])


def logistic(x):
    return 1 / (1 + np.exp(-x))


def one_song(Wg, Ug, bg, Wn, Un, q, V, c, song, kind):
    """The gradients for a single song; its steps are kept on a tape."""
    H = q.size
    h, tape = np.zeros(H), []
    for x in song[:STEPS]:
        pre = x @ Wg + h @ Ug + bg
        z, r = logistic(pre[:H]), logistic(pre[H:])
        n = np.tanh(x @ Wn + (r * h) @ Un)
        tape.append((h, z, r, n))
        h = n + z * (h - n)
    after = np.vstack([entry[0] for entry in tape[1:]] + [h])
    weight = np.exp(after @ q)
    weight /= weight.sum()
    context = weight @ after
    y = np.exp(context @ V + c)
    y /= y.sum()
    y[kind] -= 1.0

    dcontext = V @ y
    dV, dc = np.outer(context, y), y
    dweight = after @ dcontext
    dscore = weight * (dweight - weight @ dweight)
    dq = dscore @ after
    dafter = np.outer(weight, dcontext) + np.outer(dscore, q)

    dWg, dUg, dbg, dWn, dUn = (np.zeros(w.shape) for w in (Wg, Ug, bg, Wn, Un))
    flow = np.zeros(H)
    for x, (h, z, r, n), from_attention in zip(song[STEPS - 1 :: -1], reversed(tape), dafter[::-1]):
        flow = flow + from_attention
        dn = flow * (1 - z) * (1 - n**2)
        dgated = Un @ dn
        dpre = np.concatenate([flow * (h - n) * z * (1 - z), dgated * h * r * (1 - r)])
        dWn += np.outer(x, dn)
        dUn += np.outer(r * h, dn)
        dWg += np.outer(x, dpre)
        dUg += np.outer(h, dpre)
        dbg += dpre
        flow = flow * z + dgated * r + Ug @ dpre
    return dWg, dUg, dbg, dWn, dUn, dq, dV, dc


def right(Wg, Ug, bg, Wn, Un, q, V, c, songs, species):
    sums = None
    for song, kind in zip(songs, species):
        found = one_song(Wg, Ug, bg, Wn, Un, q, V, c, song, kind)
        sums = found if sums is None else [s + f for s, f in zip(sums, found)]
    return tuple(s / len(songs) for s in sums)


class Listener:
    def __init__(self, Wg, Ug, bg, Wn, Un, q, V, c):
        self.Wg, self.Ug, self.bg, self.Wn, self.Un, self.q, self.V, self.c = Wg, Ug, bg, Wn, Un, q, V, c
        self.H = len(q)
        self.cache = []

    def forward(self, songs):
        h = np.zeros((len(songs), self.H))
        hs = []
        for t in range(STEPS):
            x = songs[:, t]
            zr = 1 / (1 + np.exp(-(x @ self.Wg + h @ self.Ug + self.bg)))
            z, r = np.split(zr, 2, axis=1)
            new = np.tanh(x @ self.Wn + (r * h) @ self.Un)
            self.cache.append((x, h, z, r, new))
            h = z * h + (1 - z) * new
            hs.append(h)
        self.S = np.array(hs).transpose(1, 0, 2)
        e = np.exp(self.S @ self.q)
        self.a = e / e.sum(axis=1, keepdims=True)
        self.context = np.einsum("nt,nth->nh", self.a, self.S)
        e = np.exp(self.context @ self.V + self.c)
        return e / e.sum(axis=1, keepdims=True)

    def backward(self, dlogits):
        g = {"V": self.context.T @ dlogits, "c": dlogits.sum(axis=0)}
        dcontext = dlogits @ self.V.T
        da = np.einsum("nh,nth->nt", dcontext, self.S)
        dscore = self.a * (da - np.sum(self.a * da, axis=0, keepdims=True))
        g["q"] = np.einsum("nt,nth->h", dscore, self.S)
        dS = self.a[:, :, None] * dcontext[:, None, :] + dscore[:, :, None] * self.q
        for k in ("Wg", "Ug", "bg", "Wn", "Un"):
            g[k] = np.zeros_like(getattr(self, k))
        dh = np.zeros_like(dcontext)
        for t in range(STEPS - 1, -1, -1):
            x, h, z, r, new = self.cache[t]
            dh = dh + dS[:, t]
            dnew = dh * (1 - z) * (1 - new * new)
            drh = dnew @ self.Un.T
            dzr = np.hstack([dh * (h - new) * z * (1 - z), drh * h * r * (1 - r)])
            g["Wn"] += x.T @ dnew
            g["Un"] += (r * h).T @ dnew
            g["Wg"] += x.T @ dzr
            g["Ug"] += h.T @ dzr
            g["bg"] += dzr.sum(axis=0)
            dh = dh * z + drh * r + dzr @ self.Ug.T
        return g


def backprop(Wg, Ug, bg, Wn, Un, q, V, c, songs, species):
    net = Listener(Wg, Ug, bg, Wn, Un, q, V, c)
    p = net.forward(songs)
    p[np.arange(len(p)), species] -= 1
    return net.backward(p / len(p))
