"""Encoder-decoder RNN with teacher forcing; padding is masked; one embedding for both."""

import numpy as np

PARAMETERS = ["E", "Wx", "Wh", "b", "Ux", "Uh", "c", "V", "d"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    n, vocabulary, e, h, t_in, t_out = 3, 6, 2, 5, 4, 3
    mask = np.array([[True, True, True], [True, True, False], [True, False, False]])
    shapes = [(vocabulary, e), (e, h), (h, h), (h,), (e, h), (h, h), (h,), (h, vocabulary), (vocabulary,)]
    tokens = [rng.integers(0, vocabulary, size=(n, t)) for t in (t_in, t_out, t_out)]
    return (*tokens, mask, *[0.7 * rng.normal(size=shape) for shape in shapes])


def loss(source, shifted, target, mask, E, Wx, Wh, b, Ux, Uh, c, V, d):
    rows = np.arange(len(source))
    h = np.zeros((len(source), len(Wh)))
    for t in range(source.shape[1]):
        h = np.tanh(E[source[:, t]] @ Wx + h @ Wh + b)
    total = 0.0
    for t in range(shifted.shape[1]):
        h = np.tanh(E[shifted[:, t]] @ Ux + h @ Uh + c)
        s = h @ V + d
        log_p = s - np.log(np.sum(np.exp(s), axis=1, keepdims=True))
        total = total - np.sum(mask[:, t] * log_p[rows, target[:, t]])
    return total / np.sum(mask)


def backprop(source, shifted, target, mask, E, Wx, Wh, b, Ux, Uh, c, V, d):
    n, t_in = source.shape
    t_out = shifted.shape[1]
    # forward, keeping every state; enc[0] is the zero state and dec[0] the encoder's last
    enc = [np.zeros((n, len(Wh)))]
    for t in range(t_in):
        enc.append(np.tanh(E[source[:, t]] @ Wx + enc[-1] @ Wh + b))
    dec, probs = [enc[-1]], []
    for t in range(t_out):
        dec.append(np.tanh(E[shifted[:, t]] @ Ux + dec[-1] @ Uh + c))
        scores = np.exp(dec[-1] @ V + d)
        probs.append(scores / scores.sum(axis=1, keepdims=True))

    dE, dWx, dWh, db = [np.zeros_like(p) for p in (E, Wx, Wh, b)]
    dUx, dUh, dc, dV, dd = [np.zeros_like(p) for p in (Ux, Uh, c, V, d)]
    demb_in = np.zeros((n, t_in, E.shape[1]))
    demb_out = np.zeros((n, t_out, E.shape[1]))

    dh_next = np.zeros_like(enc[0])
    for t in range(t_out - 1, -1, -1):
        ds = probs[t].copy()
        ds[range(n), target[:, t]] -= 1
        ds *= mask[:, t, None] / mask.sum()
        dV += dec[t + 1].T @ ds
        dd += ds.sum(axis=0)
        dh = ds @ V.T + dh_next
        dz = dh * (1 - dec[t + 1] ** 2)
        dUx += E[shifted[:, t]].T @ dz
        dUh += dec[t].T @ dz
        dc += dz.sum(axis=0)
        demb_out[:, t] = dz @ Ux.T
        dh_next = dz @ Uh.T

    dh = dh_next  # the encoder's last state is the decoder's first
    for t in range(t_in - 1, -1, -1):
        da = dh * (1 - enc[t + 1] ** 2)
        dWx += E[source[:, t]].T @ da
        dWh += enc[t].T @ da
        db += da.sum(axis=0)
        demb_in[:, t] = da @ Wx.T
        dh = da @ Wh.T

    np.add.at(dE, source, demb_in)
    np.add.at(dE, shifted, demb_out)
    return dE, dWx, dWh, db, dUx, dUh, dc, dV, dd


MISTAKES = [
    ("dh = dh_next  # the", "# the", "stale-value or missing-factor",
     "dh isn't replaced: the encoder starts with the gradient at the first decoder state"),
    ("dh = dh_next  # the encoder's last state is the decoder's first", "dh = ds @ V.T", "missing-term or wrong-parameter or stale-value",
     "encoder gets the gradient of the first output only, not through the recurrence"),
    ("dh = ds @ V.T + dh_next", "dh = ds @ V.T", "missing-term or detached", "gradient from the next time step forgotten"),
    ("np.add.at(dE, source, demb_in)", "dE[source] += demb_in", "missing-sum or missing-term",
     "+= with repeated indices keeps only one of them"),
    ("np.add.at(dE, shifted, demb_out)", "pass", "missing-term", "embedding's use in the decoder forgotten"),
    ("ds *= mask[:, t, None] / mask.sum()", "ds /= mask.sum()", "wrong-mask or missing-factor or another-loss", "padding not masked"),
    ("ds *= mask[:, t, None] / mask.sum()", "ds *= mask[:, t, None] / mask[:, t].sum()", "scale or another-loss",
     "normalised by the tokens of the time step instead of all"),
    ("dUh += dec[t].T @ dz", "dUh += dec[t + 1].T @ dz", "stale-value or wrong-point", "state after the step instead of before it"),
    ("dWh += enc[t].T @ da", "dWh += enc[t - 1].T @ da", "stale-value or wrong-point",
     "off by one: enc has the initial state at index 0"),
    ("dh = da @ Wh.T", "dh = da @ Uh.T", "wrong-parameter", "copied from the decoder: its recurrent weights"),
    ("dh_next = dz @ Uh.T", "dh_next = dz @ Uh", "transpose", "square matrix not transposed"),
    ("dh_next = dz @ Uh.T", "dh_next += dz @ Uh.T", "repeated-term", "hidden gradient accumulated instead of replaced"),
    ("da = dh * (1 - enc[t + 1] ** 2)", "da = dh * (1 - enc[t] ** 2)", "wrong-point or stale-value", "tanh' at the state before the step"),
    ("dec, probs = [enc[-1]], []", "dec, probs = [np.zeros_like(enc[-1])], []", "another-loss",
     "hidden state isn't handed over in the forward pass of backprop"),
    ("dWx += E[source[:, t]].T @ da", "dWx = E[source[:, t]].T @ da", "missing-term or missing-sum", "not accumulated over time"),
]  # fmt: skip
