"""Drone beginning read off one step late.

expected kind: stale-value or wrong-point
wrong line: 111
correction 111: dx0 = adjoints[0][0]
what: The gradient of the first state is the adjoint after its first prediction
source: https://github.com/hippylib/hippylib/issues/61
said: asks why the adjoint is taken at the first time step after the beginning, where the formula says at the beginning
"""

import numpy as np

PARAMETERS = ["A", "q", "rho", "x0"]


def data(seed=0):
    r = np.random.default_rng(seed)
    A = 0.6 * np.eye(3) + 0.35 * r.normal(size=(3, 3))
    # its height is measured six times, as a mixture of the states
    q, rho, x0 = 0.4 * r.normal(size=3) - 0.5, 0.3 * r.normal(size=1), r.normal(size=3)
    return A, q, rho, x0, np.array([1.0, 0.5, -0.3]), r.normal(size=6)


def loss(A, q, rho, x0, beam, heights):
    x, P = x0, np.eye(3)
    total = 0.0
    for height in heights:
        x = A @ x
        P = A @ P @ A.T + np.eye(3) * np.exp(q)
        w = P @ beam
        S = np.sum(beam * w) + np.exp(rho[0])
        e = height - np.sum(beam * x)
        total = total + 0.5 * (np.log(S) + e**2 / S)
        x = x + w * e / S
        P = P - w[:, None] * w / S
    return total


def right(A, q, rho, x0, beam, heights):
    Q, noise = np.diag(np.exp(q)), np.exp(rho[0])
    x, P, tape = x0, np.eye(len(x0)), []
    for height in heights:
        prior = A @ P @ A.T + Q
        w = prior @ beam
        S, e = beam @ w + noise, height - beam @ (A @ x)
        tape.append((x, P, w, S, e))
        x, P = A @ x + w * e / S, prior - np.outer(w, w) / S

    dA, dQ, dnoise = np.zeros_like(A), np.zeros_like(Q), 0.0
    dx, dP = np.zeros_like(x0), np.zeros_like(Q)
    for x, P, w, S, e in reversed(tape):
        # correction
        de = e / S + dx @ w / S
        dS = 0.5 * (1 / S - e**2 / S**2) - (dx @ w) * e / S**2 + w @ dP @ w / S**2
        dw = dx * e / S - (dP + dP.T) @ w / S
        dw += dS * beam
        dnoise += dS
        dprior = dP + np.outer(dw, beam)
        dxprior = dx - de * beam
        # prediction
        dQ += dprior
        dA += np.outer(dxprior, x) + (dprior + dprior.T) @ A @ P
        dP = A.T @ dprior @ A
        dx = A.T @ dxprior
    return dA, np.diag(dQ) * np.exp(q), np.array([dnoise * noise]), dx


class Filter:
    def __init__(self, A, q, rho, beam):
        self.A, self.beam = A, beam
        self.Q, self.noise = np.diag(np.exp(q)), np.exp(rho[0])
        self.dA, self.dQ, self.dnoise = np.zeros_like(A), np.zeros_like(A), 0.0

    def predict(self, x, P):
        def back(gx, gP):
            self.dQ += gP
            self.dA += np.outer(gx, x) + 2 * gP @ self.A @ P
            return self.A.T @ gx, self.A.T @ gP @ self.A

        return self.A @ x, self.A @ P @ self.A.T + self.Q, back

    def correct(self, x, P, height):
        c = self.beam
        S = c @ P @ c + self.noise
        gain, e = P @ c / S, height - c @ x

        def back(gx, gP):
            """Both covariances are symmetric, so are their gradients; dP+ is a congruence."""
            keep = np.eye(len(x)) - np.outer(gain, c)
            u = e / S
            dP = keep.T @ gP @ keep + 0.5 * (1 / S - u**2) * np.outer(c, c)
            half = np.outer(keep.T @ gx, c) * u
            self.dnoise += 0.5 * (1 / S - u**2) - gx @ gain * u + gain @ gP @ gain
            return keep.T @ gx - u * c, dP + 0.5 * (half + half.T)

        return x + gain * e, P - np.outer(gain, gain) * S, back


def backprop(A, q, rho, x0, beam, heights):
    model = Filter(A, q, rho, beam)
    x, P, backs = x0, np.eye(len(x0)), []
    for height in heights:
        x, P, back = model.predict(x, P)
        backs.append(back)
        x, P, back = model.correct(x, P, height)
        backs.append(back)
    adjoints = [(np.zeros_like(x0), np.zeros_like(A))]
    for back in reversed(backs):
        adjoints.append(back(*adjoints[-1]))
    adjoints.reverse()
    dx0 = adjoints[1][0]
    return model.dA, np.diag(model.dQ) * np.exp(q), model.dnoise * np.exp(rho), dx0
