"""An autoencoder whose decoder has the transposed weights of the encoder.

expected kind: missing-term or detached
wrong line: 45
correction 45: dW = X.T @ dhidden + drecon.T @ hidden
what: the shared weights get the encoder's gradient only
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["W", "b_enc", "b_dec"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.random((6, 5)), rng.normal(size=(5, 3)), rng.normal(size=3), rng.normal(size=5)

def sigm(a):
    return 1.0 / (1.0 + np.exp(-a))

def loss(X, W, b_enc, b_dec):
    hidden = sigm(X @ W + b_enc)
    recon = sigm(hidden @ W.T + b_dec)
    return -np.mean(np.sum(X * np.log(recon) + (1 - X) * np.log(1 - recon), axis=1))

def right(X, W, b_enc, b_dec):
    batch = X.shape[0]
    hidden = sigm(X @ W + b_enc)
    recon = sigm(hidden @ W.T + b_dec)
    drecon = (recon - X) / batch
    db_dec = drecon.sum(axis=0)
    dhidden = (drecon @ W) * hidden * (1 - hidden)
    db_enc = dhidden.sum(axis=0)
    dW = X.T @ dhidden + drecon.T @ hidden
    return {"W": dW, "b_enc": db_enc, "b_dec": db_dec}

def backprop(X, W, b_enc, b_dec):
    batch = X.shape[0]
    hidden = sigm(X @ W + b_enc)
    recon = sigm(hidden @ W.T + b_dec)
    drecon = (recon - X) / batch
    db_dec = drecon.sum(axis=0)
    dhidden = (drecon @ W) * hidden * (1 - hidden)
    db_enc = dhidden.sum(axis=0)
    dW = X.T @ dhidden
    return {"W": dW, "b_enc": db_enc, "b_dec": db_dec}
