"""Arrays autoencoder noise without its deviation.

expected kind: missing-factor
wrong line: 79
correction 79: dlogstd = dz * noise * std + BETA * (std**2 - 1)
given as: arrays
what: The noise goes back without the deviation, which is its own derivative by the logarithm
source: https://github.com/alecGraves/BVAE-tf/issues/7
said: the formula of the resampling is wrong: which of the two the exponential is of
"""

import numpy as np

BETA = 0.7
PARAMETERS = ["W1", "W2", "b2", "D1", "D2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), 0.5 * r.normal(size=(4, 4)), 0.3 * r.normal(size=4), r.normal(size=(2, 4)), r.normal(size=(4, 3)), r.normal(size=(5, 3)), r.normal(size=(5, 2))


def loss(W1, W2, b2, D1, D2, x, noise):
    code = np.maximum(x @ W1, 0) @ W2 + b2
    mean, logstd = code[:, :2], code[:, 2:]
    z = mean + np.exp(logstd) * noise
    output = np.tanh(z @ D1) @ D2
    kl = np.sum(0.5 * mean**2 + 0.5 * np.exp(2 * logstd) - logstd)
    return 0.5 * np.sum((output - x) ** 2) + BETA * kl


def right(W1, W2, b2, D1, D2, x, noise):
    g = dict(W1=np.zeros_like(W1), W2=np.zeros_like(W2), b2=np.zeros_like(b2), D1=np.zeros_like(D1), D2=np.zeros_like(D2))
    for xi, ei in zip(x, noise):
        h = np.maximum(0, xi @ W1)
        code = h @ W2 + b2
        mean, s = code[:2], np.exp(code[2:])
        z = mean + s * ei
        t = np.tanh(z @ D1)
        d_out = t @ D2 - xi
        g["D2"] += np.outer(t, d_out)
        d_t = D2 @ d_out
        d_u = d_t * (1 - t * t)
        g["D1"] += np.outer(z, d_u)
        d_z = D1 @ d_u
        d_code = np.zeros(4)
        d_code[:2] += d_z
        d_code[2:] += d_z * ei * s
        d_code[:2] += BETA * mean
        d_code[2:] += BETA * (s * s - 1)
        g["W2"] += np.outer(h, d_code)
        g["b2"] += d_code
        d_h = W2 @ d_code
        d_h[h <= 0] = 0
        g["W1"] += np.outer(xi, d_h)
    return g


def encoder(x, W1, W2, b2):
    a = np.dot(x, W1)
    h = a * (a > 0)
    code = np.dot(h, W2) + b2
    return a, h, code[:, :2], code[:, 2:]


def decoder_backward(dout, z, t, D1, D2):
    dD2 = np.dot(t.T, dout)
    dt = np.dot(dout, D2.T) * (1 - t**2)
    return np.dot(dt, D1.T), np.dot(z.T, dt), dD2


def backprop(W1, W2, b2, D1, D2, x, noise):
    a, h, mean, logstd = encoder(x, W1, W2, b2)
    std = np.exp(logstd)
    z = mean + std * noise
    t = np.tanh(np.dot(z, D1))
    dz, dD1, dD2 = decoder_backward(np.dot(t, D2) - x, z, t, D1, D2)
    dmean = dz + BETA * mean
    dlogstd = dz * noise + BETA * (std**2 - 1)
    dcode = np.concatenate((dmean, dlogstd), axis=1)
    da = np.dot(dcode, W2.T) * (a > 0)
    return np.dot(x.T, da), np.dot(h.T, dcode), dcode.sum(axis=0), dD1, dD2
