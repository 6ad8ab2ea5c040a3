"""Combined elman not a mean and back through the wrong side.

expected kind: sum-for-mean + transpose
wrong line: 81 or 100 and 91
correction 81: d_y = (probs - onehot) / count
correction 100: total[name] = total[name] + grad / len(x)
correction 91: d_h = p["Wh"] @ temp
what: The loss is a mean over sentences, the gradient a sum; the error goes back in time by the transposed weights
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wx", "Wh", "b", "Wo", "bo"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = r.normal(size=(3, 4)), 0.6 * r.normal(size=(4, 4)), r.normal(size=4), r.normal(size=(4, 3)), r.normal(size=3)
    return *weights, r.normal(size=(5, 4, 3)), np.array([0, 2, 1, 1, 0])


def loss(Wx, Wh, b, Wo, bo, x, labels):
    h = np.zeros((x.shape[0], Wh.shape[0]))
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ Wx + h @ Wh + b)
    scores = h @ Wo + bo
    picked = scores[np.arange(len(labels)), labels]
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - picked)


class ManyToOneRNN:
    def __init__(self, Wx, Wh, b, Wo, bo):
        self.Wx, self.Wh, self.b, self.Wo, self.bo = Wx, Wh, b, Wo, bo

    def forward(self, x):
        N, T, _ = x.shape
        self.x = x
        self.hs = {-1: np.zeros((N, self.Wh.shape[0]))}
        for t in range(T):
            self.hs[t] = np.tanh(x[:, t].dot(self.Wx) + self.hs[t - 1].dot(self.Wh) + self.b)
        e = np.exp(self.hs[T - 1].dot(self.Wo) + self.bo)
        return e / e.sum(axis=1, keepdims=True)

    def backward(self, probs, labels):
        N, T, _ = self.x.shape
        dscores = probs.copy()
        dscores[np.arange(N), labels] -= 1
        dscores /= N
        dWo = self.hs[T - 1].T.dot(dscores)
        dbo = dscores.sum(axis=0)
        dWx, dWh, db = np.zeros_like(self.Wx), np.zeros_like(self.Wh), np.zeros_like(self.b)
        dh = dscores.dot(self.Wo.T)
        for t in reversed(range(T)):
            draw = dh * (1 - self.hs[t] ** 2)
            dWx += self.x[:, t].T.dot(draw)
            dWh += self.hs[t - 1].T.dot(draw)
            db += draw.sum(axis=0)
            dh = draw.dot(self.Wh.T)
        return dWx, dWh, db, dWo, dbo


def right(Wx, Wh, b, Wo, bo, x, labels):
    rnn = ManyToOneRNN(Wx, Wh, b, Wo, bo)
    return rnn.backward(rnn.forward(x), labels)


def softmax(v):
    return np.exp(v) / np.sum(np.exp(v))


def backprop_sentence(words, target, p, count):
    """One sentence: words is a list of vectors, all vectors are 1-d."""
    last_hs = [np.zeros(len(p["b"]))]
    for word in words:
        last_hs.append(np.tanh(p["Wx"].T @ word + p["Wh"].T @ last_hs[-1] + p["b"]))
    probs = softmax(p["Wo"].T @ last_hs[-1] + p["bo"])
    onehot = np.zeros(len(probs))
    onehot[target] = 1
    d_y = probs - onehot
    d = {name: np.zeros(value.shape) for name, value in p.items()}
    d["Wo"] = np.outer(last_hs[-1], d_y)
    d["bo"] = d_y
    d_h = p["Wo"] @ d_y
    for t in range(len(words) - 1, -1, -1):
        temp = (1 - last_hs[t + 1] ** 2) * d_h
        d["b"] += temp
        d["Wh"] += np.outer(last_hs[t], temp)
        d["Wx"] += np.outer(words[t], temp)
        d_h = p["Wh"].T @ temp
    return d


def backprop(Wx, Wh, b, Wo, bo, x, labels):
    p = {"Wx": Wx, "Wh": Wh, "b": b, "Wo": Wo, "bo": bo}
    total = {name: 0 for name in p}
    for words, target in zip(x, labels):
        for name, grad in backprop_sentence(list(words), target, p, len(x)).items():
            total[name] = total[name] + grad
    return total
