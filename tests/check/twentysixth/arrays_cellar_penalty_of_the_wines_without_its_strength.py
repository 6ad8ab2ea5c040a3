"""Arrays cellar penalty of the wines without its strength.

expected kind: missing-factor or scale
wrong line: 66
correction 66: dQ = 2 * LAM * Q
given as: arrays
what: The derivative of the penalty of the second factors lacks lambda
source: https://github.com/wush978/KDD2015wpp/issues/11
said: in the gradient the term of the penalty lacks its second lambda
"""

import numpy as np

PARAMETERS = ["P", "Q", "bp", "bq", "mu"]
LAM, LAM_B = 0.15, 0.25


def data(seed=0):
    r = np.random.default_rng(seed)
    P, Q = r.normal(size=(4, 3)), r.normal(size=(5, 3))
    # who drank which wine, and what it was worth
    guests = np.array([0, 0, 1, 1, 1, 2, 2, 3, 3, 0])
    wines = np.array([0, 2, 0, 1, 4, 2, 3, 1, 4, 4])
    return P, Q, 0.5 * r.normal(size=4), 0.5 * r.normal(size=5), r.normal(size=1), guests, wines, 2 * r.normal(size=10)


def loss(P, Q, bp, bq, mu, guests, wines, stars):
    guess = mu[0] + bp[guests] + bq[wines] + np.sum(P[guests] * Q[wines], axis=1)
    penalty = LAM * (np.sum(P**2) + np.sum(Q**2)) + LAM_B * (np.sum(bp**2) + np.sum(bq**2))
    return np.sum((guess - stars) ** 2) / len(stars) + penalty


def predict(p, guests, wines):
    inner = np.einsum("nf,nf->n", p["P"][guests], p["Q"][wines])
    return p["mu"][0] + p["bp"][guests] + p["bq"][wines] + inner


def right(P, Q, bp, bq, mu, guests, wines, stars):
    params = {"P": P, "Q": Q, "bp": bp, "bq": bq, "mu": mu}
    slope = 2 * (predict(params, guests, wines) - stars) / len(stars)
    grads = {name: np.zeros_like(value) for name, value in params.items()}
    np.add.at(grads["P"], guests, slope[:, None] * Q[wines])
    np.add.at(grads["Q"], wines, slope[:, None] * P[guests])
    np.add.at(grads["bp"], guests, slope)
    np.add.at(grads["bq"], wines, slope)
    grads["mu"][0] = slope.sum()
    for name, lam in (("P", LAM), ("Q", LAM), ("bp", LAM_B), ("bq", LAM_B)):
        grads[name] += 2 * lam * params[name]
    return grads


def rating_by_rating(P, Q, bp, bq, mu, guests, wines, stars):
    """Yield guest, wine and error of each rating."""
    for g, w, star in zip(guests, wines, stars):
        guess = mu[0] + bp[g] + bq[w]
        for f in range(P.shape[1]):
            guess += P[g, f] * Q[w, f]
        yield g, w, guess - star


def backprop(P, Q, bp, bq, mu, guests, wines, stars):
    dmu = np.zeros(1)
    dbp, dbq = 2 * LAM_B * bp, 2 * LAM_B * bq
    # penalties first, the ratings are added to them
    dP = 2 * LAM * P
    dQ = 2 * Q
    weight = 2.0 / len(stars)
    for g, w, error in rating_by_rating(P, Q, bp, bq, mu, guests, wines, stars):
        e = weight * error
        dmu += e
        dbp[g] += e
        dbq[w] += e
        for f in range(P.shape[1]):
            dP[g, f] += e * Q[w, f]
            dQ[w, f] += e * P[g, f]
    return dP, dQ, dbp, dbq, dmu
