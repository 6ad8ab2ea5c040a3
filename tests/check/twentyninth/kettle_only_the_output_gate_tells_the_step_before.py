"""Kettle only the output gate tells the step before.

expected kind: missing-term
wrong line: 147
correction 147: dh = from_out + from_in + from_forget + dg @ Ug.T
what: What the other gates and the candidate send to the state before isn't added
source: https://stackguides.com/questions/40093165/building-a-non-layered-lstm-network-from-scratch-how-to-do-forward-pass-and-bac
said: asks whether the error of the cell that is passed on is that of one gate alone
"""

import numpy as np

PARAMETERS = ["W", "U", "peep", "b", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    d, H, kinds, steps, n = 3, 3, 3, 4, 6
    # columns: input gate, forget gate, candidate, output gate; peepholes of the three gates
    W, U = r.normal(size=(d, 4 * H)), 0.8 * r.normal(size=(H, 4 * H))
    noise = r.normal(size=(steps, n, d))
    return W, U, r.normal(size=(3, H)), 0.3 * r.normal(size=4 * H), r.normal(size=(H, kinds)), noise, r.integers(0, kinds, size=n)


def loss(W, U, peep, b, V, noise, tea):
    H = V.shape[0]
    h = c = np.zeros((len(tea), H))
    for x in noise:
        a = x @ W + h @ U + b
        i = 1 / (1 + np.exp(-(a[:, :H] + peep[0] * c)))
        f = 1 / (1 + np.exp(-(a[:, H : 2 * H] + peep[1] * c)))
        c = f * c + i * np.tanh(a[:, 2 * H : 3 * H])
        # the output gate sees the new cell
        o = 1 / (1 + np.exp(-(a[:, 3 * H :] + peep[2] * c)))
        h = o * np.tanh(c)
    scores = h @ V
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(len(tea)), tea])


def kettle_forward(p, noise):
    H = p["V"].shape[0]
    h, c = np.zeros((noise.shape[1], H)), np.zeros((noise.shape[1], H))
    trace = []
    for x in noise:
        s = {"x": x, "h_old": h, "c_old": c}
        a = x @ p["W"] + h @ p["U"] + p["b"]
        s["i"] = 1 / (1 + np.exp(-(a[:, :H] + p["peep"][0] * c)))
        s["f"] = 1 / (1 + np.exp(-(a[:, H : 2 * H] + p["peep"][1] * c)))
        s["g"] = np.tanh(a[:, 2 * H : 3 * H])
        c = s["f"] * c + s["i"] * s["g"]
        s["o"] = 1 / (1 + np.exp(-(a[:, 3 * H :] + p["peep"][2] * c)))
        s["c"], s["tc"] = c, np.tanh(c)
        h = s["o"] * s["tc"]
        trace.append(s)
    return h, trace


def kettle_backward(p, dh, trace):
    grads = {k: np.zeros_like(m) for k, m in p.items()}
    dc = np.zeros_like(dh)
    for s in trace[::-1]:
        do = dh * s["tc"]
        d_out = do * s["o"] * (1 - s["o"])
        grads["peep"][2] += np.sum(d_out * s["c"], axis=0)
        dc = dc + dh * s["o"] * (1 - s["tc"] ** 2) + d_out * p["peep"][2]
        d_in = dc * s["g"] * s["i"] * (1 - s["i"])
        d_forget = dc * s["c_old"] * s["f"] * (1 - s["f"])
        d_cand = dc * s["i"] * (1 - s["g"] ** 2)
        grads["peep"][0] += np.sum(d_in * s["c_old"], axis=0)
        grads["peep"][1] += np.sum(d_forget * s["c_old"], axis=0)
        da = np.hstack([d_in, d_forget, d_cand, d_out])
        grads["W"] += s["x"].T @ da
        grads["U"] += s["h_old"].T @ da
        grads["b"] += da.sum(axis=0)
        dh = da @ p["U"].T
        dc = dc * s["f"] + d_in * p["peep"][0] + d_forget * p["peep"][1]
    return grads


def right(W, U, peep, b, V, noise, tea):
    p = {"W": W, "U": U, "peep": peep, "b": b, "V": V}
    h, trace = kettle_forward(p, noise)
    e = np.exp(h @ V)
    dscores = e / e.sum(axis=1, keepdims=True)
    dscores[np.arange(len(tea)), tea] -= 1
    dscores /= len(tea)
    grads = kettle_backward(p, dscores @ V.T, trace)
    grads["V"] = h.T @ dscores
    return grads


class Gate:
    """A sigmoid gate with a peephole, which remembers each step and adds up its own gradients."""

    def __init__(self, W, U, p, b):
        self.W, self.U, self.p, self.b = W, U, p, b
        self.dW, self.dU, self.dp, self.db = (np.zeros(m.shape) for m in (W, U, p, b))
        self.past = []

    def open(self, x, h, c):
        y = 1.0 / (1.0 + np.exp(-(x @ self.W + h @ self.U + self.p * c + self.b)))
        self.past.append((x, h, c, y))
        return y

    def close(self, dy):
        x, h, c, y = self.past.pop()
        da = dy * y * (1 - y)
        self.dW += x.T @ da
        self.dU += h.T @ da
        self.dp += (da * c).sum(0)
        self.db += da.sum(0)
        return da @ self.U.T, da * self.p


def backprop(W, U, peep, b, V, noise, tea):
    H, n = V.shape[0], len(tea)
    part = [slice(k * H, (k + 1) * H) for k in range(4)]
    inp, forget, out = (Gate(W[:, part[k]], U[:, part[k]], peep[m], b[part[k]]) for k, m in ((0, 0), (1, 1), (3, 2)))
    Wg, Ug, bg = W[:, part[2]], U[:, part[2]], b[part[2]]
    dWg, dUg, dbg = np.zeros(Wg.shape), np.zeros(Ug.shape), np.zeros(bg.shape)
    h, c = np.zeros((n, H)), np.zeros((n, H))
    memory = []
    for x in noise:
        i, f = inp.open(x, h, c), forget.open(x, h, c)
        g = np.tanh(x @ Wg + h @ Ug + bg)
        new_c = f * c + i * g
        o = out.open(x, h, new_c)
        memory.append((x, h, c, i, f, g, o, new_c))
        h, c = o * np.tanh(new_c), new_c

    prob = np.exp(h @ V)
    prob = prob / prob.sum(1)[:, None]
    prob[range(n), tea] -= 1.0
    dV = h.T @ prob / n
    dh, dc = prob @ V.T / n, np.zeros((n, H))
    while memory:
        x, h, c, i, f, g, o, new_c = memory.pop()
        squashed = np.tanh(new_c)
        from_out, peeped = out.close(dh * squashed)
        dc = dc + dh * o * (1 - squashed**2) + peeped
        from_in, peeped_in = inp.close(dc * g)
        from_forget, peeped_forget = forget.close(dc * c)
        dg = dc * i * (1 - g**2)
        dWg += x.T @ dg
        dUg += h.T @ dg
        dbg += dg.sum(0)
        dh = from_out
        dc = dc * f + peeped_in + peeped_forget
    return {
        "W": np.hstack([inp.dW, forget.dW, dWg, out.dW]),
        "U": np.hstack([inp.dU, forget.dU, dUg, out.dU]),
        "peep": np.array([inp.dp, forget.dp, out.dp]),
        "b": np.concatenate([inp.db, forget.db, dbg, out.db]),
        "V": dV,
    }
