"""Arrays kalman gain of the old variance.

expected kind: missing-term or detached
wrong line: 97
correction 97: gS = 0.5 / S - 0.5 * (v / S) ** 2 - ggain * Pp / S**2
given as: arrays
what: The way from the gain to its denominator is forgotten, at each step
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["a", "log_q", "log_r", "m0"]


def data(seed=0):
    r = np.random.default_rng(seed)
    a, log_q, log_r, m0 = (np.array(x) for x in r.normal(size=4))
    return 0.6 + 0.2 * a, 0.5 * log_q, 0.5 * log_r, m0, r.normal(size=5)


def loss(a, log_q, log_r, m0, ys):
    """The negative log-likelihood of a random walk that decays, by Kalman's filter."""
    q, r = np.exp(log_q), np.exp(log_r)
    m, P, total = m0, 1.0, 0.0
    for y in ys:
        m, P = a * m, a * a * P + q
        v, S = y - m, P + r
        total = total + 0.5 * (np.log(S) + v * v / S)
        K = P / S
        m, P = m + K * v, (1 - K) * P
    return total


def kalman_filter(a, q, r, m0, ys):
    m, P, history = m0, 1.0, []
    for y in ys:
        m_pred, P_pred = a * m, a**2 * P + q
        innov, S = y - m_pred, P_pred + r
        history.append((m, P, P_pred, innov, S))
        m = m_pred + P_pred / S * innov
        P = (1 - P_pred / S) * P_pred
    return history


def right(a, log_q, log_r, m0, ys):
    q, r = np.exp(log_q), np.exp(log_r)
    history = kalman_filter(a, q, r, m0, ys)
    da, dq, dr = 0.0, 0.0, 0.0
    dm, dP = 0.0, 0.0
    for m, P, P_pred, innov, S in reversed(history):
        K = P_pred / S
        # update
        dm_pred = dm
        dK = dm * innov - dP * P_pred
        dinnov = dm * K
        dP_pred = dP * (1 - K) + dK / S
        dS = -dK * P_pred / S**2
        # likelihood
        dinnov += innov / S
        dS += 0.5 / S - 0.5 * innov**2 / S**2
        # prediction
        dP_pred += dS
        dr += dS
        dm_pred -= dinnov
        da += dm_pred * m + dP_pred * 2 * a * P
        dq += dP_pred
        dm = a * dm_pred
        dP = a**2 * dP_pred
    return da, dq * q, dr * r, dm


class Filter:
    def __init__(self, a, log_q, log_r, m0):
        self.a, self.q, self.r, self.m0 = float(a), float(np.exp(log_q)), float(np.exp(log_r)), float(m0)

    def forward(self, ys):
        T = len(ys)
        self.m, self.P = np.zeros(T + 1), np.zeros(T + 1)
        self.mp, self.Pp, self.S = np.zeros(T), np.zeros(T), np.zeros(T)
        self.m[0], self.P[0] = self.m0, 1.0
        for t in range(T):
            self.mp[t] = self.a * self.m[t]
            self.Pp[t] = self.a**2 * self.P[t] + self.q
            self.S[t] = self.Pp[t] + self.r
            gain = self.Pp[t] / self.S[t]
            self.m[t + 1] = self.mp[t] + gain * (ys[t] - self.mp[t])
            self.P[t + 1] = self.r * gain

    def backward(self, ys):
        g = {"a": 0.0, "q": 0.0, "r": 0.0}
        gm = gP = 0.0
        for t in range(len(ys) - 1, -1, -1):
            v, S, Pp = ys[t] - self.mp[t], self.S[t], self.Pp[t]
            ggain = gm * v + gP * self.r
            gS = 0.5 / S - 0.5 * (v / S) ** 2
            gPp = gS + ggain / S
            gmp = gm * (1 - Pp / S) - v / S
            g["r"] += gS + gP * Pp / S
            g["q"] += gPp
            g["a"] += gmp * self.m[t] + 2 * self.a * gPp * self.P[t]
            gm, gP = gmp * self.a, gPp * self.a**2
        return g["a"], g["q"] * self.q, g["r"] * self.r, gm


def backprop(a, log_q, log_r, m0, ys):
    model = Filter(a, log_q, log_r, m0)
    model.forward(ys)
    return tuple(np.array(x) for x in model.backward(ys))
