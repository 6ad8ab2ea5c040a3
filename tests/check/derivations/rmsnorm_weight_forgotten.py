"""RMSNorm's backward pass without the weight.

expected kind: missing-factor
wrong line: 44
correction 44: grad[i] = D_Out[i] * Gamma[i]
what: the gradient isn't multiplied by the weight in the sum and in the first term
source: https://github.com/karpathy/llm.c/pull/763
said: A reviewer found by this kernel the bug in his own one: he had forgotten to multiply by the weight, and
    had searched for days.
"""

import numpy as np

PARAMETERS = ["inp", "weight"]
EPSILON = 1e-5


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(2, 3, 4)), r.normal(size=4), r.normal(size=(2, 3, 4))]


def loss(inp, weight, target):
    rms = np.sqrt(np.mean(inp**2, axis=-1, keepdims=True) + EPSILON)
    return np.sum((inp / rms * weight - target) ** 2)


def right(inp, weight, target):
    rstd = (np.mean(inp**2, -1, keepdims=True) + EPSILON) ** -0.5
    g = 2 * (inp * rstd * weight - target)
    s = np.sum(g * weight * inp, -1, keepdims=True)
    return rstd * g * weight - rstd**3 * inp * s / inp.shape[-1], np.sum(g * inp * rstd, (0, 1))


def rms_backward(_In, D_Out, D_In, D_Gamma, Gamma):
    N = _In.size
    rms = 0.0
    for i in range(N):
        rms += _In[i] * _In[i]
    rrms = 1.0 / np.sqrt(rms / N + EPSILON)
    grad = [0.0] * N
    dot = 0.0
    for i in range(N):
        grad[i] = D_Out[i]
        dot += grad[i] * _In[i]
    for i in range(N):
        D_Gamma[i] += D_Out[i] * _In[i] * rrms
        D_In[i] += rrms * grad[i] - rrms ** 3 * _In[i] * dot / N


def backprop(inp, weight, target):
    dinp, dweight = np.zeros_like(inp), np.zeros_like(weight)
    B, T, C = inp.shape
    for b in range(B):
        for t in range(T):
            row = inp[b, t]
            out = row / np.sqrt(np.mean(row ** 2) + EPSILON) * weight
            rms_backward(row, 2 * (out - target[b, t]), dinp[b, t], dweight, weight)
    return dinp, dweight
