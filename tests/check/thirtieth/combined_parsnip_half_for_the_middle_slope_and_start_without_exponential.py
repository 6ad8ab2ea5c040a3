"""Combined parsnip half for the middle slope and start without exponential.

expected kind: scale + missing-factor
wrong line: 108 and 112
correction 108: dk2 = h * lam
correction 112: gq += lam * begins[0]
what: The slope in the middle gets half a step's share, where it makes the whole step, and the start is taken for linear in
    the parameter that is its logarithm
source: https://github.com/NVIDIA/cuda-quantum/pull/3720
said: the step was made of half of either slope; the method of the midpoint takes the slope in the middle for all of it
"""

import numpy as np

PARAMETERS = ["q", "rate", "A"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # four beds with parsnips and two kinds of weeds; some are followed back in time
    q, rate, A = 0.4 * r.normal(size=3), 0.6 * r.normal(size=3), 0.5 * r.normal(size=(3, 3))
    pace = r.uniform(0.2, 0.4, size=4) * np.array([1, -1, 1, -1])
    return q, rate, A, 0.5 + r.uniform(size=(4, 3)), pace, r.normal(size=(3, 4, 3))


def loss(q, rate, A, sown, pace, counted):
    s, h, total = sown * np.exp(q), pace[:, None], 0.0
    for k in range(counted.shape[0]):
        middle = s + h / 2 * s * (rate + s @ A)
        s = s + h * middle * (rate + middle @ A)
        total = total + np.sum((s - counted[k]) ** 2)
    return total / (counted.shape[0] * counted.shape[1])


def midpoint_forward(s, h, rate, A, steps):
    """All beds at once; returns the states before the steps, those in the middle, and the last."""
    befores, middles = [], []
    for _ in range(steps):
        befores.append(s)
        k1 = s * (rate + s @ A)
        middles.append(s + 0.5 * h * k1)
        s = s + h * middles[-1] * (rate + middles[-1] @ A)
    return befores, middles, s


def midpoint_backward(befores, middles, last, pace, rate, A, counted):
    h = pace.reshape(-1, 1)
    drate, dA = np.zeros_like(rate), np.zeros_like(A)

    def pull(s, dk):
        nonlocal drate, dA
        weighted = s * dk
        drate = drate + weighted.sum(axis=0)
        dA = dA + s.T @ weighted
        return dk * (rate + s @ A) + weighted @ A.T

    after, lam = last, np.zeros_like(last)
    for before, middle, goal in zip(befores[::-1], middles[::-1], counted[::-1]):
        lam = lam + 2 * (after - goal) / (counted.shape[0] * counted.shape[1])
        through_middle = pull(middle, h * lam)
        through_start = pull(before, 0.5 * h * through_middle)
        lam = lam + through_middle + through_start
        after = before
    return lam, drate, dA


def right(q, rate, A, sown, pace, counted):
    start = np.exp(q) * sown
    tape = midpoint_forward(start, pace[:, np.newaxis], rate, A, len(counted))
    dstart, drate, dA = midpoint_backward(*tape, pace, rate, A, counted)
    dq = np.einsum("bs,bs->s", dstart, start)
    return {"q": dq, "rate": drate, "A": dA}


def growth(s, rate, A):
    out = np.zeros(len(s))
    for i in range(len(s)):
        out[i] = s[i] * (rate[i] + sum(s[j] * A[j, i] for j in range(len(s))))
    return out


def growth_back(s, dk, rate, A, grate, gA):
    """Derivatives of growth; what belongs to the parameters is written into grate and gA."""
    ds = np.zeros(len(s))
    for i in range(len(s)):
        grate[i] += dk[i] * s[i]
        ds[i] += dk[i] * rate[i]
        for j in range(len(s)):
            gA[j, i] += dk[i] * s[i] * s[j]
            ds[i] += dk[i] * s[j] * A[j, i]
            ds[j] += dk[i] * s[i] * A[j, i]
    return ds


def backprop(q, rate, A, sown, pace, counted):
    times, beds = counted.shape[:2]
    gq, grate, gA = np.zeros(q.shape), np.zeros(rate.shape), np.zeros(A.shape)
    for bed in range(beds):
        h = pace[bed]
        begins, middles = [sown[bed] * np.exp(q)], []
        for _ in range(times):
            s = begins[-1]
            middles.append(s + h / 2 * growth(s, rate, A))
            begins.append(s + h * growth(middles[-1], rate, A))
        lam = np.zeros(len(q))
        for k in range(times - 1, -1, -1):
            lam = lam + 2 * (begins[k + 1] - counted[k, bed]) / (times * beds)
            dk2 = h / 2 * lam
            dmiddle = growth_back(middles[k], dk2, rate, A, grate, gA)
            dk1 = h / 2 * dmiddle
            lam = lam + dmiddle + growth_back(begins[k], dk1, rate, A, grate, gA)
        gq += lam * sown[bed]
    return gq, grate, gA
