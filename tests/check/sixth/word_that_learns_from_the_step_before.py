"""Word that learns from the step before.

expected kind: wrong-point
wrong line: 75
correction 75: d_embed[layer["word"]] += layer["hidden_delta"]
what: The word of a step gets the error of the hidden state before it, one place too early in the list of layers
source: https://github.com/iamtrask/Grokking-Deep-Learning/issues/18
said: the asker wonders why the embedding of a word takes the delta of the previous layer and not that of its own
"""

import numpy as np

PARAMETERS = ["embed", "recurrent", "start", "decoder"]


def data(seed=0):
    r = np.random.default_rng(seed)
    recurrent = np.eye(4) + 0.2 * r.normal(size=(4, 4))
    return r.normal(size=(6, 4)), recurrent, r.normal(size=4), r.normal(size=(4, 6)), np.array([2, 0, 5, 3, 1])


def loss(embed, recurrent, start, decoder, sent):
    hidden, total = start, 0
    for word in sent:
        z = hidden @ decoder
        total = total + np.log(np.sum(np.exp(z))) - z[word]
        hidden = hidden @ recurrent + embed[word]
    return total


def right(embed, recurrent, start, decoder, sent):
    hs = [start]
    for word in sent[:-1]:
        hs.append(hs[-1] @ recurrent + embed[word])
    H = np.array(hs)
    P = np.exp(H @ decoder)
    P = P / P.sum(1, keepdims=True) - np.eye(6)[sent]
    G = P @ decoder.T
    dE, dR = np.zeros_like(embed), np.zeros_like(recurrent)
    for t in range(len(sent) - 1, 0, -1):
        dE[sent[t - 1]] += G[t]
        dR += np.outer(H[t - 1], G[t])
        G[t - 1] += recurrent @ G[t]
    return dE, dR, G[0], H.T @ P


def softmax(x):
    e = np.exp(x - np.max(x))
    return e / e.sum()


def predict(sent, embed, recurrent, start, decoder):
    layers = [{"hidden": start}]
    for word in sent:
        layer = {"pred": softmax(layers[-1]["hidden"].dot(decoder)), "word": word}
        layer["hidden"] = layers[-1]["hidden"].dot(recurrent) + embed[word]
        layers.append(layer)
    return layers


def backprop(embed, recurrent, start, decoder, sent):
    layers = predict(sent, embed, recurrent, start, decoder)
    for idx in reversed(range(len(layers))):
        layer = layers[idx]
        delta = np.zeros(len(start))
        if idx < len(layers) - 1:
            after = layers[idx + 1]
            after["output_delta"] = after["pred"] - np.eye(len(embed))[after["word"]]
            delta = after["output_delta"].dot(decoder.T) + after["hidden_delta"].dot(recurrent.T)
        layer["hidden_delta"] = delta
    d_embed, d_recurrent = np.zeros_like(embed), np.zeros_like(recurrent)
    d_decoder = np.zeros_like(decoder)
    for idx, layer in enumerate(layers[1:]):
        d_decoder += np.outer(layers[idx]["hidden"], layer["output_delta"])
        d_embed[layer["word"]] += layers[idx]["hidden_delta"]
        d_recurrent += np.outer(layers[idx]["hidden"], layer["hidden_delta"])
    return d_embed, d_recurrent, layers[0]["hidden_delta"], d_decoder
