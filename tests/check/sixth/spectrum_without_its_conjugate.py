"""Spectrum without its conjugate.

expected kind: reversed or transpose
wrong line: 46
correction 46: return np.fft.ifft(np.conj(np.fft.fft(x)) * dout_f).real
what: The gradient of a circular convolution is the product of the spectra, without the conjugate that turns it round
source: https://github.com/HazyResearch/flash-fft-conv/issues/24
said: the answer has iFFT(FFT(x) * FFT(dout)) for the kernel's gradient, "being a bit fast and loose" with the
    constants
"""

import numpy as np

PARAMETERS = ["kernel", "bias"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=8), np.array(r.normal()), r.normal(size=(3, 8)), r.normal(size=(3, 8))


def loss(kernel, bias, signals, T):
    at = (np.arange(8)[:, None] - np.arange(8)[None, :]) % 8
    out = np.tanh(signals @ kernel[at].T + bias)
    return 0.5 * np.sum((out - T) ** 2)


def right(kernel, bias, signals, T):
    dk, db = np.zeros(8), 0.0
    for x, t in zip(signals, T):
        o = np.tanh([sum(kernel[(i - j) % 8] * x[j] for j in range(8)) + bias for i in range(8)])
        d = (o - t) * (1 - o * o)
        db += d.sum()
        for i in range(8):
            for j in range(8):
                dk[(i - j) % 8] += d[i] * x[j]
    return dk, db


def fft_conv(x, k):
    return np.fft.ifft(np.fft.fft(x) * np.fft.fft(k)).real


def fft_conv_backward(dout, x):
    dout_f = np.fft.fft(dout)
    return np.fft.ifft(np.fft.fft(x) * dout_f).real


def backprop(kernel, bias, signals, T):
    dkernel = np.zeros_like(kernel)
    dbias = 0.0
    for x, target in zip(signals, T):
        out = np.tanh(fft_conv(x, kernel) + bias)
        dz = (out - target) * (1 - out**2)
        dkernel += fft_conv_backward(dz, x)
        dbias += dz.sum()
    return dkernel, dbias
