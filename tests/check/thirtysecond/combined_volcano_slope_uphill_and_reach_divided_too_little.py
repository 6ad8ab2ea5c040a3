"""Combined volcano slope uphill and reach divided too little.

expected kind: sign + missing-factor
wrong line: 79 and 80
correction 79: dm = -places.T @ alpha
correction 80: d_ell = np.einsum("ij,ijd->d", GS, diff**2) / ell**3
what: The gradient of the mean has the sign of the likelihood's; that of the lengths is divided by their squares and not by their cubes
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["ell", "height", "noise", "m"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # ten places on a volcano, how hot the ground is; how far warmth reaches, how much it varies, noise, a slope
    places = r.normal(size=(10, 2))
    heat = np.sin(2 * places[:, 0]) + 0.4 * places[:, 1] + 0.3 * r.normal(size=10)
    return r.uniform(0.6, 1.4, size=2), r.uniform(0.7, 1.3, size=1), r.uniform(0.3, 0.6, size=1), 0.5 * r.normal(size=2), places, heat


def loss(ell, height, noise, m, places, heat):
    apart = (places[:, None] - places[None]) / ell
    K = height**2 * np.exp(-0.5 * np.sum(apart**2, axis=2)) + noise**2 * np.eye(len(heat))
    left = heat - places @ m
    return 0.5 * left @ np.linalg.solve(K, left) + 0.5 * np.linalg.slogdet(K)[1]


class GaussianProcess:
    def __init__(self, ell, height, noise, m):
        self.ell, self.height, self.noise, self.m = ell, height[0], noise[0], m

    def kernel(self, X):
        D = [(X[:, [d]] - X[:, d]) ** 2 for d in range(X.shape[1])]
        self.D = D
        self.R = np.exp(-0.5 * sum(Dd / l**2 for Dd, l in zip(D, self.ell)))
        return self.height**2 * self.R + self.noise**2 * np.eye(len(X))

    def fit(self, X, y):
        self.X, self.K = X, self.kernel(X)
        L = np.linalg.cholesky(self.K)
        self.Linv = np.linalg.inv(L)
        self.alpha = self.Linv.T @ (self.Linv @ (y - X @ self.m))
        return self

    def kernel_derivatives(self):
        signal = self.height**2 * self.R
        for d, l in enumerate(self.ell):
            yield signal * self.D[d] / l**3
        yield 2 * self.height * self.R
        yield 2 * self.noise * np.eye(len(self.X))

    def gradient(self):
        """Half of tr(K^-1 dK) - alpha' dK alpha, for one hyperparameter after the other."""
        inverse = self.Linv.T @ self.Linv
        out = []
        for dK in self.kernel_derivatives():
            out.append(0.5 * (np.trace(inverse @ dK) - self.alpha @ dK @ self.alpha))
        return out, -self.X.T @ self.alpha


def right(ell, height, noise, m, places, heat):
    g, dm = GaussianProcess(ell, height, noise, m).fit(places, heat).gradient()
    return {"ell": np.array(g[:2]), "height": np.array(g[2:3]), "noise": np.array(g[3:]), "m": dm}


def backprop(ell, height, noise, m, places, heat):
    n = len(heat)
    diff = places[:, None, :] - places[None, :, :]
    S = height**2 * np.exp(-np.einsum("ijd,d->ij", diff**2, 0.5 / ell**2))
    K_inv = np.linalg.inv(S + noise**2 * np.eye(n))
    alpha = K_inv @ (heat - places @ m)
    # what the loss says to each element of the covariance
    G = 0.5 * (K_inv - np.outer(alpha, alpha))
    GS = G * S
    dm = places.T @ alpha
    d_ell = np.einsum("ij,ijd->d", GS, diff**2) / ell**2
    d_height = 2 * GS.sum() / height
    d_noise = 2 * noise * np.trace(G)
    return d_ell, d_height, d_noise, dm
