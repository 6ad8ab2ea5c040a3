"""The twelve evals of GradBench, each a function of the input that returns what can be asked of it.

GradBench (github.com/gradbench/gradbench) says in a README for each eval what is computed, and what goes in and out.
The functions are ordinary NumPy; derivatives are taken by the few functions of `mg` that are named at the top.
"""

from __future__ import annotations

import math
from functools import cache, partial
from itertools import combinations

import numpy as np

import microgradnet as mg

grad, vjp, linearize, hvp, compiled = mg.grad, mg.vjp, mg.linearize, mg.hvp, mg.compile


def forward_gradient(f):
    # The gradient of a function of a few numbers, by a forward pass for each.
    def gradient(x, *given):
        _, push = linearize(lambda x: f(x, *given), x)
        return np.stack([push(unit) for unit in np.eye(len(x))])

    return gradient


def columns(f, x, tangents):
    # The Jacobian of f at x times tangents: what a reverse pass does is linear, and its reverse pass is the product.
    push = vjp(lambda u: vjp(f, x)[1](u)[0], np.zeros(f(x).shape))[1]
    return [push(tangent)[0] for tangent in tangents]


def log_sum_exp(x, axis):
    largest = np.max(x, axis=axis, keepdims=True)
    return np.sum(largest, axis=axis) + np.log(np.sum(np.exp(x - largest), axis=axis))


# --- small ones -----------------------------------------------------------------------------------------------


def hello(x):
    # The square of a number, and its derivative.

    def square(x):
        return x * x

    return {"square": lambda: square(x), "double": lambda: grad(square)(float(x))}


def lse(given):
    # The logarithm of a sum of exponentials.
    x = np.array(given["x"])

    def primal(x):
        return log_sum_exp(x, 0)

    return {"primal": lambda: primal(x), "gradient": lambda: grad(primal)(x)}


def llsq(given):
    # A polynomial fitted to the sign function: half the sum of squares.
    x = np.array(given["x"])
    t = np.linspace(-1, 1, given["n"])
    powers = np.vander(t, len(x), increasing=True)

    def primal(x):
        return np.sum((np.sign(t) - powers @ x) ** 2) / 2

    return {"primal": lambda: primal(x), "gradient": lambda: grad(primal)(x)}


def ode(given):
    # Steps of Runge and Kutta; the gradient of the last number that comes out.
    x, steps = np.array(given["x"]), given["s"]
    h = 2 / steps

    def slope(x, y):
        return x * np.concatenate([np.ones(1), y[:-1]])

    def primal(x):
        y = np.zeros(len(x))
        for _ in range(steps):
            k1 = slope(x, y)
            k2 = slope(x, y + h / 2 * k1)
            k3 = slope(x, y + h / 2 * k2)
            k4 = slope(x, y + h * k3)
            y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        return y

    return {"primal": lambda: primal(x), "gradient": lambda: grad(lambda x: primal(x)[-1])(x)}


def det(given):
    # A determinant by expansion by minors: those of the lowest rows first, each of which is computed once.
    n = given["ell"]
    matrix = np.array(given["A"]).reshape(n, n)
    levels = []  # for each row, from below: the columns of every minor, and where the smaller minors are
    for m in range(1, n + 1):
        chosen = list(combinations(range(n), m))
        place = {s: i for i, s in enumerate(combinations(range(n), m - 1))}
        smaller = [[place[s[:k] + s[k + 1 :]] for k in range(m)] for s in chosen]
        levels.append((n - m, np.array(chosen), np.array(smaller), (-1.0) ** np.arange(m)))

    def primal(matrix):
        minors = np.ones(1)
        for row, chosen, smaller, signs in levels:
            minors = np.sum(signs * matrix[row][chosen] * minors[smaller], axis=1)
        return minors[0]

    return {"primal": lambda: primal(matrix), "gradient": lambda: grad(primal)(matrix).ravel()}


def kmeans(given):
    # The direction of Newton's method for the centres of clusters, with a Hessian that is diagonal.
    points, centroids = np.array(given["points"]), np.array(given["centroids"])
    squares = np.sum(points**2, axis=1)

    def cost(centroids):
        distances = np.sum(centroids**2, axis=1) - 2 * (points @ centroids.T)
        return np.sum(squares + np.min(distances, axis=1))

    def direction():
        return grad(cost)(centroids) / hvp(cost, centroids, np.ones(centroids.shape))

    return {"cost": lambda: cost(centroids), "dir": direction}


