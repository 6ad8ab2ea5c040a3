"""Bidirectional tanh RNN, states concatenated, classified at every step; padding mask."""
import numpy as np

PARAMETERS = ["Wxf", "Whf", "bf", "h0f", "Wxb", "Whb", "bb", "h0b", "Wo", "bo"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    B, T, D, H, C = 3, 5, 2, 4, 6
    x = rng.normal(size=(B, T, D))
    lengths = rng.permutation([3, 4, 2])
    mask = np.arange(T) < lengths[:, None]
    labels = rng.integers(0, C, size=(B, T))
    one = lambda: [rng.normal(size=(D, H)), 0.6 * rng.normal(size=(H, H)), 0.3 * rng.normal(size=H), 0.8 * rng.normal(size=H)]
    return (x, mask, labels, *one(), *one(), 0.8 * rng.normal(size=(2 * H, C)), 0.5 * rng.normal(size=C))


def run(x, mask, Wx, Wh, b, h0, order):
    """States at all steps, (B, T, H). Where it is padded, the state stays."""
    h = h0 + np.zeros((x.shape[0], 1))
    states = [None] * x.shape[1]
    for t in order:
        new = np.tanh(x[:, t] @ Wx + h @ Wh + b)
        h = np.where(mask[:, t, None], new, h)
        states[t] = h
    return np.stack(states, axis=1)


def loss(x, mask, labels, Wxf, Whf, bf, h0f, Wxb, Whb, bb, h0b, Wo, bo):
    B, T, _ = x.shape
    hf = run(x, mask, Wxf, Whf, bf, h0f, range(T))
    hb = run(x, mask, Wxb, Whb, bb, h0b, range(T - 1, -1, -1))
    logits = np.concatenate([hf, hb], axis=2) @ Wo + bo
    logz = np.log(np.sum(np.exp(logits), axis=2))
    picked = logits[np.arange(B)[:, None], np.arange(T), labels]
    return np.sum((logz - picked) * mask) / np.sum(mask)


def run_backward(dstates, states, x, mask, Wx, Wh, h0, order):
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[0])
    carry = np.zeros_like(states[:, 0])
    for k in reversed(range(len(order))):
        t = order[k]
        if k > 0:
            prev = states[:, order[k - 1]]
        else:
            prev = np.broadcast_to(h0, carry.shape)
        m = mask[:, t, None]
        d = dstates[:, t] + carry
        dz = d * m * (1 - states[:, t] ** 2)
        dWx += x[:, t].T @ dz
        dWh += prev.T @ dz
        db += dz.sum(axis=0)
        carry = dz @ Wh.T + d * (1 - m)
    return dWx, dWh, db, carry.sum(axis=0)


def backprop(x, mask, labels, Wxf, Whf, bf, h0f, Wxb, Whb, bb, h0b, Wo, bo):
    B, T, _ = x.shape
    H, C = Whf.shape[0], Wo.shape[1]
    ltr, rtl = list(range(T)), list(range(T))[::-1]
    hf = run(x, mask, Wxf, Whf, bf, h0f, ltr)
    hb = run(x, mask, Wxb, Whb, bb, h0b, rtl)
    both = np.concatenate([hf, hb], axis=2)
    e = np.exp(both @ Wo + bo)
    dlogits = e / e.sum(axis=2, keepdims=True)
    for i in range(B):
        for t in range(T):
            dlogits[i, t, labels[i, t]] -= 1
    dlogits *= mask[:, :, None]
    dlogits /= mask.sum()
    dWo = both.reshape(-1, 2 * H).T @ dlogits.reshape(-1, C)
    dbo = dlogits.sum(axis=(0, 1))
    dboth = dlogits @ Wo.T
    dhf, dhb = dboth[:, :, :H], dboth[:, :, H:]
    gf = run_backward(dhf, hf, x, mask.astype(int), Wxf, Whf, h0f, ltr)
    gb = run_backward(dhb, hb, x, mask.astype(int), Wxb, Whb, h0b, rtl)
    return dict(zip(PARAMETERS, [*gf, *gb, dWo, dbo]))


