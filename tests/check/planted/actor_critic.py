"""Actor-critic on recorded episodes: shared tanh layer, softmax policy, value head, entropy bonus.

The baseline is the value that was recorded when the episode was played, so it is a constant."""
import numpy as np

PARAMETERS = ["W", "b", "Wp", "bp", "wv", "bv"]
GAMMA, VALUE_COEF, ENTROPY_COEF = 0.9, 0.5, 0.1


def data(seed=0):
    rng = np.random.default_rng(seed)
    states, actions = rng.normal(size=(3, 6, 4)), rng.integers(0, 2, size=(3, 6))
    rewards, baseline = rng.normal(size=(3, 6)), rng.normal(size=(3, 6))
    lengths = rng.integers(3, 6, size=3)
    shapes = [(4, 5), 5, (5, 2), 2, 5, ()]
    return states, actions, rewards, baseline, lengths, *[rng.normal(size=s) for s in shapes]


def loss(states, actions, rewards, baseline, lengths, W, b, Wp, bp, wv, bv):
    total = 0.0
    for e in range(len(states)):
        G = 0.0
        for t in reversed(range(lengths[e])):
            G = rewards[e, t] + GAMMA * G
            h = np.tanh(states[e, t] @ W + b)
            s = h @ Wp + bp
            logp = s - np.log(np.sum(np.exp(s)))
            v = np.sum(h * wv) + bv
            policy = -logp[actions[e, t]] * (G - baseline[e, t])
            entropy = -np.sum(np.exp(logp) * logp)
            total = total + policy + VALUE_COEF * (v - G) ** 2 - ENTROPY_COEF * entropy
    return total / len(states)


def discounted(rewards):
    returns = np.zeros(len(rewards))
    running = 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + GAMMA * running
        returns[t] = running
    return returns


def entropy_gradient(p):
    logp = np.log(p)
    H = -(p * logp).sum(axis=1, keepdims=True)
    return -p * (logp + H)


def backprop(states, actions, rewards, baseline, lengths, W, b, Wp, bp, wv, bv):
    grads = [np.zeros_like(p) for p in (W, b, Wp, bp, wv, bv)]
    dW, db, dWp, dbp, dwv, dbv = grads
    for e, T in enumerate(lengths):
        x, a = states[e, :T], actions[e, :T]
        returns = discounted(rewards[e, :T])
        h = np.tanh(x @ W + b)
        s = h @ Wp + bp
        p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
        v = h @ wv + bv
        advantage = returns - baseline[e, :T]

        onehot = np.eye(p.shape[1])[a]
        ds = (p - onehot) * advantage[:, None]
        ds -= ENTROPY_COEF * entropy_gradient(p)
        dv = 2 * VALUE_COEF * (v - returns)

        dWp += h.T @ ds
        dbp += ds.sum(axis=0)
        dwv += h.T @ dv
        dbv += dv.sum()
        dh = ds @ Wp.T + np.outer(dv, wv)
        dz = dh * (1 - h * h)
        dW += x.T @ dz
        db += dz.sum(axis=0)
    return tuple(g / len(states) for g in grads)


MISTAKES = [
    ("    for t in reversed(range(len(rewards))):\n", "    for t in range(len(rewards)):\n", "another-loss or reversed", "returns accumulated forwards"),
    ("        running = rewards[t] + GAMMA * running\n", "        running = GAMMA * (rewards[t] + running)\n", "another-loss or wrong-point or repeated-factor or scale", "the reward of the step itself discounted: a bracket"),
    ("returns = discounted(rewards[e, :T])", "returns = discounted(rewards[e])[:T]", "wrong-mask or another-loss", "rewards after the end of the episode are in the returns"),
    ("        advantage = returns - baseline[e, :T]\n", "        advantage = returns - v\n", "wrong-point or another-loss", "the critic's value now, not the recorded one"),
    ("        advantage = returns - baseline[e, :T]\n", "        advantage = returns\n", "missing-term or another-loss", "no baseline"),
    ("        ds = (p - onehot) * advantage[:, None]\n", "        ds = (onehot - p) * advantage[:, None]\n", "sign", "ascent direction for the policy, descent for the rest"),
    ("        ds -= ENTROPY_COEF * entropy_gradient(p)\n", "        ds += ENTROPY_COEF * entropy_gradient(p)\n", "sign", "entropy penalised"),
    ("    return -p * (logp + H)\n", "    return -(logp + 1)\n", "missing-factor or diagonal-jacobian or missing-term", "derivative of the entropy by the probabilities, not by the scores"),
    ("        dh = ds @ Wp.T + np.outer(dv, wv)\n", "        dh = ds @ Wp.T\n", "missing-term or detached", "the critic doesn't reach the shared layer"),
    ("        dW += x.T @ dz\n", "        dW += x.T @ dh\n", "missing-factor or stale-value or wrong-point", "dh for dz"),
    ("        dbp += ds.sum(axis=0)\n", "        dbp += ds.mean(axis=0)\n", "mean-for-sum", "averaged over the steps of the episode"),
    ("        dv = 2 * VALUE_COEF * (v - returns)\n", "        dv = 2 * (v - returns)\n", "missing-factor or scale", "the coefficient of the value loss forgotten"),
    ("        dWp += h.T @ ds\n", "        dWp[...] = h.T @ ds\n", "missing-sum or missing-term", "only the last episode"),
    ("        dv = 2 * VALUE_COEF * (v - returns)\n", "        dv = 2 * VALUE_COEF * (v - rewards[e, :T])\n", "wrong-point", "rewards for returns in the critic's error"),
    ("        ds = (p - onehot) * advantage[:, None]\n", "        ds = p - onehot\n        ds *= advantage.mean()\n", "mean-for-sum or missing-factor or another-loss or wrong-point", "one advantage for the whole episode"),
]
