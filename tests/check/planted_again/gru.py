"""A GRU over a sequence, softmax cross-entropy at every step; plain functions and a dict of parameters."""
import numpy as np

PARAMETERS = ["h0", "Wz", "Uz", "bz", "Wr", "Ur", "br", "Wh", "Uh", "bh", "Wy", "by"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    B, T, I, H, K = 2, 4, 3, 5, 6
    gate = lambda: [rng.normal(size=(I, H)), rng.normal(size=(H, H)) * 0.7, rng.normal(size=H)]
    return (rng.normal(size=(T, B, I)), rng.integers(0, K, size=(T, B)), rng.normal(size=(B, H)),
            *gate(), *gate(), *gate(), rng.normal(size=(H, K)), rng.normal(size=K))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(xs, targets, h0, Wz, Uz, bz, Wr, Ur, br, Wh, Uh, bh, Wy, by):
    T, B = targets.shape
    h, total = h0, 0.0
    for t in range(T):
        z = sigmoid(xs[t] @ Wz + h @ Uz + bz)
        r = sigmoid(xs[t] @ Wr + h @ Ur + br)
        g = np.tanh(xs[t] @ Wh + (r * h) @ Uh + bh)
        h = (1 - z) * h + z * g
        logits = h @ Wy + by
        total = total + np.sum(np.log(np.sum(np.exp(logits), axis=1)) - logits[np.arange(B), targets[t]])
    return total / B


def forward(xs, h, p):
    states, cache = [h], []
    for x in xs:
        z = sigmoid(x @ p["Wz"] + h @ p["Uz"] + p["bz"])
        r = sigmoid(x @ p["Wr"] + h @ p["Ur"] + p["br"])
        g = np.tanh(x @ p["Wh"] + (r * h) @ p["Uh"] + p["bh"])
        h = (1 - z) * h + z * g
        states.append(h)
        cache.append((z, r, g))
    return states, cache


def step_back(dh, x, h_prev, z, r, g, p, grads):
    dz = dh * (g - h_prev)
    dg = dh * z
    dh_prev = dh * (1 - z)

    ag = dg * (1 - g**2)
    grads["Wh"] += x.T @ ag
    grads["Uh"] += (r * h_prev).T @ ag
    grads["bh"] += ag.sum(axis=0)
    drh = ag @ p["Uh"].T
    dr = drh * h_prev
    dh_prev += drh * r

    for name, d, s in (("z", dz, z), ("r", dr, r)):
        a = d * s * (1 - s)
        grads["W" + name] += x.T @ a
        grads["U" + name] += h_prev.T @ a
        grads["b" + name] += a.sum(axis=0)
        dh_prev += a @ p["U" + name].T
    return dh_prev


def backprop(xs, targets, h0, Wz, Uz, bz, Wr, Ur, br, Wh, Uh, bh, Wy, by):
    p = dict(Wz=Wz, Uz=Uz, bz=bz, Wr=Wr, Ur=Ur, br=br, Wh=Wh, Uh=Uh, bh=bh, Wy=Wy, by=by)
    grads = {k: np.zeros_like(w) for k, w in p.items()}
    T, B = targets.shape
    states, cache = forward(xs, h0, p)

    dh_next = np.zeros_like(h0)
    for t in reversed(range(T)):
        h = states[t + 1]
        probs = np.exp(h @ Wy + by)
        probs /= probs.sum(axis=1, keepdims=True)
        probs[np.arange(B), targets[t]] -= 1
        dy = probs / B
        grads["Wy"] += h.T @ dy
        grads["by"] += dy.sum(axis=0)
        dh = dy @ Wy.T + dh_next
        dh_next = step_back(dh, xs[t], states[t], *cache[t], p, grads)
    grads["h0"] = dh_next
    return grads


MISTAKES = [
    ("dh = dy @ Wy.T + dh_next\n", "dh = dy @ Wy.T\n", "missing-term or detached", "gradient from the next time step not added"),
    ("dh = dy @ Wy.T + dh_next\n", "dh = dy @ Wy.T if t == T - 1 else dh_next\n", "missing-term", "loss only at the last step reaches the states"),
    ("        dh_next = step_back(dh, xs[t], states[t], *cache[t], p, grads)\n", "        dh_next += step_back(dh, xs[t], states[t], *cache[t], p, grads)\n", "repeated-term", "state gradient accumulated over the steps instead of handed on"),
    ("step_back(dh, xs[t], states[t], *cache[t], p, grads)", "step_back(dh, xs[t], states[t + 1], *cache[t], p, grads)", "wrong-point or stale-value", "new state for the previous one: off by one"),
    ("        h = states[t + 1]\n", "        h = states[t]\n", "wrong-point or stale-value or another-loss", "output layer taken at the previous state"),
    ("step_back(dh, xs[t], states[t], *cache[t], p, grads)", "step_back(dh, xs[t], states[t], *cache[-1], p, grads)", "wrong-point or stale-value", "always the last step's cache"),
    ("dz = dh * (g - h_prev)", "dz = dh * (h_prev - g)", "sign or swapped-operands", "the roles of z and 1 - z"),
    ("dz = dh * (g - h_prev)", "dz = dh * g", "missing-term", "z's other use, in 1 - z, forgotten"),
    ("    dg = dh * z\n    dh_prev = dh * (1 - z)\n", "    dg = dh * (1 - z)\n    dh_prev = dh * z\n", "wrong-point or swapped-operands or unexplained", "gate convention of the other paper on the way back"),
    ("dh_prev = dh * (1 - z)\n", "dh_prev = np.zeros_like(dh)\n", "missing-term or detached", "direct path from state to state ignored"),
    ("grads[\"Uh\"] += (r * h_prev).T @ ag", "grads[\"Uh\"] += h_prev.T @ ag", "missing-factor or wrong-point", "reset gate forgotten in Uh's gradient"),
    ("    dh_prev += drh * r\n", "    dh_prev += drh\n", "missing-factor", "reset gate forgotten on the way to the state"),
    ("    dh_prev += drh * r\n", "", "missing-term or detached", "candidate's way to the previous state left out"),
    ("dr = drh * h_prev\n", "dr = drh * r\n", "wrong-point or stale-value or wrong-parameter", "r * h: the other factor"),
    ("dr = drh * h_prev\n", "dr = ag * h_prev\n", "missing-factor or stale-value", "Uh.T not passed on the way to the reset gate"),
    ("drh = ag @ p[\"Uh\"].T", "drh = ag @ p[\"Uh\"]", "transpose", "square matrix not transposed"),
    ("drh = ag @ p[\"Uh\"].T", "drh = dg @ p[\"Uh\"].T", "missing-factor or stale-value", "signal from before tanh's derivative"),
    ("ag = dg * (1 - g**2)", "ag = dg * g * (1 - g)", "wrong-activation", "candidate treated as a sigmoid"),
    ("ag = dg * (1 - g**2)", "ag = dg * (1 - np.tanh(g) ** 2)", "wrong-point or repeated-factor", "g is the tanh already"),
    ("        a = d * s * (1 - s)\n", "        a = d * sigmoid(s) * (1 - sigmoid(s))\n", "wrong-point or repeated-factor", "sigmoid of the sigmoid"),
    ("        dh_prev += a @ p[\"U\" + name].T\n", "        dh_prev += a @ p[\"Uz\"].T\n", "wrong-parameter", "Uz for both gates"),
    ("        dh_prev += a @ p[\"U\" + name].T\n", "        dh_prev = a @ p[\"U\" + name].T\n", "missing-term or detached", "overwritten instead of accumulated: only the last gate's part left"),
    ("        dh_prev += a @ p[\"U\" + name].T\n    return dh_prev\n", "    dh_prev += a @ p[\"U\" + name].T\n    return dh_prev\n", "missing-term or detached", "outside of the loop: only the reset gate"),
    ("        grads[\"U\" + name] += h_prev.T @ a\n", "        grads[\"U\" + name] += (r * h_prev).T @ a\n", "repeated-factor or wrong-point", "gates see the state after the reset, in the derivation"),
    ("        grads[\"b\" + name] += a.sum(axis=0)\n", "        grads[\"b\" + name] = a.sum(axis=0)\n", "missing-sum or missing-term", "gate biases of the first step only"),
    ("grads[\"Wh\"] += x.T @ ag", "grads[\"Wh\"] = x.T @ ag", "missing-sum or missing-term", "assigned instead of accumulated over time"),
    ("    for t in reversed(range(T)):\n", "    for t in range(T):\n", "reversed or unexplained or wrong-point or stale-value", "time goes forward in the backward pass"),
    ("    for t in reversed(range(T)):\n", "    for t in range(T - 1, 0, -1):\n", "missing-term or missing-sum", "first step left out: range ends at 1"),
    ("dy = probs / B\n", "dy = probs / (T * B)\n", "mean-for-sum or scale", "averaged over time, too"),
    ("grads[\"h0\"] = dh_next", "grads[\"h0\"] = dh", "stale-value or wrong-point or missing-factor", "state after the first step, not before it"),
]
