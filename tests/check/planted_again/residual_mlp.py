"""A residual MLP with layer scaling: h + gamma * f(h), two blocks, softmax cross-entropy."""
import numpy as np

PARAMETERS = ["W0", "A1", "a1", "B1", "gamma1", "A2", "a2", "B2", "gamma2", "Wo", "bo"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    N, I, D, H, K = 6, 3, 4, 5, 3
    block = lambda: [
        rng.normal(size=(D, H)) / 2, rng.normal(size=H), rng.normal(size=(H, D)), rng.normal(size=D),
    ]
    return (rng.normal(size=(N, I)), rng.integers(0, K, size=N), rng.normal(size=(I, D)), *block(), *block(),
            rng.normal(size=(D, K)), rng.normal(size=K))


def loss(x, y, W0, A1, a1, B1, gamma1, A2, a2, B2, gamma2, Wo, bo):
    h = x @ W0
    for A, a, B, gamma in [(A1, a1, B1, gamma1), (A2, a2, B2, gamma2)]:
        u = h @ A + a
        h = h + gamma * ((u / (1 + np.exp(-u))) @ B)
    logits = h @ Wo + bo
    log_norm = np.log(np.sum(np.exp(logits), axis=1))
    return np.mean(log_norm - logits[np.arange(len(y)), y])


class Linear:
    def __init__(self, W, b=None):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W if self.b is None else x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        if self.b is not None:
            self.db = dout.sum(axis=0)
        return dout @ self.W.T


class SiLU:
    def forward(self, x):
        self.x = x
        self.s = 1 / (1 + np.exp(-x))
        return x * self.s

    def backward(self, dout):
        return dout * (self.s + self.x * self.s * (1 - self.s))


class ResidualBlock:
    def __init__(self, A, a, B, gamma):
        self.fc1, self.act, self.fc2 = Linear(A, a), SiLU(), Linear(B)
        self.gamma = gamma

    def forward(self, h):
        self.branch = self.fc2.forward(self.act.forward(self.fc1.forward(h)))
        return h + self.gamma * self.branch

    def backward(self, dout):
        self.dgamma = np.sum(dout * self.branch, axis=0)
        d = dout * self.gamma
        for layer in (self.fc2, self.act, self.fc1):
            d = layer.backward(d)
        return dout + d


def backprop(x, y, W0, A1, a1, B1, gamma1, A2, a2, B2, gamma2, Wo, bo):
    stem, head = Linear(W0), Linear(Wo, bo)
    blocks = [ResidualBlock(A1, a1, B1, gamma1), ResidualBlock(A2, a2, B2, gamma2)]
    h = stem.forward(x)
    for block in blocks:
        h = block.forward(h)
    logits = head.forward(h)

    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    d = p.copy()
    d[np.arange(len(y)), y] -= 1
    d /= len(y)

    d = head.backward(d)
    for block in reversed(blocks):
        d = block.backward(d)
    stem.backward(d)

    grads = {"W0": stem.dW, "Wo": head.dW, "bo": head.db}
    for i, block in enumerate(blocks, start=1):
        grads[f"A{i}"], grads[f"a{i}"] = block.fc1.dW, block.fc1.db
        grads[f"B{i}"] = block.fc2.dW
        grads[f"gamma{i}"] = block.dgamma
    return grads


MISTAKES = [
    ("        return dout + d\n", "        return d\n", "missing-term", "the skip connection forgotten on the way back"),
    ("        return dout + d\n", "        return dout * self.gamma + d\n", "repeated-factor or unexplained", "gamma on the skip connection as well"),
    ("        return dout + d\n", "        return dout + dout * self.gamma\n", "missing-factor or detached or elementwise-for-matmul", "the branch's gradient isn't what came out of the loop"),
    ("        d = dout * self.gamma\n", "        d = dout\n", "missing-factor", "layer scale forgotten in the branch"),
    ("        d = dout * self.gamma\n", "        d = dout = dout * self.gamma\n", "repeated-factor", "dout overwritten, then used for the skip"),
    ("np.sum(dout * self.branch, axis=0)", "np.mean(dout * self.branch, axis=0)", "mean-for-sum", "gamma's gradient averaged over the batch, which the loss did already"),
    ("self.dgamma = np.sum(dout * self.branch, axis=0)\n        d = dout * self.gamma", "d = dout * self.gamma\n        self.dgamma = np.sum(d * self.branch, axis=0)", "repeated-factor or wrong-point", "gamma's gradient from the scaled signal"),
    ("np.sum(dout * self.branch, axis=0)", "np.sum(dout, axis=0)", "missing-factor", "gamma treated like a bias"),
    ("self.branch = self.fc2.forward(self.act.forward(self.fc1.forward(h)))\n        return h + self.gamma * self.branch", "self.branch = self.fc2.forward(self.act.forward(self.fc1.forward(h)))\n        self.branch = self.gamma * self.branch\n        return h + self.branch", "repeated-factor or wrong-point", "cache holds the branch after scaling"),
    ("return dout * (self.s + self.x * self.s * (1 - self.s))", "return dout * self.s * (1 - self.s)", "wrong-activation or missing-term", "the sigmoid's derivative for SiLU's"),
    ("return dout * (self.s + self.x * self.s * (1 - self.s))", "return dout * self.s + self.x * self.s * (1 - self.s)", "missing-factor", "brackets: dout only in the first term"),
    ("return dout * (self.s + self.x * self.s * (1 - self.s))", "return dout * (self.x * self.s * (1 - self.s))", "missing-term", "product rule: first term left out"),
    ("            self.db = dout.sum(axis=0)", "            self.db = dout.mean(axis=0)", "mean-for-sum", "double division by the batch size in biases"),
    ("    d = p.copy()\n    d[np.arange(len(y)), y] -= 1\n", "    d = p.copy()\n    d[:, y] -= 1\n", "wrong-mask or unexplained or repeated-term or another-loss", "a colon for the row numbers: 1 subtracted in columns of all labels"),
    ("    d = p.copy()\n    d[np.arange(len(y)), y] -= 1\n", "    d = p * (1 - p)\n    d[np.arange(len(y)), y] -= 1\n", "diagonal-jacobian or repeated-factor or unexplained", "softmax' = p (1 - p) applied in addition"),
    ("    d /= len(y)\n", "", "sum-for-mean", "mean over the batch forgotten"),
    ("    d /= len(y)\n", "    d /= d.size\n", "scale or mean-for-sum", "divided by all elements, not by examples"),
    ("    p /= p.sum(axis=1, keepdims=True)\n", "    p /= p.sum()\n", "wrong-axis or another-loss", "softmax over the whole batch"),
    ("    for block in reversed(blocks):\n", "    for block in blocks:\n", "reversed or wrong-parameter or unexplained", "blocks visited in forward order"),
    ("    for block in reversed(blocks):\n        d = block.backward(d)\n", "    for block in reversed(blocks):\n        block.backward(d)\n", "missing-factor or stale-value or missing-term", "result of backward not carried to the block before"),
    ("        grads[f\"B{i}\"] = block.fc2.dW", "        grads[f\"B{i}\"] = blocks[-1].fc2.dW", "wrong-parameter or stale-value", "always the last block's gradient"),
    ("    h = stem.forward(x)\n    for block in blocks:\n        h = block.forward(h)\n", "    h0 = stem.forward(x)\n    for block in blocks:\n        h = block.forward(h0)\n", "another-loss or stale-value", "each block gets the stem's output in the forward pass of the derivation"),
]
