"""Insurance: claim counts (Poisson with exposure) and severity grades (cumulative logit), one hidden layer."""
import numpy as np

PARAMETERS = ["W", "b", "v", "v0", "u", "first_cut", "log_gaps"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    N, D, H, K = 6, 3, 4, 5  # K grades have K - 1 cut points
    x = rng.normal(size=(N, D))
    log_exposure = rng.normal(size=N) * 0.7
    counts = rng.poisson(1.5, size=N)
    grade = rng.integers(0, K, size=N)
    return (x, log_exposure, counts, grade, rng.normal(size=(D, H)), rng.normal(size=H), rng.normal(size=H),
            rng.normal(), rng.normal(size=H), rng.normal() - 1.0, rng.normal(size=K - 2) * 0.5)


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def loss(x, log_exposure, counts, grade, W, b, v, v0, u, first_cut, log_gaps):
    n = len(counts)
    h = np.tanh(x @ W + b)
    eta = h @ v + v0 + log_exposure
    poisson = np.mean(np.exp(eta) - counts * eta)
    gaps = np.concatenate([np.array([0.0]), np.cumsum(np.exp(log_gaps))])
    below = sigmoid(first_cut + gaps - (h @ u)[:, None])
    edges = np.concatenate([np.zeros((n, 1)), below, np.ones((n, 1))], axis=1)
    prob = edges[np.arange(n), grade + 1] - edges[np.arange(n), grade]
    return poisson - np.mean(np.log(prob))


def ordinal_gradient(score, cuts, grade):
    """Of -log P(grade), for the score and the cut points, of one example."""
    upper, lower = 1.0, 0.0
    if grade < len(cuts):
        upper = sigmoid(cuts[grade] - score)
    if grade > 0:
        lower = sigmoid(cuts[grade - 1] - score)
    d_upper = upper * (1 - upper)
    d_lower = lower * (1 - lower)
    prob = upper - lower

    d_cuts = np.zeros_like(cuts)
    if grade < len(cuts):
        d_cuts[grade] -= d_upper / prob
    if grade > 0:
        d_cuts[grade - 1] += d_lower / prob
    d_score = (d_upper - d_lower) / prob
    return d_score, d_cuts


def backprop(x, log_exposure, counts, grade, W, b, v, v0, u, first_cut, log_gaps):
    n = x.shape[0]
    h = np.tanh(x @ W + b)

    # claim counts
    mu = np.exp(h @ v + v0 + log_exposure)
    d_eta = (mu - counts) / n
    dv = h.T @ d_eta
    dv0 = d_eta.sum()

    # severity
    steps = np.exp(log_gaps)
    cuts = first_cut + np.concatenate([[0.0], np.cumsum(steps)])
    scores = h @ u
    d_scores = np.empty(n)
    d_cuts = np.zeros(len(cuts))
    for i in range(n):
        d_scores[i], d = ordinal_gradient(scores[i], cuts, grade[i])
        d_cuts += d
    d_scores /= n
    d_cuts /= n
    du = d_scores @ h
    dfirst = d_cuts.sum()
    # a gap moves all cut points above it
    d_steps = np.cumsum(d_cuts[:0:-1])[::-1]
    dgaps = d_steps * steps

    # hidden layer
    dh = np.outer(d_eta, v) + np.outer(d_scores, u)
    da = dh * (1 - h**2)
    return x.T @ da, da.sum(axis=0), dv, dv0, du, dfirst, dgaps


MISTAKES = [
    ("mu = np.exp(h @ v + v0 + log_exposure)", "mu = np.exp(h @ v + v0)", "another-loss or missing-factor or missing-term", "exposure forgotten in the rate"),
    ("mu = np.exp(h @ v + v0 + log_exposure)", "mu = np.exp(h @ v + v0) + np.exp(log_exposure)", "another-loss", "exposure added, not multiplied"),
    ("d_eta = (mu - counts) / n", "d_eta = mu * (mu - counts) / n", "repeated-factor or missing-factor", "derivative of the exponential twice"),
    ("d_eta = (mu - counts) / n", "d_eta = (1 - counts / mu) / n", "missing-factor", "derivative for the mean, not for its logarithm"),
    ("d_eta = (mu - counts) / n", "d_eta = mu - counts / n", "sum-for-mean or missing-factor", "brackets: only the counts are averaged"),
    ("dv0 = d_eta.sum()", "dv0 = d_eta.mean()", "mean-for-sum", "averaged again for the intercept"),
    ("        d_cuts += d\n", "        d_cuts = d\n", "missing-sum or missing-term", "cut points of the last example only"),
    ("    d_cuts /= n\n", "", "sum-for-mean", "cut points not averaged"),
    ("    dfirst = d_cuts.sum()\n", "    dfirst = d_cuts[0]\n", "missing-sum or missing-term", "first cut: the other cut points, which hang on it, forgotten"),
    ("    d_steps = np.cumsum(d_cuts[:0:-1])[::-1]\n", "    d_steps = np.cumsum(d_cuts[1:])\n", "reversed or wrong-axis or unexplained", "cumulated from the wrong end"),
    ("    d_steps = np.cumsum(d_cuts[:0:-1])[::-1]\n", "    d_steps = np.cumsum(d_cuts[:0:-1])\n", "reversed", "not turned around again"),
    ("    d_steps = np.cumsum(d_cuts[:0:-1])[::-1]\n", "    d_steps = d_cuts[1:]\n", "missing-sum or missing-term or diagonal-jacobian", "each gap is thought to move one cut point only"),
    ("    d_steps = np.cumsum(d_cuts[:0:-1])[::-1]\n", "    d_steps = np.cumsum(d_cuts[::-1])[::-1][:-1]\n", "wrong-shape or unexplained or repeated-term", "off by one: the gap moves the cut point below it too"),
    ("dgaps = d_steps * steps", "dgaps = d_steps", "missing-factor", "derivative of the exponential of the gaps forgotten"),
    ("dgaps = d_steps * steps", "dgaps = d_steps * log_gaps", "wrong-point or missing-factor", "multiplied with the logarithm of the gap"),
    ("dh = np.outer(d_eta, v) + np.outer(d_scores, u)", "dh = np.outer(d_eta, v)", "missing-term or detached", "the grades' branch into the hidden layer ignored"),
    ("dh = np.outer(d_eta, v) + np.outer(d_scores, u)", "dh = np.outer(d_eta + d_scores, v + u)", "repeated-term or unexplained", "both heads as one product: cross terms"),
    ("dh = np.outer(d_eta, v) + np.outer(d_scores, u)", "dh = np.outer(d_eta, u) + np.outer(d_scores, v)", "wrong-parameter", "heads' weights exchanged"),
    ("da = dh * (1 - h**2)", "da = dh * (1 - np.tanh(h) ** 2)", "wrong-point or repeated-factor", "tanh of the tanh"),
    ("        d_cuts[grade - 1] += d_lower / prob\n", "        d_cuts[grade - 1] -= d_lower / prob\n", "sign", "lower cut point with the sign of the upper"),
    ("    d_score = (d_upper - d_lower) / prob\n", "    d_score = (d_upper + d_lower) / prob\n", "sign", "sum for difference"),
    ("    d_score = (d_upper - d_lower) / prob\n", "    d_score = d_upper - d_lower / prob\n", "missing-factor", "brackets"),
    ("    d_score = (d_upper - d_lower) / prob\n", "    d_score = d_upper - d_lower\n", "missing-factor", "derivative of the logarithm forgotten"),
    ("        d_cuts[grade - 1] += d_lower / prob\n", "        d_cuts[grade - 1] += d_upper / prob\n", "wrong-parameter or wrong-point or stale-value", "copy and paste: density at the upper edge for both"),
    ("    d_lower = lower * (1 - lower)\n", "    d_lower = lower * (1 - upper)\n", "wrong-point or stale-value", "upper for lower in one place"),
    ("return x.T @ da, da.sum(axis=0)", "return x.T @ dh, da.sum(axis=0)", "missing-factor or wrong-point", "dh for da in the weights"),
]
