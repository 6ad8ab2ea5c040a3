"""Gaussian criterion one for a half.

expected kind: scale or missing-factor
wrong line: 46
correction 46: grad_log_var = 0.5 - 0.5 * np.exp(-log_var) * (target - mean) ** 2
what: In the gradient of the log variance the squared error is taken whole where its half belongs
source: https://github.com/y0ast/VAE-Torch/issues/13
said: the multiplication should be by minus one half, not minus one; the check of the gradient passes then
"""

import numpy as np

PARAMETERS = ["W", "Wm", "Wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(3, 5)), r.normal(size=(5, 4)) * 0.5, r.normal(size=(5, 4)) * 0.3, r.normal(size=(6, 3)),
        r.normal(size=(6, 4)),
    )


def loss(W, Wm, Wv, z, x):
    h = np.tanh(z @ W)
    mu, log_var = h @ Wm, h @ Wv
    return np.sum(0.5 * np.log(2 * np.pi) + 0.5 * log_var + 0.5 * (x - mu) ** 2 / np.exp(log_var))


def right(W, Wm, Wv, z, x):
    h = np.tanh(z @ W)
    r = (h @ Wm - x) * np.exp(-(h @ Wv))
    s = 0.5 - 0.5 * r * (h @ Wm - x)
    back = (r @ Wm.T + s @ Wv.T) * (1 - h**2)
    return z.T @ back, h.T @ r, h.T @ s


class GaussianCriterion:
    def forward(self, mean, log_var, target):
        self.saved = mean, log_var, target
        return np.sum(0.5 * (log_var + np.log(2 * np.pi)) + 0.5 * np.exp(-log_var) * (target - mean) ** 2)

    def backward(self):
        mean, log_var, target = self.saved
        grad_mean = np.exp(-log_var) * (mean - target)
        grad_log_var = 0.5 - np.exp(-log_var) * (target - mean) ** 2
        return grad_mean, grad_log_var


def backprop(W, Wm, Wv, z, x):
    h = np.tanh(z.dot(W))
    criterion = GaussianCriterion()
    criterion.forward(h.dot(Wm), h.dot(Wv), x)
    dmean, dlog_var = criterion.backward()
    dh = dmean.dot(Wm.T) + dlog_var.dot(Wv.T)
    da = dh * (1 - h**2)
    return dict(W=z.T.dot(da), Wm=h.T.dot(dmean), Wv=h.T.dot(dlog_var))
