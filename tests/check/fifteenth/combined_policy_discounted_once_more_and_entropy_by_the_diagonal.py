"""Combined policy discounted once more and entropy by the diagonal.

expected kind: repeated-factor + diagonal-jacobian
wrong line: 100 and 73
correction 73: dlogits[i] += dp_j * p[j] * ((i == j) - p[i])
correction 100: step = agent.step_gradients(S[t], A[t], G[t], scaled[t])
what: The advantage is discounted by its time a second time; of the softmax's Jacobian only the diagonal is there for
    the entropy
source: https://github.com/mimoralea/gdrl/issues/38
said: the returns have the discounts in them already; why multiply by them again?
"""

import numpy as np

PARAMETERS = ["theta", "b", "w"]
GAMMA, BETA, C = 0.8, 0.3, 0.5


def data(seed=0):
    r = np.random.default_rng(seed)
    theta, b, w, S, R = (r.normal(size=s) for s in [(4, 3), (3,), (4,), (6, 4), (6,)])
    return theta, b, w, S, R, np.array([1, 0, 2, 2, 0, 1])


def loss(theta, b, w, S, R, A):
    T = len(R)
    G = np.array([np.sum(R[t:] * GAMMA ** np.arange(T - t)) for t in range(T)])
    logits = S @ theta + b
    logp = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    policy = -np.mean(logp[np.arange(T), A] * (G - np.mean(G)) / np.std(G))
    entropy = -np.mean(np.sum(np.exp(logp) * logp, axis=1))
    return policy - BETA * entropy + C * np.mean((G - S @ w) ** 2)


def returns_of(R):
    G, running = [], 0.0
    for reward in R[::-1]:
        running = reward + GAMMA * running
        G.insert(0, running)
    return np.array(G)


def right(theta, b, w, S, R, A):
    T = S.shape[0]
    G = returns_of(R)
    weights = (G - G.mean()) / G.std()
    logits = S.dot(theta) + b
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    logp = np.log(p)
    taken = np.zeros_like(p)
    taken[np.arange(T), A] = 1
    dpolicy = (p - taken) * weights[:, None]
    H = -np.sum(p * logp, axis=1, keepdims=True)
    dentropy = -p * (logp + H)
    dlogits = (dpolicy - BETA * dentropy) / T
    values = S.dot(w)
    dvalues = 2 * C * (values - G) / T
    return {"theta": S.T.dot(dlogits), "b": dlogits.sum(axis=0), "w": S.T.dot(dvalues)}


def softmax(x):
    e = np.exp(x - np.max(x))
    return e / e.sum()


def entropy_gradient(p):
    K = len(p)
    dlogits = np.zeros(K)
    for i in range(K):
        for j in range(K):
            dp_j = -(np.log(p[j]) + 1)
            dlogits[i] += dp_j * p[j] * (i == j) * (1 - p[i])
    return dlogits


class Agent:
    def __init__(self, theta, b, w):
        self.theta, self.b, self.w = theta, b, w

    def step_gradients(self, s, a, G, weight):
        p = softmax(s @ self.theta + self.b)
        dlogits = weight * p
        dlogits[a] -= weight
        dlogits -= BETA * entropy_gradient(p)
        td = s @ self.w - G
        return np.outer(s, dlogits), dlogits, 2 * C * td * s


def backprop(theta, b, w, S, R, A):
    agent = Agent(theta, b, w)
    T = len(R)
    G = np.zeros(T + 1)
    for t in range(T - 1, -1, -1):
        G[t] = R[t] + GAMMA * G[t + 1]
    G = G[:T]
    scaled = (G - np.mean(G)) / np.std(G)
    grads = [np.zeros_like(theta), np.zeros_like(b), np.zeros_like(w)]
    for t in range(T):
        step = agent.step_gradients(S[t], A[t], G[t], GAMMA**t * scaled[t])
        for grad, part in zip(grads, step):
            grad += part
    return [grad / T for grad in grads]
