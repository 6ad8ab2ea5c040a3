"""Q-learning: Huber loss of the TD error, target network held fixed."""
import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
GAMMA = 0.9
DELTA = 1.2


def data(seed=0):
    rng = np.random.default_rng(seed)
    B, S, H, A = 6, 4, 5, 3
    states, next_states = rng.normal(size=(2, B, S))
    actions = rng.permutation(B) % A
    rewards = 0.8 * rng.normal(size=B)
    done = rng.permutation(B) < 3
    online = [0.6 * rng.normal(size=shape) for shape in [(S, H), (H,), (H, A), (A,)]]
    target = [w + 0.3 * rng.normal(size=w.shape) for w in online]
    return (states, actions, rewards, next_states, done, *online, *target)


def loss(states, actions, rewards, next_states, done, W1, b1, W2, b2, V1, c1, V2, c2):
    q = np.tanh(states @ W1 + b1) @ W2 + b2
    qsa = q[np.arange(len(actions)), actions]
    qnext = np.max(np.tanh(next_states @ V1 + c1) @ V2 + c2, axis=1)
    td = qsa - (rewards + GAMMA * np.where(done, 0.0, qnext))
    quadratic = 0.5 * td**2
    linear = DELTA * (np.abs(td) - 0.5 * DELTA)
    return np.mean(np.where(np.abs(td) <= DELTA, quadratic, linear))


def backprop(states, actions, rewards, next_states, done, W1, b1, W2, b2, V1, c1, V2, c2):
    batch = len(actions)
    grads = {"W1": np.zeros_like(W1), "b1": np.zeros_like(b1), "W2": np.zeros_like(W2), "b2": np.zeros_like(b2)}
    for s, a, r, s2, end in zip(states, actions, rewards, next_states, done):
        # online network
        h = np.tanh(s @ W1 + b1)
        q = h @ W2 + b2
        # target network
        h2 = np.tanh(s2 @ V1 + c1)
        q2 = h2 @ V2 + c2
        target = r if end else r + GAMMA * q2.max()
        td = q[a] - target

        if abs(td) <= DELTA:
            g = td
        else:
            g = DELTA * np.sign(td)
        dq = np.zeros_like(q)
        dq[a] = g / batch
        grads["W2"] += np.outer(h, dq)
        grads["b2"] += dq
        dh = W2 @ dq
        dz = dh * (1 - h**2)
        grads["W1"] += np.outer(s, dz)
        grads["b1"] += dz
    return grads


