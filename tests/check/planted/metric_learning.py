"""Unit-length embeddings, trained by triplets with a margin and by labelled pairs (contrastive loss)."""
import numpy as np

PARAMETERS = ["W1", "b1", "W2"]
MARGIN, RADIUS, ALPHA = 0.7, 1.7, 0.6


def data(seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(8, 4))
    triplets = np.array([rng.permutation(8)[:3] for _ in range(14)])
    pairs = np.array([rng.permutation(8)[:2] for _ in range(9)])
    same = np.arange(9) % 3 == 0
    return x, triplets, pairs, same, rng.normal(size=(4, 5)), rng.normal(size=5), rng.normal(size=(5, 3))


def loss(x, triplets, pairs, same, W1, b1, W2):
    h = np.tanh(x @ W1 + b1)
    f = h @ W2
    z = f / np.sqrt(np.sum(f**2, axis=1, keepdims=True))
    anchor, positive, negative = z[triplets[:, 0]], z[triplets[:, 1]], z[triplets[:, 2]]
    near = np.sum((anchor - positive) ** 2, axis=1)
    far = np.sum((anchor - negative) ** 2, axis=1)
    triplet = np.mean(np.maximum(near - far + MARGIN, 0))
    d = np.sqrt(np.sum((z[pairs[:, 0]] - z[pairs[:, 1]]) ** 2, axis=1))
    contrastive = np.mean(np.where(same, d**2, np.maximum(RADIUS - d, 0) ** 2))
    return triplet + ALPHA * contrastive


def backprop(x, triplets, pairs, same, W1, b1, W2):
    h = np.tanh(x @ W1 + b1)
    f = h @ W2
    norms = np.linalg.norm(f, axis=1, keepdims=True)
    z = f / norms
    dz = np.zeros_like(z)

    def triplet_backward():
        for a, p, n in triplets:
            to_p, to_n = z[a] - z[p], z[a] - z[n]
            if to_p @ to_p - to_n @ to_n + MARGIN <= 0:
                continue
            dz[a] += 2 * (to_p - to_n) / len(triplets)
            dz[p] += -2 * to_p / len(triplets)
            dz[n] += 2 * to_n / len(triplets)

    def pair_backward():
        for (i, j), is_same in zip(pairs, same):
            diff = z[i] - z[j]
            dist = np.sqrt(diff @ diff)
            if is_same:
                ddist = 2 * dist
            else:
                ddist = -2 * max(RADIUS - dist, 0)
            g = ALPHA * ddist * diff / dist / len(pairs)
            dz[i] += g
            dz[j] -= g

    triplet_backward()
    pair_backward()
    radial = np.sum(dz * z, axis=1, keepdims=True)
    df = (dz - z * radial) / norms
    dW2 = h.T @ df
    da = (df @ W2.T) * (1 - h**2)
    return {"W1": x.T @ da, "b1": da.sum(axis=0), "W2": dW2}


MISTAKES = [
    ("            dz[a] += 2 * (to_p - to_n) / len(triplets)\n", "            dz[a] += 2 * to_p / len(triplets)\n", "missing-term", "the anchor isn't pushed from the negative"),
    ("            dz[n] += 2 * to_n / len(triplets)\n", "            dz[n] += -2 * to_n / len(triplets)\n", "sign", "sign for the negative, copied from the positive"),
    ("+ MARGIN <= 0:\n", "<= 0:\n", "wrong-mask or missing-term or another-loss", "margin left out of the test"),
    ("            if to_p @ to_p - to_n @ to_n + MARGIN <= 0:\n                continue\n", "", "wrong-mask or missing-factor", "triplets without loss aren't skipped"),
    ("                ddist = -2 * max(RADIUS - dist, 0)\n", "                ddist = 2 * max(RADIUS - dist, 0)\n", "sign", "the inner derivative -1 forgotten"),
    ("            g = ALPHA * ddist * diff / dist / len(pairs)\n", "            g = ALPHA * ddist * diff / len(pairs)\n", "missing-factor", "the direction isn't of unit length: derivative of the norm"),
    ("            dz[j] -= g\n", "", "missing-term or detached", "the second of the pair forgotten"),
    ("            dz[j] -= g\n", "            dz[j] += g\n", "sign", "the second of the pair with the same sign"),
    ("            dz[i] += g\n            dz[j] -= g\n", "            dz[i] = g\n            dz[j] = -g\n", "missing-term or missing-sum", "overwrites what the triplets and other pairs gave"),
    ("    df = (dz - z * radial) / norms\n", "    df = dz / norms\n", "missing-term or diagonal-jacobian or detached", "the norm held constant"),
    ("    df = (dz - z * radial) / norms\n", "    df = dz - z * radial\n", "missing-factor", "division by the norm forgotten"),
    ("    radial = np.sum(dz * z, axis=1, keepdims=True)\n", "    radial = np.sum(dz * f, axis=1, keepdims=True)\n", "wrong-point or repeated-factor or missing-factor", "the embedding before normalisation"),
    ("    da = (df @ W2.T) * (1 - h**2)\n", "    da = (df @ W2.T) * (1 - np.tanh(h) ** 2)\n", "wrong-point or repeated-factor", "tanh applied again to what is tanh already"),
    ("g = ALPHA * ddist * diff / dist / len(pairs)", "g = ALPHA * ddist * diff / dist / len(triplets)", "scale or wrong-parameter or mean-for-sum or wrong-point", "number of triplets for that of pairs"),
    ("            to_p, to_n = z[a] - z[p], z[a] - z[n]\n", "            to_p, to_n = z[a] - z[p], z[p] - z[n]\n", "wrong-point or another-loss", "distance of the positive from the negative"),
    ("    radial = np.sum(dz * z, axis=1, keepdims=True)\n", "    radial = np.sum(dz * z, axis=0, keepdims=True)\n", "wrong-axis", "summed over the batch"),
]
