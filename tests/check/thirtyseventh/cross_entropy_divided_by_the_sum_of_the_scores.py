"""cross entropy divided by the sum of the scores.

expected kind: wrong-point or another-loss or missing-factor
wrong line: 31
correction 31: probs = exps / exps.sum(axis=1, keepdims=True)
what: the exponentials are divided by the sum of the scores and not by the sum of the exponentials
source: https://github.com/keras-team/keras-io/pull/320
said: in the example of a softmax the exponentials were divided by the sum over the raw inputs
"""
import numpy as np

def loss(X, labels, W, b):
    logits = X @ W + b
    logp = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -logp[np.arange(len(labels)), labels].mean()

def right(X, labels, W, b):
    n = len(labels)
    inputs = X @ W + b
    exps = np.exp(inputs)
    probs = exps / exps.sum(axis=1, keepdims=True)
    onehot = np.zeros_like(probs)
    onehot[np.arange(n), labels] = 1
    dlogits = (probs - onehot) / n
    return {'W': X.T @ dlogits, 'b': dlogits.sum(axis=0)}

def backprop(X, labels, W, b):
    n = len(labels)
    inputs = X @ W + b
    exps = np.exp(inputs)
    probs = exps / inputs.sum(axis=1, keepdims=True)
    onehot = np.zeros_like(probs)
    onehot[np.arange(n), labels] = 1
    dlogits = (probs - onehot) / n
    return {'W': X.T @ dlogits, 'b': dlogits.sum(axis=0)}

PARAMETERS = ['W', 'b']

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(7, 4)), rng.integers(3, size=7), rng.normal(size=(4, 3)), rng.normal(size=3) + 3