MISTAKES = [
    ("td = q[a] - target", "td = target - q[a]", "sign", "TD error as the books write it"),
    ("td = q[a] - target", "td = q.max() - target", "another-loss or wrong-point", "best action for the action taken"),
    ("target = r if end else r + GAMMA * q2.max()", "target = r + GAMMA * q2.max()", "another-loss or wrong-mask", "terminal states not masked"),
    ("target = r if end else r + GAMMA * q2.max()", "target = r + GAMMA * q2.max() if end else r", "another-loss or wrong-mask", "done the wrong way round"),
    ("target = r if end else r + GAMMA * q2.max()", "target = r if end else r + q2.max()", "another-loss or missing-factor", "discount forgotten"),
    ("target = r if end else r + GAMMA * q2.max()", "target = r if end else r + GAMMA * q2[a]", "another-loss or wrong-point", "the same action at the next state"),
    ("target = r if end else r + GAMMA * q2.max()", "target = r if end else r + GAMMA * q2.mean()", "another-loss or mean-for-sum", "mean instead of maximum (expected SARSA)"),
    ("h2 = np.tanh(s2 @ V1 + c1)\n        q2 = h2 @ V2 + c2", "h2 = np.tanh(s2 @ W1 + b1)\n        q2 = h2 @ W2 + b2", "another-loss or wrong-parameter", "online network for the target"),
    ("            g = DELTA * np.sign(td)", "            g = np.sign(td)", "missing-factor", "delta in the linear part forgotten"),
    ("            g = DELTA * np.sign(td)", "            g = DELTA", "missing-factor or sign", "sign of the error forgotten"),
    ("            g = DELTA * np.sign(td)", "            g = 0", "missing-term or wrong-activation or wrong-mask", "clipping kills the gradient"),
    ("            g = DELTA * np.sign(td)", "            g = DELTA * (abs(td) - 0.5 * DELTA)", "wrong-activation or unexplained", "the loss's value, not its derivative"),
    ("            g = DELTA * np.sign(td)", "            g = td", "another-loss or wrong-activation", "squared error in both branches"),
    ("            g = td\n        else:\n            g = DELTA * np.sign(td)", "            g = DELTA * np.sign(td)\n        else:\n            g = td", "wrong-mask or another-loss", "branches exchanged"),
    ("if abs(td) <= DELTA:", "if td <= DELTA:", "wrong-mask or another-loss", "abs forgotten"),
    ("            g = td\n        else", "            g = 0.5 * td**2\n        else", "wrong-activation or unexplained", "the value of the quadratic part"),
    ("dq[a] = g / batch", "dq[a] = g", "sum-for-mean", "mean over the batch forgotten"),
    ("dq[a] = g / batch", "dq[:] = g / batch", "wrong-mask or missing-factor or wrong-shape", "all actions get the error"),
    ("dq[a] = g / batch", "dq[q.argmax()] = g / batch", "wrong-point or wrong-mask or wrong-shape", "greedy action for the action taken"),
    ("dq[a] = g / batch", "dq[a] = q[a] * g / batch", "repeated-factor", "times the value"),
    ("grads[\"W2\"] += np.outer(h, dq)", "grads[\"W2\"] += np.outer(h2, dq)", "wrong-point or stale-value", "hidden units of the next state"),
    ("grads[\"W2\"] += np.outer(h, dq)", "grads[\"W2\"] = np.outer(h, dq)", "missing-sum or missing-term", "not accumulated over the batch"),
    ("grads[\"W2\"] += np.outer(h, dq)\n        grads[\"b2\"] += dq\n", "best = np.zeros_like(q)\n        best[q2.argmax()] = 0 if end else GAMMA * g / batch\n        grads[\"W2\"] += np.outer(h, dq) - np.outer(h2, best)\n        grads[\"b2\"] += dq - best\n", "repeated-term", "gradient through the target, which is held fixed"),
    ("dh = W2 @ dq", "dh = V2 @ dq", "wrong-parameter", "weights of the target network"),
    ("dh = W2 @ dq", "dh = W2[:, a] * q[a]", "wrong-point or stale-value or missing-factor", "q for dq"),
    ("dh = W2 @ dq", "dh = W2.sum(axis=1) * dq.sum()", "elementwise-for-matmul or missing-factor or wrong-axis", "summed over the actions before the product"),
    ("dz = dh * (1 - h**2)", "dz = dh", "missing-factor", "tanh' forgotten"),
    ("dz = dh * (1 - h**2)", "dz = dh * (1 - h2**2)", "wrong-point or stale-value", "tanh' at the next state"),
    ("dz = dh * (1 - h**2)", "dz = dh * (h > 0)", "wrong-activation", "ReLU derivative"),
    ("grads[\"W1\"] += np.outer(s, dz)", "grads[\"W1\"] += np.outer(s2, dz)", "wrong-point or stale-value", "the next state"),
    ("    grads[\"b1\"] += dz\n", "grads[\"b1\"] += dz\n", "missing-sum or missing-term", "fell out of the loop"),
    ("grads[\"b1\"] += dz", "grads[\"b1\"] += dh", "missing-factor", "dh for dz"),
    ("grads[\"b1\"] += dz", "grads[\"b1\"] -= 0.1 * dz", "sign or scale", "the update, not the gradient"),
]