MISTAKES = [
    ("d = dstates[:, t] + carry", "d = dstates[:, t]", "missing-term", "nothing comes back from the next step"),
    ("d = dstates[:, t] + carry", "d = carry if k < len(order) - 1 else dstates[:, t]", "missing-term", "only the last step's classification is used"),
    ("carry = dz @ Wh.T + d * (1 - m)", "carry = dz @ Wh.T", "missing-term", "the state that stays where it is padded"),
    ("carry = dz @ Wh.T + d * (1 - m)", "carry = dz @ Wh + d * (1 - m)", "transpose", "square Wh not transposed"),
    ("carry = dz @ Wh.T + d * (1 - m)", "carry = dz + d * (1 - m)", "missing-factor", "recurrent weights forgotten"),
    ("carry = dz @ Wh.T + d * (1 - m)", "carry = dz @ Wh.T + d", "wrong-mask or missing-factor", "passed on at all steps as if residual"),
    ("carry = dz @ Wh.T + d * (1 - m)", "carry += dz @ Wh.T + d * (1 - m)", "repeated-term", "+= for =: carry counted again and again"),
    ("dz = d * m * (1 - states[:, t] ** 2)", "dz = d * (1 - states[:, t] ** 2)", "wrong-mask or missing-factor", "padding not masked"),
    ("dz = d * m * (1 - states[:, t] ** 2)", "dz = d * m * (1 - prev**2)", "wrong-point", "tanh' at the previous state"),
    ("dz = d * m * (1 - states[:, t] ** 2)", "dz = d * m", "missing-factor", "tanh' forgotten"),
    ("dz = d * m * (1 - states[:, t] ** 2)", "dz = d * m * (1 - states[:, k] ** 2)", "wrong-point or stale-value", "k for t: another step in the backward direction"),
    ("dWx += x[:, t].T @ dz", "dWx = x[:, t].T @ dz", "missing-term or missing-sum", "not accumulated over time"),
    ("dWx += x[:, t].T @ dz", "dWx += x[:, k].T @ dz", "wrong-point or stale-value or reversed", "k for t: inputs the wrong way round"),
    ("dWh += prev.T @ dz", "dWh += states[:, t].T @ dz", "wrong-point", "current state instead of the one before"),
    ("prev = states[:, order[k - 1]]", "prev = states[:, t - 1]", "wrong-point or stale-value", "the left neighbour in both directions"),
    ("prev = np.broadcast_to(h0, carry.shape)", "prev = np.zeros_like(carry)", "missing-term or stale-value or another-loss", "initial state taken as zero"),
    ("db += dz.sum(axis=0)", "db += dz.mean(axis=0)", "mean-for-sum", "mean over the batch"),
    ("for k in reversed(range(len(order))):", "for k in range(len(order)):", "reversed or stale-value", "time runs forward in the backward pass"),
    ("return dWx, dWh, db, carry.sum(axis=0)", "return dWx, dWh, db, carry[0]", "missing-sum", "broadcast initial state, first example only"),
    ("return dWx, dWh, db, carry.sum(axis=0)", "return dWx, dWh, db, d.sum(axis=0)", "missing-factor or stale-value", "d of the first step is not d of the initial state"),
    ("dlogits *= mask[:, :, None]", "pass", "wrong-mask or missing-factor", "padding has a loss"),
    ("dlogits /= mask.sum()", "dlogits /= B * T", "mean-for-sum or scale", "padding counted in the mean"),
    ("dlogits /= mask.sum()", "dlogits /= mask.sum(axis=1)[:, None, None]", "wrong-axis or another-loss", "every sequence averaged by itself"),
    ("dhf, dhb = dboth[:, :, :H], dboth[:, :, H:]", "dhb, dhf = dboth[:, :, :H], dboth[:, :, H:]", "wrong-parameter", "the halves exchanged"),
    ("dhf, dhb = dboth[:, :, :H], dboth[:, :, H:]", "dhf, dhb = dboth[:, :, ::2], dboth[:, :, 1::2]", "wrong-shape or unexplained", "split as if interleaved"),
    ("gb = run_backward(dhb, hb, x, mask.astype(int), Wxb, Whb, h0b, rtl)", "gb = run_backward(dhb, hb, x, mask.astype(int), Wxb, Whf, h0b, rtl)", "wrong-parameter", "copied line: the other direction's weights"),
    ("gb = run_backward(dhb, hb, x, mask.astype(int), Wxb, Whb, h0b, rtl)", "gb = run_backward(dhb, hb, x, mask.astype(int), Wxb, Whb, h0b, ltr)", "reversed or stale-value", "the same order as the forward direction"),
    ("both.reshape(-1, 2 * H).T @ dlogits.reshape(-1, C)", "both.transpose(1, 0, 2).reshape(-1, 2 * H).T @ dlogits.reshape(-1, C)", "transpose or wrong-shape", "one time-major, the other batch-major"),
]
