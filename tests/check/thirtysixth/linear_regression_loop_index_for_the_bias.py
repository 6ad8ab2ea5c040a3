"""Linear regression with a loop over the data.

expected kind: wrong-parameter or wrong-point
wrong line: 27
correction 27: g_shift += -2 * (mark - slope * hour - shift)
what: the residual in the gradient of the bias subtracts the loop's index and not the bias
source: https://github.com/datawhalechina/leedl-tutorial/issues/56
said: in the demonstration of regression, the gradient of the bias was computed with the loop's index where the bias should have been subtracted
"""
import numpy as np

def loss(slope, shift, hours, marks):
    return sum((mark - (slope * hour + shift)) ** 2 for hour, mark in zip(hours, marks))


def right(slope, shift, hours, marks):
    g_slope = g_shift = 0.0
    for k, (hour, mark) in enumerate(zip(hours, marks)):
        g_shift += -2 * (mark - slope * hour - shift)
        g_slope += -2 * hour * (mark - slope * hour - shift)
    return g_slope, g_shift


def backprop(slope, shift, hours, marks):
    g_slope = g_shift = 0.0
    for k, (hour, mark) in enumerate(zip(hours, marks)):
        g_shift += -2 * (mark - slope * hour - k)
        g_slope += -2 * hour * (mark - slope * hour - shift)
    return g_slope, g_shift


PARAMETERS = ["slope", "shift"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    hours = rng.normal(size=10)
    return [rng.normal(), rng.normal(), hours, 1.5 * hours - 0.7 + rng.normal(size=10)]
