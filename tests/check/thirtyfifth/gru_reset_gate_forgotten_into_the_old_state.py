"""A GRU with column vectors: the path through the candidate into the old state

expected kind: missing-factor
wrong line: 66
correction 66: dc_next = dc * (1 - us[t]) + Wu[:, :n].T @ da_u + Wr[:, :n].T @ da_r + d_gated * rs[t]
what: what flows from the candidate into the old state is not multiplied by the reset gate
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["Wu", "Wr", "Wc", "bu", "br", "bc"]


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def forward(xs, Wu, Wr, Wc, bu, br, bc):
    c, us, rs, cands = {-1: np.zeros((3, 1))}, {}, {}, {}
    for t in range(len(xs)):
        cx = np.concatenate([c[t - 1], xs[t]])
        us[t], rs[t] = sigmoid(Wu @ cx + bu), sigmoid(Wr @ cx + br)
        cands[t] = np.tanh(Wc @ np.concatenate([rs[t] * c[t - 1], xs[t]]) + bc)
        c[t] = us[t] * cands[t] + (1 - us[t]) * c[t - 1]
    return c, us, rs, cands


def loss(xs, target, Wu, Wr, Wc, bu, br, bc):
    c = forward(xs, Wu, Wr, Wc, bu, br, bc)[0]
    return 0.5 * sum(np.sum((c[t] - target[t]) ** 2) for t in range(len(xs)))


def right(xs, target, Wu, Wr, Wc, bu, br, bc):
    c, us, rs, cands = forward(xs, Wu, Wr, Wc, bu, br, bc)
    grads, later = [0] * 6, 0
    for t in range(len(xs) - 1, -1, -1):
        cp, u, r, k = c[t - 1], us[t], rs[t], cands[t]
        d = c[t] - target[t] + later
        ac, au = d * u * (1 - k * k), d * (k - cp) * u * (1 - u)
        back = Wc.T[:3] @ ac
        ar = back * cp * r * (1 - r)
        cx, rx = np.vstack([cp, xs[t]]), np.vstack([r * cp, xs[t]])
        grads = [g + s for g, s in zip(grads, (au @ cx.T, ar @ cx.T, ac @ rx.T, au, ar, ac))]
        later = d * (1 - u) + back * r + Wu.T[:3] @ au + Wr.T[:3] @ ar
    return grads


def backprop(xs, target, Wu, Wr, Wc, bu, br, bc):
    n, T = 3, len(xs)
    c, us, rs, cands = forward(xs, Wu, Wr, Wc, bu, br, bc)
    dWu, dWr, dWc = np.zeros_like(Wu), np.zeros_like(Wr), np.zeros_like(Wc)
    dbu, dbr, dbc = np.zeros_like(bu), np.zeros_like(br), np.zeros_like(bc)
    dc_next = np.zeros((n, 1))
    for t in reversed(range(T)):
        dc = c[t] - target[t] + dc_next
        da_c = dc * us[t] * (1 - cands[t] ** 2)
        da_u = dc * (cands[t] - c[t - 1]) * us[t] * (1 - us[t])
        d_gated = Wc[:, :n].T @ da_c
        da_r = d_gated * c[t - 1] * rs[t] * (1 - rs[t])
        cx = np.concatenate([c[t - 1], xs[t]])
        dWc += da_c @ np.concatenate([rs[t] * c[t - 1], xs[t]]).T
        dWu += da_u @ cx.T
        dWr += da_r @ cx.T
        dbc, dbu, dbr = dbc + da_c, dbu + da_u, dbr + da_r
        dc_next = dc * (1 - us[t]) + Wu[:, :n].T @ da_u + Wr[:, :n].T @ da_r + d_gated
    return dWu, dWr, dWc, dbu, dbr, dbc


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(4, 2, 1)), rng.normal(size=(4, 3, 1)), *rng.normal(size=(3, 3, 5)), *rng.normal(size=(3, 3, 1))]
