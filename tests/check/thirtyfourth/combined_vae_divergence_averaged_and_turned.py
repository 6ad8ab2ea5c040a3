"""A variational autoencoder with a hidden layer and squared errors, all summed.

expected kind: mean-for-sum or scale + sign
wrong line: 47 and 48
correction 47: dmean_kl = mean
correction 48: dlogv_kl = 0.5 * (np.exp(logv) - 1)
what: the means' part of the divergence is divided by the number of examples; the log-variances' part has the wrong sign
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def encode(x, W, Wm, Ws):
    h = np.tanh(x @ W)
    return h, h @ Wm, h @ Ws


def loss(x, noise, W, Wm, Ws, Wd):
    _, mean, logv = encode(x, W, Wm, Ws)
    z = mean + noise * np.exp(0.5 * logv)
    recon = 0.5 * np.sum((z @ Wd - x) ** 2)
    return recon + 0.5 * np.sum(np.exp(logv) + mean ** 2 - 1 - logv)


def right(x, noise, W, Wm, Ws, Wd):
    N = x.shape[0]
    h, mean, logv = encode(x, W, Wm, Ws)
    sd = np.exp(0.5 * logv)
    z = mean + noise * sd
    dout = z @ Wd - x
    dz = dout @ Wd.T
    dmean_kl = mean
    dlogv_kl = 0.5 * (np.exp(logv) - 1)
    dmean = dz + dmean_kl
    dlogv = dz * noise * 0.5 * sd + dlogv_kl
    dh = dmean @ Wm.T + dlogv @ Ws.T
    return {"W": x.T @ (dh * (1 - h * h)), "Wm": h.T @ dmean, "Ws": h.T @ dlogv, "Wd": z.T @ dout}


def backprop(x, noise, W, Wm, Ws, Wd):
    N = x.shape[0]
    h, mean, logv = encode(x, W, Wm, Ws)
    sd = np.exp(0.5 * logv)
    z = mean + noise * sd
    dout = z @ Wd - x
    dz = dout @ Wd.T
    dmean_kl = mean / N
    dlogv_kl = 0.5 * (1 - np.exp(logv))
    dmean = dz + dmean_kl
    dlogv = dz * noise * 0.5 * sd + dlogv_kl
    dh = dmean @ Wm.T + dlogv @ Ws.T
    return {"W": x.T @ (dh * (1 - h * h)), "Wm": h.T @ dmean, "Ws": h.T @ dlogv, "Wd": z.T @ dout}


PARAMETERS = ["W", "Wm", "Ws", "Wd"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 4)), r.normal(size=(5, 2)), r.normal(size=(4, 3)), r.normal(size=(3, 2)), r.normal(size=(3, 2)), r.normal(size=(2, 4))]
