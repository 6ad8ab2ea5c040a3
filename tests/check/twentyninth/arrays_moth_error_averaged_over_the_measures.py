"""Arrays moth error averaged over the measures.

expected kind: mean-for-sum
wrong line: 88
correction 88: dxhat = scaled * np.exp(-self.tau) / n
given as: arrays
what: The slope of the reconstruction is averaged over the measures as well, which the loss sums
source: https://github.com/orybkin/sigma-vae-pytorch/pull/12
said: the squared error was averaged over all elements, and the pictures stayed blurred; it has to be summed over them
"""

import numpy as np

PARAMETERS = ["A", "M", "S", "B", "tau"]
BETA = 0.6


def data(seed=0):
    r = np.random.default_rng(seed)
    # five moths with four measures; tau: the log of how exactly each measure can be told
    A, M, S = r.normal(size=(4, 5)), 0.7 * r.normal(size=(5, 2)), 0.7 * r.normal(size=(5, 2))
    return A, M, S, r.normal(size=(2, 4)), 0.3 * r.normal(size=4), r.normal(size=(5, 4)), r.normal(size=(5, 2))


def loss(A, M, S, B, tau, moths, noise):
    h = np.tanh(moths @ A)
    mu, sd = h @ M, np.log(1 + np.exp(h @ S)) + 0.1
    off = (moths - (mu + sd * noise) @ B) / np.exp(tau)
    told = np.sum(0.5 * off * off + tau) / moths.shape[0]
    kl = np.sum(0.5 * (mu * mu + sd * sd - 1) - np.log(sd)) / moths.shape[0]
    return told + BETA * kl


def one_moth(x, e, p):
    """Forward for one moth; returns what the way back needs."""
    h = np.tanh(x @ p["A"])
    mu, s = h @ p["M"], h @ p["S"]
    sd = np.log1p(np.exp(s)) + 0.1
    z = mu + sd * e
    return h, mu, s, sd, z, x - z @ p["B"]


def right(A, M, S, B, tau, moths, noise):
    p = {"A": A, "M": M, "S": S, "B": B, "tau": tau}
    g = {name: np.zeros(value.shape) for name, value in p.items()}
    n = len(moths)
    share = 1.0 / n
    kl_share = BETA / n
    for x, e in zip(moths, noise):
        h, mu, s, sd, z, gap = one_moth(x, e, p)
        precision = np.exp(-2 * tau)
        g["tau"] += share * (1 - gap**2 * precision)
        d_xhat = -share * gap * precision
        g["B"] += np.outer(z, d_xhat)
        d_z = B @ d_xhat
        # through the sample, and from the divergence
        d_mu = d_z + kl_share * mu
        d_sd = d_z * e + kl_share * (sd - 1 / sd)
        d_s = d_sd / (1 + np.exp(-s))
        g["M"] += np.outer(h, d_mu)
        g["S"] += np.outer(h, d_s)
        d_h = M @ d_mu + S @ d_s
        g["A"] += np.outer(x, d_h * (1 - h**2))
    return g


class MothVAE:
    def __init__(self, A, M, S, B, tau):
        self.A, self.M, self.S, self.B, self.tau = A, M, S, B, tau

    def encode(self, x):
        self.x = x
        self.h = np.tanh(x @ self.A)
        self.mu = self.h @ self.M
        self.raw = self.h @ self.S
        self.sd = np.log(1 + np.exp(self.raw)) + 0.1

    def decode(self, noise):
        self.noise = noise
        self.z = self.mu + self.noise * self.sd
        self.xhat = self.z @ self.B

    def backward(self):
        n = len(self.x)
        residual = self.xhat - self.x
        scaled = residual * np.exp(-self.tau)
        dtau = np.sum(1 - scaled**2, axis=0) / n
        dxhat = scaled * np.exp(-self.tau) / scaled.size
        dB = self.z.T @ dxhat
        dz = dxhat @ self.B.T
        dmu = dz + BETA * self.mu / n
        dsd = dz * self.noise + BETA * (self.sd - 1 / self.sd) / n
        draw = dsd * np.exp(self.raw) / (1 + np.exp(self.raw))
        dh = dmu @ self.M.T + draw @ self.S.T
        dpre = dh * (1 - self.h * self.h)
        return self.x.T @ dpre, self.h.T @ dmu, self.h.T @ draw, dB, dtau


def backprop(A, M, S, B, tau, moths, noise):
    model = MothVAE(A, M, S, B, tau)
    model.encode(moths)
    model.decode(noise)
    return model.backward()
