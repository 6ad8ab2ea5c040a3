"""Kalman gain held constant.

expected kind: detached or missing-term
wrong line: 61
correction 61: gK = gm * e - gP * Pp
what: The gain of a Kalman filter is led back to the variances only through the error, not through the variance of the
    next step
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["q", "r"]


def data(seed=0):
    g = np.random.default_rng(seed)
    return g.uniform(0.3, 1), g.uniform(0.3, 1), g.normal(size=5)


def loss(q, r, ys):
    m, P, J = 0.0, 1.0, 0.0
    for y in ys:
        P = P + q
        S = P + r
        e = y - m
        J = J + 0.5 * (np.log(S) + e * e / S)
        K = P / S
        m = m + K * e
        P = P - K * P
    return J


def right(q, r, ys):
    m, P, dm, dP, out = 0.0, 1.0, np.zeros(2), np.zeros(2), np.zeros(2)
    for y in ys:
        P, dP = P + q, dP + [1, 0]
        S, dS = P + r, dP + [0, 1]
        e, de = y - m, -dm
        out += 0.5 * dS / S + e * de / S - 0.5 * e * e * dS / S**2
        K, dK = P / S, dP / S - P * dS / S**2
        m, dm = m + K * e, dm + dK * e + K * de
        P, dP = P - K * P, dP - dK * P - K * dP
    return tuple(out)


def backprop(q, r, ys):
    m, P = 0.0, 1.0
    log = []
    for y in ys:
        Pp = P + q
        S = Pp + r
        e = y - m
        K = Pp / S
        log.append((Pp, S, e, K))
        m = m + K * e
        P = (1 - K) * Pp
    gq = gr = gm = gP = 0.0
    for Pp, S, e, K in log[::-1]:
        gK = gm * e
        ge = gm * K + e / S
        gS = 0.5 / S - 0.5 * e**2 / S**2 - gK * Pp / S**2
        gPp = gP * (1 - K) + gK / S + gS
        gr += gS
        gq += gPp
        gm = gm - ge
        gP = gPp
    return gq, gr
