"""A captioning RNN: features give the first state, an affine layer and a softmax at each step.

expected kind: missing-term or detached
wrong line: 68 or 69
correction 68: dh = dhs[:, t] + dprev
correction 69: da = (dh + dprev) * (1 - hs[:, t + 1] ** 2)
what: each step is given the gradient from its own output alone, not what the step after it hands back
source: https://community.deeplearning.ai/t/building-a-recurrent-neural-network-step-by-step/534149
said: someone whose rnn_backward fails takes the gradient that a step hands back and the given gradient of the step
    before for the same; a mentor answers that a state gets gradients from both directions
"""
import numpy as np

PARAMETERS = ["W_proj", "Wx", "Wh", "b", "W_vocab"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    features, x = rng.normal(size=(3, 4)), rng.normal(size=(3, 4, 2))
    captions = rng.integers(5, size=(3, 4))
    shapes = [(4, 3), (2, 3), (3, 3), (3,), (3, 5)]
    return features, x, captions, *[0.8 * rng.normal(size=s) for s in shapes]

def states(features, x, W_proj, Wx, Wh, b):
    hs = [features @ W_proj]
    for t in range(x.shape[1]):
        hs.append(np.tanh(x[:, t] @ Wx + hs[-1] @ Wh + b))
    return np.stack(hs, axis=1)

def loss(features, x, captions, W_proj, Wx, Wh, b, W_vocab):
    scores = states(features, x, W_proj, Wx, Wh, b)[:, 1:] @ W_vocab
    logp = scores - np.log(np.exp(scores).sum(axis=2, keepdims=True))
    N, T = captions.shape
    return -np.sum(logp[np.arange(N)[:, None], np.arange(T), captions]) / N

def right(features, x, captions, W_proj, Wx, Wh, b, W_vocab):
    N, T = captions.shape
    hs = states(features, x, W_proj, Wx, Wh, b)
    scores = hs[:, 1:] @ W_vocab
    dscores = np.exp(scores) / np.exp(scores).sum(axis=2, keepdims=True)
    dscores[np.arange(N)[:, None], np.arange(T), captions] -= 1
    dscores /= N
    dW_vocab = np.einsum("nth,ntv->hv", hs[:, 1:], dscores)
    dhs = dscores @ W_vocab.T
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dprev = np.zeros((N, Wh.shape[0]))
    for t in reversed(range(T)):
        dh = dhs[:, t] + dprev
        da = dh * (1 - hs[:, t + 1] ** 2)
        dWx += x[:, t].T @ da
        dWh += hs[:, t].T @ da
        db += da.sum(axis=0)
        dprev = da @ Wh.T
    dW_proj = features.T @ dprev
    return dW_proj, dWx, dWh, db, dW_vocab

def backprop(features, x, captions, W_proj, Wx, Wh, b, W_vocab):
    N, T = captions.shape
    hs = states(features, x, W_proj, Wx, Wh, b)
    scores = hs[:, 1:] @ W_vocab
    dscores = np.exp(scores) / np.exp(scores).sum(axis=2, keepdims=True)
    dscores[np.arange(N)[:, None], np.arange(T), captions] -= 1
    dscores /= N
    dW_vocab = np.einsum("nth,ntv->hv", hs[:, 1:], dscores)
    dhs = dscores @ W_vocab.T
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dprev = np.zeros((N, Wh.shape[0]))
    for t in reversed(range(T)):
        dh = dhs[:, t]
        da = dh * (1 - hs[:, t + 1] ** 2)
        dWx += x[:, t].T @ da
        dWh += hs[:, t].T @ da
        db += da.sum(axis=0)
        dprev = da @ Wh.T
    dW_proj = features.T @ dprev
    return dW_proj, dWx, dWh, db, dW_vocab
