"""Combined poisson ridge without its two and gain not on the way.

expected kind: missing-factor or detached + scale or missing-factor
wrong line: 86 and 87
correction 86: df = standardise_backward(gain * deta, z, std)
correction 87: dw = features.T @ df + 2 * RIDGE * w
what: The gain isn't in what goes back to the standardised; the penalty lacks the two of its square
source: https://github.com/statsmodels/statsmodels/issues/6441
said: penalty and gradient of a regularised fit don't belong together where the weight isn't one number
"""

import numpy as np

PARAMETERS = ["w", "gain", "shift"]
RIDGE = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), 0.5 * r.normal(size=1), r.normal(size=1), r.normal(size=8), np.array([0, 2, 1, 0, 3, 1, 0, 2])


def loss(w, gain, shift, x, counts):
    f = w[0] * x + w[1] * x**2 + w[2] * x**3
    mean = np.sum(f) / len(f)
    std = np.sqrt(np.sum((f - mean) ** 2) / len(f))
    eta = gain * (f - mean) / std + shift
    return np.mean(np.exp(eta) - counts * eta) + RIDGE * np.sum(w**2)


class PoissonRegression:
    def __init__(self, w, gain, shift, ridge):
        self.w, self.gain, self.shift, self.ridge = w, gain, shift, ridge

    def fit_statistics(self, x):
        self.X = np.vander(x, len(self.w) + 1, increasing=True)[:, 1:]
        self.f = self.X.dot(self.w)
        self.mu = np.mean(self.f)
        self.var = np.mean((self.f - self.mu) ** 2)

    def gradient(self, y):
        n = len(y)
        centred = self.f - self.mu
        eta = self.gain * centred * self.var**-0.5 + self.shift
        d_eta = (np.exp(eta) - y) / n
        d_gain = np.sum(d_eta * centred * self.var**-0.5)
        d_shift = np.sum(d_eta)
        d_centred = self.gain * d_eta * self.var**-0.5
        d_var = np.sum(self.gain * d_eta * centred) * -0.5 * self.var**-1.5
        d_centred += d_var * 2 * centred / n
        d_mu = -np.sum(d_centred)
        d_f = d_centred + d_mu / n
        d_w = self.X.T.dot(d_f) + 2 * self.ridge * self.w
        return d_w, np.array([d_gain]), np.array([d_shift])


def right(w, gain, shift, x, counts):
    model = PoissonRegression(w, gain, shift, RIDGE)
    model.fit_statistics(x)
    return model.gradient(counts)


def polynomial(x, degree):
    return np.stack([x**p for p in range(1, degree + 1)], axis=1)


def standardise(f):
    mean, std = f.mean(), f.std()
    return (f - mean) / std, std


def standardise_backward(dz, z, std):
    n = len(z)
    dstd = -np.sum(dz * z) / std
    df = dz / std + dstd * z / n
    return df - np.mean(df)


def backprop(w, gain, shift, x, counts):
    features = polynomial(x, len(w))
    z, std = standardise(features @ w)
    rate = np.exp(gain * z + shift)
    deta = (rate - counts) / len(x)
    dgain = np.array([np.dot(deta, z)])
    dshift = np.array([np.sum(deta)])
    df = standardise_backward(deta, z, std)
    dw = features.T @ df + RIDGE * w
    return dw, dgain, dshift
