"""An affine-coupling flow (RealNVP): two coupling layers, negative log-likelihood with log-determinants."""
import numpy as np

PARAMETERS = ["S1", "s1", "T1", "t1", "S2", "s2", "T2", "t2", "prior_mean"]
D1 = 2


def data(seed=0):
    rng = np.random.default_rng(seed)
    N, D = 6, 5
    D2 = D - D1
    x = rng.normal(size=(N, D))
    first = [rng.normal(size=(D1, D2)), rng.normal(size=D2), rng.normal(size=(D1, D2)), rng.normal(size=D2)]
    second = [rng.normal(size=(D2, D1)), rng.normal(size=D1), rng.normal(size=(D2, D1)), rng.normal(size=D1)]
    return (x, *first, *second, rng.normal(size=D))


def loss(x, S1, s1, T1, t1, S2, s2, T2, t2, prior_mean):
    xa, xb = x[:, :D1], x[:, D1:]
    scale1 = np.tanh(xa @ S1 + s1)
    yb = xb * np.exp(scale1) + xa @ T1 + t1
    scale2 = np.tanh(yb @ S2 + s2)
    ya = xa * np.exp(scale2) + yb @ T2 + t2
    z = np.concatenate([ya, yb], axis=1)
    log_prior = -0.5 * np.sum((z - prior_mean) ** 2, axis=1)
    log_det = np.sum(scale1, axis=1) + np.sum(scale2, axis=1)
    return -np.mean(log_prior + log_det)


def coupling(cond, moved, S, s, T, t):
    """One layer and its pullback: (d out, d logdet) -> gradients."""
    log_scale = np.tanh(cond @ S + s)
    scale = np.exp(log_scale)
    out = moved * scale + cond @ T + t
    logdet = log_scale.sum(axis=1)

    def pullback(d_out, d_logdet):
        d_moved = d_out * scale
        d_log_scale = d_out * moved * scale
        d_log_scale += d_logdet[:, None]
        d_pre = d_log_scale * (1 - log_scale**2)
        dS, ds = cond.T @ d_pre, d_pre.sum(axis=0)
        dT, dt = cond.T @ d_out, d_out.sum(axis=0)
        d_cond = d_pre @ S.T
        d_cond += d_out @ T.T
        return d_cond, d_moved, (dS, ds, dT, dt)

    return out, logdet, pullback


def backprop(x, S1, s1, T1, t1, S2, s2, T2, t2, prior_mean):
    n = len(x)
    xa, xb = np.split(x, [D1], axis=1)
    yb, logdet1, back1 = coupling(xa, xb, S1, s1, T1, t1)
    ya, logdet2, back2 = coupling(yb, xa, S2, s2, T2, t2)

    dz = (np.hstack([ya, yb]) - prior_mean) / n
    d_logdet = np.full(n, -1.0 / n)
    d_prior_mean = -dz.sum(axis=0)

    d_ya, d_yb = dz[:, :D1], dz[:, D1:]
    d_cond, _, grads2 = back2(d_ya, d_logdet)
    d_yb = d_yb + d_cond
    _, _, grads1 = back1(d_yb, d_logdet)
    return (*grads1, *grads2, d_prior_mean)


MISTAKES = [
    ("        d_log_scale += d_logdet[:, None]\n", "", "missing-term or detached", "the log-determinant's own gradient forgotten"),
    ("d_logdet = np.full(n, -1.0 / n)", "d_logdet = np.full(n, 1.0 / n)", "sign", "sign of the log-determinant"),
    ("d_logdet = np.full(n, -1.0 / n)", "d_logdet = np.full(n, -1.0)", "sum-for-mean", "log-determinant summed over the batch, not averaged"),
    ("d_logdet = np.full(n, -1.0 / n)", "d_logdet = -logdet2 / n", "wrong-point or repeated-factor or another-loss", "value of the log-determinant for its gradient"),
    ("d_log_scale = d_out * moved * scale\n", "d_log_scale = d_out * moved\n", "missing-factor", "derivative of the exponential forgotten"),
    ("d_log_scale = d_out * moved * scale\n", "d_log_scale = d_out * out\n", "wrong-point or repeated-term or stale-value", "out for moved * scale: the shift is in there too"),
    ("d_pre = d_log_scale * (1 - log_scale**2)", "d_pre = d_log_scale * (1 - scale**2)", "wrong-point", "tanh' of the exponentiated value"),
    ("d_pre = d_log_scale * (1 - log_scale**2)", "d_pre = d_log_scale", "missing-factor", "tanh of the scale net forgotten"),
    ("        d_log_scale += d_logdet[:, None]\n        d_pre = d_log_scale * (1 - log_scale**2)\n", "        d_pre = d_log_scale * (1 - log_scale**2) + d_logdet[:, None]\n", "missing-factor", "log-determinant added after tanh'"),
    ("        d_log_scale = d_out * moved * scale\n        d_log_scale += d_logdet[:, None]\n", "        d_log_scale = d_out * moved * scale\n        d_log_scale += 1 / len(cond)\n", "sign or scale", "+1/N written straight into the layer: sign lost"),
    ("dT, dt = cond.T @ d_out, d_out.sum(axis=0)", "dT, dt = cond.T @ d_pre, d_pre.sum(axis=0)", "wrong-parameter or stale-value or repeated-factor or wrong-point", "copy and paste: scale net's signal for the shift net"),
    ("dT, dt = cond.T @ d_out, d_out.sum(axis=0)", "dT, dt = cond.T @ d_moved, d_moved.sum(axis=0)", "repeated-factor or wrong-point", "shift thought to be scaled"),
    ("        d_cond += d_out @ T.T\n", "", "missing-term or detached", "shift net's way to the conditioning half ignored"),
    ("        d_cond += d_out @ T.T\n", "        d_cond = d_out @ T.T\n", "missing-term or detached", "overwritten instead of added"),
    ("d_cond = d_pre @ S.T\n", "d_cond = d_log_scale @ S.T\n", "missing-factor or stale-value", "signal from before tanh'"),
    ("d_cond = d_pre @ S.T\n", "d_cond = d_pre @ T.T\n", "wrong-parameter", "weights of the other net"),
    ("    d_yb = d_yb + d_cond\n", "    d_yb = d_cond\n", "missing-term", "the prior's direct gradient of the conditioning half lost"),
    ("    d_yb = d_yb + d_cond\n", "", "missing-term or detached", "layer 2 doesn't reach layer 1"),
    ("d_ya, d_yb = dz[:, :D1], dz[:, D1:]", "d_yb, d_ya = dz[:, :-D1], dz[:, -D1:]", "reversed or wrong-shape or wrong-parameter or swapped-operands", "halves split as if they had been concatenated the other way"),
    ("d_prior_mean = -dz.sum(axis=0)", "d_prior_mean = dz.sum(axis=0)", "sign", "sign of the inner derivative"),
    ("d_prior_mean = -dz.sum(axis=0)", "d_prior_mean = -dz.mean(axis=0)", "mean-for-sum", "averaged twice"),
    ("dz = (np.hstack([ya, yb]) - prior_mean) / n", "dz = np.hstack([ya, yb]) / n", "missing-term or another-loss", "standard normal prior assumed"),
    ("return (*grads1, *grads2, d_prior_mean)", "return (*grads1[2:], *grads1[:2], *grads2, d_prior_mean)", "wrong-parameter", "scale and shift nets handed back in the other order"),
    ("_, _, grads1 = back1(d_yb, d_logdet)", "_, _, grads1 = back1(dz[:, D1:], d_logdet)", "missing-term or stale-value", "sum computed, but the old value handed on"),
]
