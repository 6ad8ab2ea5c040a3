"""Seq2seq context not handed to the encoder.

expected kind: missing-term or detached
wrong line: 134 or 135
correction 134: dh = dh_next + dH[t]
correction 135: dz = (dh + dH[t]) * (1 - hs[t + 1] ** 2)
what: What comes back through the context of the attention is collected, but not added to the gradients of the encoder's states
source: https://github.com/rsarxiv/seq2seq-attention/issues/7
said: the context is made of all states of the encoder, but its gradient is not passed on to them
"""

import numpy as np

PARAMETERS = ["We", "Ue", "Wd", "Ud", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = [0.7 * r.normal(size=shape) for shape in ((2, 3), (3, 3), (2, 3), (3, 3), (6, 2))]
    return *weights, r.normal(size=(4, 2)), r.normal(size=(3, 2))


def loss(We, Ue, Wd, Ud, V, source, target):
    h, H = np.zeros(len(Ue)), []
    for x in source:
        h = np.tanh(x @ We + h @ Ue)
        H.append(h)
    H = np.stack(H)
    s, previous, total = h, np.zeros(2), 0.0
    for y in target:
        s = np.tanh(previous @ Wd + s @ Ud)
        e = np.exp(H @ s)
        context = (e / np.sum(e)) @ H
        out = np.concatenate([s, context]) @ V
        total = total + 0.5 * np.sum((out - y) ** 2)
        previous = y
    return total


class Encoder:
    def __init__(self, W, U):
        self.W, self.U = W, U
        self.dW, self.dU = np.zeros(W.shape), np.zeros(U.shape)

    def forward(self, xs):
        self.xs, self.states = xs, [np.zeros(len(self.U))]
        for x in xs:
            self.states.append(np.tanh(x @ self.W + self.states[-1] @ self.U))
        return np.array(self.states[1:])

    def backward(self, dstates, dlast):
        dh = dlast
        steps = list(zip(self.xs, self.states[:-1], self.states[1:], dstates))
        for x, before, after, dstate in reversed(steps):
            dz = (dh + dstate) * (1 - after * after)
            self.dW += np.outer(x, dz)
            self.dU += np.outer(before, dz)
            dh = self.U @ dz


class AttentionDecoder:
    def __init__(self, W, U, V):
        self.W, self.U, self.V = W, U, V
        self.dW, self.dU, self.dV = np.zeros(W.shape), np.zeros(U.shape), np.zeros(V.shape)

    def forward(self, H, targets):
        self.H, self.steps = H, []
        s, y = H[-1], np.zeros(targets.shape[1])
        for target in targets:
            s_new = np.tanh(y @ self.W + s @ self.U)
            e = np.exp(H @ s_new)
            alpha = e / e.sum()
            joined = np.concatenate([s_new, alpha @ H])
            self.steps.append((y, s, s_new, alpha, joined, joined @ self.V - target))
            s, y = s_new, target

    def backward(self):
        dH, ds = np.zeros(self.H.shape), np.zeros(len(self.U))
        for y, s, s_new, alpha, joined, error in self.steps[::-1]:
            self.dV += np.outer(joined, error)
            from_state, dcontext = np.split(self.V @ error, 2)
            ds = ds + from_state
            dalpha = self.H @ dcontext
            dscore = alpha * (dalpha - np.sum(alpha * dalpha))
            ds = ds + self.H.T @ dscore
            dH += alpha[:, None] * dcontext + dscore[:, None] * s_new
            dz = ds * (1 - s_new**2)
            self.dW += np.outer(y, dz)
            self.dU += np.outer(s, dz)
            ds = self.U @ dz
        return dH, ds


def right(We, Ue, Wd, Ud, V, source, target):
    encoder, decoder = Encoder(We, Ue), AttentionDecoder(Wd, Ud, V)
    decoder.forward(encoder.forward(source), target)
    dH, dstart = decoder.backward()
    encoder.backward(dH, dstart)
    return encoder.dW, encoder.dU, decoder.dW, decoder.dU, decoder.dV


def backprop(We, Ue, Wd, Ud, V, source, target):
    n = Ue.shape[0]
    hs = [np.zeros(n)]
    for x in source:
        hs.append(np.tanh(np.dot(x, We) + np.dot(hs[-1], Ue)))
    H = np.array(hs[1:])
    inputs = np.vstack([np.zeros(target.shape[1]), target[:-1]])
    ss, alphas, cats, errors = [hs[-1]], [], [], []
    for t in range(len(target)):
        ss.append(np.tanh(np.dot(inputs[t], Wd) + np.dot(ss[-1], Ud)))
        e = np.exp(np.dot(H, ss[-1]))
        alphas.append(e / e.sum())
        cats.append(np.concatenate([ss[-1], np.dot(alphas[-1], H)]))
        errors.append(np.dot(cats[-1], V) - target[t])

    grads = {"We": np.zeros_like(We), "Ue": np.zeros_like(Ue), "Wd": np.zeros_like(Wd), "Ud": np.zeros_like(Ud), "V": np.zeros_like(V)}
    dH = np.zeros_like(H)
    ds_next = np.zeros(n)
    for t in reversed(range(len(target))):
        grads["V"] += np.outer(cats[t], errors[t])
        dcat = np.dot(V, errors[t])
        dcontext = dcat[n:]
        dalpha = np.dot(H, dcontext)
        de = alphas[t] * (dalpha - np.dot(alphas[t], dalpha))
        dH += np.outer(alphas[t], dcontext) + np.outer(de, ss[t + 1])
        ds = dcat[:n] + np.dot(de, H) + ds_next
        dz = ds * (1 - ss[t + 1] ** 2)
        grads["Wd"] += np.outer(inputs[t], dz)
        grads["Ud"] += np.outer(ss[t], dz)
        ds_next = np.dot(Ud, dz)
    dh_next = ds_next
    for t in reversed(range(len(source))):
        dh = dh_next
        dz = dh * (1 - hs[t + 1] ** 2)
        grads["We"] += np.outer(source[t], dz)
        grads["Ue"] += np.outer(hs[t], dz)
        dh_next = np.dot(Ue, dz)
    return grads
