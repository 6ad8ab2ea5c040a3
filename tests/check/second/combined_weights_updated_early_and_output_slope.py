"""Combined weights updated early and output slope.

expected kind: missing-factor + updated-parameter
wrong line: 43 and 46
correction 43: delta_o = (o - l) * o * (1 - o)
correction 46: delta_h = np.transpose(before[1]) @ delta_o * (h * (1 - h))
what: The output's delta lacks the slope of the sigmoid, and the hidden delta takes the weights after their update
source: github.com/Bot-Academy/NeuralNetworkFromScratch, pull request 3
said: The gradient lacks the derivative of the sigmoid at the outer layer; the weights of the hidden layer are updated
    before the input's use them.
"""

import numpy as np

PARAMETERS = ["w_i_h", "w_h_o", "b_i_h", "b_h_o"]


def data(seed=0):
    r = np.random.default_rng(seed)
    w, v, b, c = r.normal(size=(4, 3)), r.normal(size=(2, 4)), r.normal(size=(4, 1)), r.normal(size=(2, 1))
    return w, v, b, c, r.uniform(size=(3, 1)), np.array([[1.0], [0.0]])


def loss(w_i_h, w_h_o, b_i_h, b_h_o, img, l):
    h = 1 / (1 + np.exp(-(b_i_h + w_i_h @ img)))
    o = 1 / (1 + np.exp(-(b_h_o + w_h_o @ h)))
    return 0.5 * np.sum((o - l) ** 2)


def right(w_i_h, w_h_o, b_i_h, b_h_o, img, l):
    h = 1 / (1 + np.exp(-b_i_h - w_i_h @ img))
    o = 1 / (1 + np.exp(-b_h_o - w_h_o @ h))
    d = (o - l) * o * (1 - o)
    g = w_h_o.T @ d * h * (1 - h)
    return g @ img.T, d @ h.T, g, d


def backprop(w_i_h, w_h_o, b_i_h, b_h_o, img, l):
    learn_rate = 0.1
    before = [p.copy() for p in (w_i_h, w_h_o, b_i_h, b_h_o)]
    h = 1 / (1 + np.exp(-(b_i_h + w_i_h @ img)))
    o = 1 / (1 + np.exp(-(b_h_o + w_h_o @ h)))
    delta_o = o - l
    w_h_o += -learn_rate * delta_o @ np.transpose(h)
    b_h_o += -learn_rate * delta_o
    delta_h = np.transpose(w_h_o) @ delta_o * (h * (1 - h))
    w_i_h += -learn_rate * delta_h @ np.transpose(img)
    b_i_h += -learn_rate * delta_h
    after = [w_i_h, w_h_o, b_i_h, b_h_o]
    return [(old - new) / learn_rate for old, new in zip(before, after)]
