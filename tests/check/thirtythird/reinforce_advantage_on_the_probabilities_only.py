"""REINFORCE on one episode, a small softmax policy, discounted returns minus their mean.

expected kind: missing-factor
wrong line: 48
correction 48: dlogits[np.arange(len(actions)), actions] -= adv
what: the probabilities are weighted by the advantage, the one of the action that was taken isn't
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

gamma = 0.9


def returns(rewards):
    G, running = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        G[t] = running
    return G - G.mean()


def probabilities(states, W1, W2):
    hidden = np.tanh(states @ W1)
    e = np.exp(hidden @ W2)
    return hidden, e / e.sum(axis=1, keepdims=True)


def loss(states, actions, rewards, W1, W2):
    probs = probabilities(states, W1, W2)[1]
    return -np.sum(returns(rewards) * np.log(probs[np.arange(len(actions)), actions]))


def right(states, actions, rewards, W1, W2):
    hidden, probs = probabilities(states, W1, W2)
    adv = returns(rewards)
    dlogits = probs * adv[:, None]
    dlogits[np.arange(len(actions)), actions] -= adv
    dW2 = hidden.T @ dlogits
    dhidden = (dlogits @ W2.T) * (1 - hidden**2)
    return {"W1": states.T @ dhidden, "W2": dW2}


def backprop(states, actions, rewards, W1, W2):
    hidden, probs = probabilities(states, W1, W2)
    adv = returns(rewards)
    dlogits = probs * adv[:, None]
    dlogits[np.arange(len(actions)), actions] -= 1
    dW2 = hidden.T @ dlogits
    dhidden = (dlogits @ W2.T) * (1 - hidden**2)
    return {"W1": states.T @ dhidden, "W2": dW2}


PARAMETERS = ["W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(6, 4)), r.integers(3, size=6), r.normal(size=6), r.normal(size=(4, 5)), r.normal(size=(5, 3))]
