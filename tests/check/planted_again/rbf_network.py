"""Radial-basis-function network: centres, widths and output weights are learnt."""

import numpy as np

PARAMETERS = ["centres", "sigma", "A", "bias"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(6, 3))
    target = rng.normal(size=(6, 2))
    centres = rng.normal(size=(4, 3))
    sigma = rng.uniform(0.8, 1.8, size=4)
    A = rng.normal(size=(4, 2))
    bias = rng.normal(size=2)
    return x, target, centres, sigma, A, bias


def loss(x, target, centres, sigma, A, bias):
    diff = x[:, None, :] - centres[None, :, :]
    d2 = np.sum(diff**2, axis=2)
    phi = np.exp(-d2 / (2 * sigma**2))
    out = phi @ A + bias
    return np.mean(np.sum((out - target) ** 2, axis=1))


class RBF:
    def __init__(self, centres, sigma, A, bias):
        self.centres, self.sigma, self.A, self.bias = centres, sigma, A, bias

    def activations(self, x):
        phi = np.empty((len(x), len(self.centres)))
        for n, row in enumerate(x):
            for k, centre in enumerate(self.centres):
                r = np.linalg.norm(row - centre)
                phi[n, k] = np.exp(-(r**2) / (2 * self.sigma[k] ** 2))
        return phi

    def gradients(self, x, target):
        N = len(x)
        phi = self.activations(x)
        error = phi @ self.A + self.bias - target
        grad_out = 2 * error / N
        grad_A = np.zeros_like(self.A)
        grad_bias = np.zeros_like(self.bias)
        grad_centres = np.zeros_like(self.centres)
        grad_sigma = np.zeros_like(self.sigma)
        for n in range(N):
            grad_A += np.outer(phi[n], grad_out[n])
            grad_bias += grad_out[n]
            grad_phi = self.A @ grad_out[n]
            for k in range(len(self.centres)):
                delta = x[n] - self.centres[k]
                s = self.sigma[k]
                common = grad_phi[k] * phi[n, k]
                grad_centres[k] += common * delta / s**2
                grad_sigma[k] += common * np.dot(delta, delta) / s**3
        return grad_centres, grad_sigma, grad_A, grad_bias


def backprop(x, target, centres, sigma, A, bias):
    net = RBF(centres, sigma, A, bias)
    return net.gradients(x, target)


MISTAKES = [
    ("delta = x[n] - self.centres[k]", "delta = self.centres[k] - x[n]", "sign", "difference the other way round"),
    ("common * delta / s**2", "common * delta / s", "missing-factor", "width not squared"),
    ("common * delta / s**2", "common * delta / (2 * s**2)", "scale", "the two of the square forgotten"),
    ("common * delta / s**2", "common * delta", "missing-factor", "width forgotten"),
    ("np.dot(delta, delta) / s**3", "np.dot(delta, delta) / s**2", "missing-factor", "power of the width"),
    ("np.dot(delta, delta) / s**3", "np.linalg.norm(delta) / s**3", "wrong-point or missing-factor", "distance not squared"),
    ("common * np.dot(delta, delta) / s**3", "-common * np.dot(delta, delta) / s**3", "sign", "two minus signs not cancelled"),
    ("common * np.dot(delta, delta) / s**3", "common * np.dot(delta, delta) / (2 * s**2)", "wrong-activation or missing-factor or wrong-point",
     "derivative by the exponent itself"),
    ("common = grad_phi[k] * phi[n, k]", "common = grad_phi[k]", "missing-factor", "derivative of exp forgotten"),
    ("common = grad_phi[k] * phi[n, k]", "common = grad_phi[k] * phi[n, k] * (1 - phi[n, k])", "wrong-activation or repeated-factor", "derivative of a sigmoid"),
    ("grad_out = 2 * error / N", "grad_out = error / N", "scale", "two forgotten"),
    ("grad_out = 2 * error / N", "grad_out = 2 * error", "sum-for-mean", "mean forgotten"),
    ("grad_out = 2 * error / N", "grad_out = 2 * error / error.size", "scale or mean-for-sum", "mean over outputs too"),
    ("grad_centres[k] += common", "grad_centres[k] = common", "missing-sum or missing-term", "only the last example is left"),
    ("grad_sigma[k] += common", "grad_sigma[k] = common", "missing-sum or missing-term", "only the last example is left"),
    ("grad_A += np.outer(phi[n], grad_out[n])", "grad_A += np.outer(phi[n], error[n])", "missing-factor or wrong-point", "the error instead of the gradient"),
    ("            grad_bias += grad_out[n]\n", "", "missing-term or missing-sum", "bias forgotten"),
    ("grad_phi = self.A @ grad_out[n]", "self.A -= 0.1 * grad_A\n            grad_phi = self.A @ grad_out[n]", "updated-parameter",
     "weights updated within the loop before they are used"),
    ("grad_sigma[k] += common * np.dot(delta, delta) / s**3", "grad_sigma += common * np.dot(delta, delta) / s**3", "wrong-shape or wrong-axis or missing-factor",
     "index forgotten: added to all widths"),
    ("        s = self.sigma[k]\n", "        s = self.sigma[k - 1]\n", "wrong-point or wrong-shape", "index of the width off by one"),
    ("return grad_centres, grad_sigma, grad_A, grad_bias", "return grad_centres / N, grad_sigma / N, grad_A, grad_bias", "mean-for-sum or scale", "divided by N twice for the hidden layer"),
]
