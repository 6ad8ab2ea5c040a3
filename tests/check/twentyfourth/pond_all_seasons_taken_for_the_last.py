"""Pond all seasons taken for the last.

expected kind: stale-value or wrong-parameter
wrong line: 97
correction 97: season = step // LENGTH
what: On the way back the share is that of the last season at every step, which gets all of the gradient
source: https://github.com/SciML/SciMLSensitivity.jl/issues/273
said: of parameters that hold for a piece of time each only the last had a gradient, the others zero
"""

import numpy as np

PARAMETERS = ["rates", "catch", "start"]
DT, LENGTH, QUOTA = 0.15, 3, 0.6


def data(seed=0):
    r = np.random.default_rng(seed)
    rates, catch = np.exp(0.3 * r.normal(size=4)), 0.5 + 0.2 * r.normal(size=3)
    return rates, catch, 1 + 0.2 * r.normal(size=2), 1 + 0.4 * r.normal(size=(9, 2))


def loss(rates, catch, start, wanted):
    # carp and pike by Euler's steps; another share of the carp is caught in each of three seasons
    carp, pike = start[0], start[1]
    total = 0.0
    for step in range(len(wanted)):
        share = catch[step // LENGTH]
        total = total + DT * (share * carp - QUOTA) ** 2
        grow = rates[0] * carp - rates[1] * carp * pike - share * carp
        feed = rates[2] * carp * pike - rates[3] * pike
        carp, pike = carp + DT * grow, pike + DT * feed
        total = total + (carp - wanted[step, 0]) ** 2 + (pike - wanted[step, 1]) ** 2
    return total


def euler(rates, catch, start, steps):
    path = np.zeros((steps + 1, 2))
    path[0] = start
    for n in range(steps):
        c, p = path[n]
        slope = [rates[0] * c - rates[1] * c * p - catch[n // LENGTH] * c, rates[2] * c * p - rates[3] * p]
        path[n + 1] = path[n] + DT * np.array(slope)
    return path


def right(rates, catch, start, wanted):
    steps = len(wanted)
    path = euler(rates, catch, start, steps)
    d_rates, d_catch = np.zeros_like(rates), np.zeros_like(catch)
    lc = lp = 0.0  # the adjoints of carp and pike
    for n in reversed(range(steps)):
        lc += 2 * (path[n + 1, 0] - wanted[n, 0])
        lp += 2 * (path[n + 1, 1] - wanted[n, 1])
        c, p = path[n]
        u = catch[n // LENGTH]
        over = 2 * DT * (u * c - QUOTA)
        d_rates[0] += DT * lc * c
        d_rates[1] -= DT * lc * c * p
        d_rates[2] += DT * lp * c * p
        d_rates[3] -= DT * lp * p
        d_catch[n // LENGTH] += over * c - DT * lc * c
        new_lc = lc + DT * (lc * (rates[0] - rates[1] * p - u) + lp * rates[2] * p) + over * u
        new_lp = lp + DT * (-lc * rates[1] * c + lp * (rates[2] * c - rates[3]))
        lc, lp = new_lc, new_lp
    return d_rates, d_catch, np.array([lc, lp])


class Pond:
    """Euler's steps with their Jacobians; share is the season's."""

    def __init__(self, rates, catch):
        self.rates, self.catch = rates, catch

    def slope(self, x, share):
        a, b, c, d = self.rates
        return np.array([a * x[0] - b * x[0] * x[1] - share * x[0], c * x[0] * x[1] - d * x[1]])

    def by_state(self, x, share):
        a, b, c, d = self.rates
        return np.array([[a - b * x[1] - share, -b * x[0]], [c * x[1], c * x[0] - d]])

    def by_rates(self, x):
        both = x[0] * x[1]
        return np.array([[x[0], -both, 0, 0], [0, 0, both, -x[1]]])

    def forward(self, x, steps):
        self.states = [x]
        for step in range(steps):
            x = x + DT * self.slope(x, self.catch[step // LENGTH])
            self.states.append(x)

    def adjoint(self, wanted):
        g_rates, g_catch = np.zeros(4), np.zeros(len(self.catch))
        lam = np.zeros(2)
        for step in range(len(wanted) - 1, -1, -1):
            season = len(self.catch) - 1
            x, share = self.states[step], self.catch[season]
            lam = lam + 2 * (self.states[step + 1] - wanted[step])
            excess = 2 * DT * (share * x[0] - QUOTA)
            g_rates += DT * self.by_rates(x).T @ lam
            g_catch[season] += x[0] * (excess - DT * lam[0])
            lam = lam + DT * self.by_state(x, share).T @ lam
            lam[0] += excess * share
        return g_rates, g_catch, lam


def backprop(rates, catch, start, wanted):
    pond = Pond(rates, catch)
    pond.forward(start, len(wanted))
    return pond.adjoint(wanted)