# --- from ADBench ---------------------------------------------------------------------------------------------


def gmm(given):
    # The log posterior of a mixture of Gaussians with a Wishart prior.
    d, k, n, m, gamma = (given[name] for name in ("d", "k", "n", "m", "gamma"))
    x = np.array(given["x"]).reshape(n, d)
    parameters = tuple(np.array(given[name], float) for name in ("alpha", "mu", "q", "l"))
    parameters = parameters[0], parameters[1].reshape(k, d), parameters[2].reshape(k, d), parameters[3].reshape(k, -1)
    # Where each element of a lower triangle is found in l, which holds it by columns; elsewhere the zero after it.
    place = np.full((d, d), d * (d - 1) // 2)
    place.T[np.triu_indices(d, 1)] = np.arange(d * (d - 1) // 2)
    wishart = d + m + 1
    log_gammas = d * (d - 1) / 4 * math.log(math.pi) + sum(math.lgamma((wishart - j) / 2) for j in range(d))
    constant = k * (wishart * d * math.log(gamma / math.sqrt(2)) - log_gammas) - n * d / 2 * math.log(2 * math.pi)

    def objective(alpha, mu, q, below):
        lower = np.concatenate([below, np.zeros((k, 1))], axis=1)[:, place]
        factors = lower + np.exp(q)[:, :, None] * np.eye(d)
        turned = np.reshape(np.reshape(factors, (k * d, d)) @ x.T, (k, d, n)) - factors @ mu[:, :, None]
        sums = np.sum(q, axis=1)
        exponents = (alpha + sums)[:, None] - np.sum(turned**2, axis=1) / 2
        likelihood = np.sum(log_sum_exp(exponents, 0)) - n * log_sum_exp(alpha, 0)
        prior = m * np.sum(sums) - gamma**2 / 2 * np.sum(factors**2)
        return constant + likelihood + prior

    def jacobian():
        gradients = grad(objective, (0, 1, 2, 3))(*parameters)
        return dict(zip(("alpha", "mu", "q", "l"), gradients, strict=True))

    return {"objective": lambda: objective(*parameters), "jacobian": jacobian}


def lstm(given):
    # The loss of a recurrent network that predicts the bits of characters; its matrices are diagonal.
    main, extra, state, sequence = (np.array(given[k]) for k in ("main_params", "extra_params", "state", "sequence"))
    layers, bits = len(main) // 2, sequence.shape[1]

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    def objective(main, extra):
        weights, biases = np.reshape(main, (layers, 2, 4, bits))[:, 0], np.reshape(main, (layers, 2, 4, bits))[:, 1]
        weights = [[weights[i, k] for k in range(4)] for i in range(layers)]
        biases = [[biases[i, k] for k in range(4)] for i in range(layers)]
        into, out, bias = extra[0], extra[1], extra[2]
        hidden, cell = [*state[0::2]], [*state[1::2]]
        predicted = []
        for t in range(len(sequence) - 1):
            x = sequence[t] * into
            for i, (w, b) in enumerate(zip(weights, biases, strict=True)):
                forget, outgate = sigmoid(x * w[0] + b[0]), sigmoid(x * w[2] + b[2])
                ingate, change = sigmoid(hidden[i] * w[1] + b[1]), np.tanh(hidden[i] * w[3] + b[3])
                cell[i] = cell[i] * forget + ingate * change
                hidden[i] = x = outgate * np.tanh(cell[i])
            predicted.append(x)
        output = np.stack(predicted) * out + bias
        normalised = output - np.log(2 + np.sum(np.exp(output), axis=1, keepdims=True))
        return -np.mean(sequence[1:] * normalised)

    def jacobian():
        return np.concatenate([g.ravel() for g in grad(objective, (0, 1))(main, extra)])

    return {"objective": lambda: objective(main, extra), "jacobian": jacobian}


def ba(given):
    # Bundle adjustment: where cameras see points, and the Jacobian, which is sparse.
    n, m, p = given["n"], given["m"], given["p"]
    cameras, points = np.tile(given["cam"], (p, 1)), np.tile(given["x"], (p, 1))
    weights, features = np.full(p, given["w"]), np.tile(given["feat"], (p, 1))

    def rotated(axis, x):
        # Turn points by angle times axis (the formula of Rodrigues).
        square = np.sum(axis**2, axis=1, keepdims=True)
        angle = np.sqrt(np.where(square == 0, 1, square))
        sine = np.where(square == 0, 1, np.sin(angle) / angle)
        cosine = np.where(square == 0, 1, np.cos(angle))
        along = np.where(square == 0, 0, (1 - np.cos(angle)) / angle**2) * np.sum(axis * x, axis=1, keepdims=True)
        return x * cosine + np.cross(axis, x) * sine + axis * along

    def errors(cameras, points, weights):
        seen = rotated(cameras[:, :3], points - cameras[:, 3:6])
        flat = seen[:, :2] / seen[:, 2:]
        square = np.sum(flat**2, axis=1, keepdims=True)
        flat = flat * (1 + cameras[:, 9:10] * square + cameras[:, 10:11] * square**2)
        projected = flat * cameras[:, 6:7] + cameras[:, 7:9]
        return weights[:, None] * (projected - features)

    def objective():
        error, of_weights = errors(cameras, points, weights), 1 - weights**2
        return {
            "reproj_error": {"elements": error[0], "repeated": p},
            "w_err": {"element": of_weights[0], "repeated": p},
        }

    def jacobian():
        # Each error depends on its own camera, point and weight: the gradient of a sum has a row for each.
        blocks = []
        for k in range(2):
            of_errors = grad(lambda *args, k=k: np.sum(errors(*args)[:, k]), (0, 1, 2))(cameras, points, weights)
            blocks.append(np.concatenate([of_errors[0], of_errors[1], of_errors[2][:, None]], axis=1))
        of_weights = grad(lambda w: np.sum(1 - w**2))(weights)
        observed = np.arange(p)
        at = [11 * (observed % n)[:, None] + np.arange(11), 11 * n + 3 * (observed % m)[:, None] + np.arange(3)]
        at = np.concatenate([*at, 11 * n + 3 * m + observed[:, None]], axis=1)
        values = np.concatenate([np.stack(blocks, axis=1).ravel(), of_weights])
        cols = np.concatenate([np.stack([at, at], axis=1).ravel(), 11 * n + 3 * m + observed])
        rows = np.concatenate([15 * np.arange(2 * p + 1), 30 * p + 1 + observed])
        shown = [*range(30), -1]
        return {"rows": rows[shown], "cols": cols[shown], "vals": values[shown]}

    return {"objective": objective, "jacobian": jacobian}


def ht(given):
    # Hand tracking: how far a posed hand is from points that were measured.
    data, model = given["data"], given["data"]["model"]
    theta, us = np.array(given["theta"]), np.array(given["us"], float)
    relatives, inverses = np.array(model["base_relatives"]), np.array(model["inverse_base_absolutes"])
    positions, weights = np.array(model["base_positions"]).T, np.array(model["weights"]).T
    parents, measured = model["parents"], np.array(data["points"])
    corners = np.array(model["triangles"])[data["correspondences"]] if len(us) else None
    mirrored = np.array([-1.0 if model["is_mirrored"] else 1.0, 1.0, 1.0])[:, None]
    # The angles of each bone by the place in theta; the number after theta is zero.
    angles = np.full((len(parents), 3), len(theta))
    for finger in range(5):
        first, bone = 6 + 4 * finger, 2 + 4 * finger
        angles[bone, :2] = first, first + 1
        angles[bone + 1, 0], angles[bone + 2, 0] = first + 2, first + 3

    def of_axis(a):
        norm = np.sqrt(np.sum(a**2))
        if norm < 1e-4:
            return np.eye(3)
        x, y, z = (a[k] / norm for k in range(3))
        s, c = np.sin(norm), np.cos(norm)
        rows = [
            [x * x + (1 - x * x) * c, x * y * (1 - c) - z * s, x * z * (1 - c) + y * s],
            [x * y * (1 - c) + z * s, y * y + (1 - y * y) * c, y * z * (1 - c) - x * s],
            [x * z * (1 - c) - y * s, y * z * (1 - c) + x * s, z * z + (1 - z * z) * c],
        ]
        return np.stack([np.stack(row) for row in rows])

    def turned(angles):
        # The rotations by three angles each, as matrices of four rows.
        (cx, cz, cy), (sx, sz, sy) = np.cos(angles).T, np.sin(angles).T
        zero, one = np.zeros(len(parents)), np.ones(len(parents))
        rows = [
            [cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx, zero],
            [sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx, zero],
            [-sy, cy * sx, cy * cx, zero],
            [zero, zero, zero, one],
        ]
        return np.stack([np.stack(row, axis=1) for row in rows], axis=1)

    def objective(theta, us):
        local = relatives @ turned(np.concatenate([theta, np.zeros(1)])[angles])
        absolutes = []
        for bone, parent in enumerate(parents):
            absolutes.append(local[bone] if parent == -1 else absolutes[parent] @ local[bone])
        moved = (np.stack(absolutes) @ inverses)[:, :3] @ positions
        posed = of_axis(theta[:3]) @ (mirrored * np.sum(moved * weights[:, None], axis=0)) + theta[3:6][:, None]
        if corners is None:
            found = posed[:, np.array(data["correspondences"])]
        else:
            u, v = us[:, 0], us[:, 1]
            found = u * posed[:, corners[:, 0]] + v * posed[:, corners[:, 1]] + (1 - u - v) * posed[:, corners[:, 2]]
        return np.reshape(measured - found.T, (-1,))

    def jacobian():
        found = []
        if corners is not None:  # each error depends on its own two coordinates only
            tangents = [np.tile(unit, (len(us), 1)) for unit in np.eye(2)]
            found += columns(lambda us: objective(theta, us), us, tangents)
        found += columns(lambda theta: objective(theta, us), theta, np.eye(len(theta)))
        return np.stack(found, axis=1)

    return {"objective": lambda: objective(theta, us), "jacobian": jacobian}


# --- nested derivatives ---------------------------------------------------------------------------------------


def argmin(f, slope, start, *given):
    # Descend along the gradient, with steps that double where all goes well and are halved where it doesn't.
    x, fx, gx = start, f(start, *given), slope(start, *given)
    rate, since = 1e-5, 0
    while gx @ gx > 1e-10:
        if since == 10:
            rate, since = 2 * rate, 0
            continue
        step = x - rate * gx
        moved = x - step
        if moved @ moved <= 1e-10:
            break
        value = f(step, *given)
        if value < fx:
            x, fx, since = step, value, since + 1
            gx = slope(x, *given)
        else:
            rate, since = rate / 2, 0
    return x


MODES = {"r": grad, "f": forward_gradient}


@cache
def fast(f):
    # What an inner descent calls hundreds of times; outside of it is differentiated what is compiled.
    return compiled(f, backend="numpy")


@cache
def slope(gradient, f):
    return fast(gradient(f))


def potential(x, w):
    charges = [np.stack([10.0, 10.0 - w]), np.array([10.0, 0.0])]
    return sum(((x - charge) @ (x - charge)) ** -0.5 for charge in charges)


def missed_by(gradient, w):
    # Follow a particle that the gradient of a potential turns; return how far from the origin it meets the x-axis.
    x, v, dt = np.array([0.0, 8.0]), np.array([0.75, 0.0]), 0.1
    while True:
        after = x + dt * v
        if after[1] <= 0:
            return (x[0] - x[1] / v[1] * v[0]) ** 2
        x, v = after, v - dt * slope(gradient, potential)(x, w)


def particle(given):
    # The charge that makes a particle meet the origin.
    start = np.array([float(given["w"])])

    def run(outer, inner):
        def missed(w):
            return missed_by(MODES[inner], w[0])

        return argmin(missed, MODES[outer](missed), start)[0]

    return {outer + inner: partial(run, outer, inner) for outer in MODES for inner in MODES}


def cost(x, y):
    return x @ x - y @ y


def less(y, x):
    return -cost(x, y)


def largest(gradient, x, start):
    # The largest cost at x, whatever y is.
    return cost(x, argmin(fast(less), slope(gradient, less), start, x))


def saddle(given):
    # The saddle point of a function, as the minimum of a maximum.
    start = np.array(given["start"], float)

    def run(outer, inner):
        def most(x):
            return largest(MODES[inner], x, start)

        x = argmin(most, MODES[outer](most), start)
        return np.concatenate([x, argmin(fast(less), slope(MODES[outer], less), start, x)])

    return {outer + inner: partial(run, outer, inner) for outer in MODES for inner in MODES}


EVALS = {f.__name__: f for f in (hello, det, lse, llsq, ode, kmeans, gmm, lstm, ba, ht, particle, saddle)}
