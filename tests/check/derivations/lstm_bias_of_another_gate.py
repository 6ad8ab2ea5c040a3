"""Copied and pasted: the input gate is computed with the output gate's bias.

expected kind: another-loss or wrong-parameter
wrong line: 73
correction 73: Gu = sig(Wi @ Zt + bi)
what: the derivation's own forward pass uses bo where the loss has bi; its backward pass fits the loss
    otherwise
source: https://github.com/ddbourgin/numpy-ml/issues/42
said: In the forward pass the forget and the update gate add the output gate's bias: a copied line.
"""

import numpy as np

PARAMETERS = ["Wf", "Wi", "Wg", "Wo", "bf", "bi", "bg", "bo", "Wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    xs = r.normal(size=(4, 2))
    weights = [r.normal(size=(3, 5)) for _ in range(4)]
    biases = [r.normal(size=3) for _ in range(4)]
    start = [0.5 * r.normal(size=3), r.normal(size=3)]
    return [xs, r.normal(size=(4, 2)), *start, *weights, *biases, r.normal(size=(2, 3))]


def loss(xs, ys, h0, c0, Wf, Wi, Wg, Wo, bf, bi, bg, bo, Wv):
    def sigmoid(v):
        return 1 / (1 + np.exp(-v))

    h, c, total = h0, c0, 0.0
    for t in range(4):
        z = np.concatenate([h, xs[t]])
        c = sigmoid(Wf @ z + bf) * c + sigmoid(Wi @ z + bi) * np.tanh(Wg @ z + bg)
        h = sigmoid(Wo @ z + bo) * np.tanh(c)
        total = total + np.sum((Wv @ h - ys[t]) ** 2)
    return total


def right(xs, ys, h0, c0, Wf, Wi, Wg, Wo, bf, bi, bg, bo, Wv):
    W, b = np.vstack([Wf, Wi, Wo, Wg]), np.concatenate([bf, bi, bo, bg])
    h, c, tape = h0, c0, []
    for x in xs:
        z = np.concatenate([h, x])
        a = W @ z + b
        s, g = 1 / (1 + np.exp(-a[:9])), np.tanh(a[9:])
        old, c = c, s[:3] * c + s[3:6] * g
        h = s[6:] * np.tanh(c)
        tape.append((z, s, g, old, c, h))
    dW, db, dWv, dh, dc = 0 * W, 0 * b, 0 * Wv, 0 * h, 0 * c
    for (z, s, g, old, c, h), y in zip(tape[::-1], ys[::-1]):
        e = 2 * (Wv @ h - y)
        dWv += np.outer(e, h)
        dh = dh + e @ Wv
        dc = dc + dh * s[6:] * (1 - np.tanh(c) ** 2)
        ds = np.concatenate([dc * old, dc * g, dh * np.tanh(c)])
        da = np.concatenate([ds * s * (1 - s), dc * s[3:6] * (1 - g * g)])
        dW += np.outer(da, z)
        db += da
        dh, dc = (da @ W)[:3], dc * s[:3]
    (f, i, o, g), (bf, bi, bo, bg) = np.split(dW, 4), np.split(db, 4)
    return f, i, g, o, bf, bi, bg, bo, dWv


def sig(v):
    return 1.0 / (1.0 + np.exp(-v))


def backprop(xs, ys, h0, c0, Wf, Wi, Wg, Wo, bf, bi, bg, bo, Wv):
    A, C, derived = h0, c0, []
    for Xt in xs:
        Zt = np.hstack([A, Xt])
        Gf = sig(Wf @ Zt + bf)
        Gu = sig(Wi @ Zt + bo)
        Go = sig(Wo @ Zt + bo)
        Cc = np.tanh(Wg @ Zt + bg)
        C_prev, C = C, Gf * C + Gu * Cc
        A = Go * np.tanh(C)
        derived.append(dict(Zt=Zt, Gf=Gf, Gu=Gu, Go=Go, Cc=Cc, C=C, C_prev=C_prev, A=A))
    out = {name: 0.0 for name in PARAMETERS}
    dA_carry, dC_carry = np.zeros_like(h0), np.zeros_like(c0)
    for d, y in zip(reversed(derived), reversed(ys)):
        dY = 2 * (Wv @ d["A"] - y)
        out["Wv"] = out["Wv"] + np.outer(dY, d["A"])
        dA = dA_carry + Wv.T @ dY
        dC = dC_carry + dA * d["Go"] * (1 - np.tanh(d["C"]) ** 2)
        dGo = dA * np.tanh(d["C"]) * d["Go"] * (1 - d["Go"])
        dGf = dC * d["C_prev"] * d["Gf"] * (1 - d["Gf"])
        dGu = dC * d["Cc"] * d["Gu"] * (1 - d["Gu"])
        dCc = dC * d["Gu"] * (1 - d["Cc"] ** 2)
        for k, delta in (("f", dGf), ("i", dGu), ("g", dCc), ("o", dGo)):
            out["W" + k] = out["W" + k] + np.outer(delta, d["Zt"])
            out["b" + k] = out["b" + k] + delta
        dZt = Wf.T @ dGf + Wi.T @ dGu + Wg.T @ dCc + Wo.T @ dGo
        dA_carry, dC_carry = dZt[: h0.size], dC * d["Gf"]
    return out
