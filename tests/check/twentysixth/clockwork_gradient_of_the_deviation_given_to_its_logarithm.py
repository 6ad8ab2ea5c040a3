"""Clockwork gradient of the deviation given to its logarithm.

expected kind: missing-factor
wrong line: 82
correction 82: dlogsigma = dsigma * sigma
what: What the encoder gives is the logarithm of the deviation, but it gets the gradient of the deviation
source: https://github.com/normal-computing/posteriors/pull/15
said: variational inference had taken its gradients by the deviations and not by their logarithms
"""

import numpy as np

PARAMETERS = ["A", "M", "S", "B", "P", "T"]
BETA = 0.7


def data(seed=0):
    r = np.random.default_rng(seed)
    A, M, S = r.normal(size=(3, 4)), 0.7 * r.normal(size=(4, 2)), 0.5 * r.normal(size=(4, 2))
    B, P, T = r.normal(size=(2, 4)), r.normal(size=(4, 3)), 0.4 * r.normal(size=(4, 3))
    return A, M, S, B, P, T, r.normal(size=(5, 3)), r.normal(size=(5, 2))


def loss(A, M, S, B, P, T, wheels, draws):
    h = np.tanh(wheels @ A)
    mu, logsigma = h @ M, h @ S
    q = np.tanh((mu + np.exp(logsigma) * draws) @ B)
    mean, logdev = q @ P, q @ T
    fit = np.sum(0.5 * (wheels - mean) ** 2 / np.exp(2 * logdev) + logdev)
    divergence = np.sum(0.5 * (mu**2 + np.exp(2 * logsigma) - 1) - logsigma)
    return (fit + BETA * divergence) / len(wheels)


def wind(x, eps, A, M, S, B, P, T):
    h = np.tanh(A.T @ x)
    mu, rho = M.T @ h, S.T @ h
    z = mu + np.exp(rho) * eps
    q = np.tanh(B.T @ z)
    return h, mu, rho, z, q, P.T @ q, T.T @ q


def right(A, M, S, B, P, T, wheels, draws):
    total = [np.zeros(W.shape) for W in (A, M, S, B, P, T)]
    for x, eps in zip(wheels, draws):
        h, mu, rho, z, q, m, tau = wind(x, eps, A, M, S, B, P, T)
        # log p(x | z)
        dm = (m - x) * np.exp(-2 * tau)
        dtau = 1 - (x - m) ** 2 * np.exp(-2 * tau)
        dq = (P @ dm + T @ dtau) * (1 - q**2)
        dz = B @ dq
        # q(z | x)
        dmu = dz + BETA * mu
        drho = dz * eps * np.exp(rho)
        drho += BETA * (np.exp(2 * rho) - 1)
        dh = (M @ dmu + S @ drho) * (1 - h**2)
        pieces = ((x, dh), (h, dmu), (h, drho), (z, dq), (q, dm), (q, dtau))
        for sum_, (left, right_) in zip(total, pieces):
            sum_ += np.outer(left, right_)
    return [sum_ / len(wheels) for sum_ in total]


def backprop(A, M, S, B, P, T, wheels, draws):
    n = len(wheels)
    h = np.tanh(wheels @ A)
    mu, sigma = h @ M, np.exp(h @ S)
    code = mu + sigma * draws
    q = np.tanh(code @ B)
    mean, dev = q @ P, np.exp(q @ T)
    standard = (wheels - mean) / dev

    def tanh_layer(dout, out, x, weights):
        """Gradients of the weights and of the input."""
        da = dout * (1 - out * out)
        return x.T @ da, da @ weights.T

    dmean = -standard / dev / n
    dlogdev = (1 - standard**2) / n
    dP, dT = q.T @ dmean, q.T @ dlogdev
    dB, dcode = tanh_layer(dmean @ P.T + dlogdev @ T.T, q, code, B)
    dmu = dcode + BETA * mu / n
    dsigma = dcode * draws + BETA * (sigma - 1 / sigma) / n
    dlogsigma = dsigma
    dM, dS = h.T @ dmu, h.T @ dlogsigma
    dA, _ = tanh_layer(dmu @ M.T + dlogsigma @ S.T, h, wheels, A)
    return dict(A=dA, M=dM, S=dS, B=dB, P=dP, T=dT)
