"""All right derivations."""

from . import likelihoods, linear, networks, sequences

MODELS = [*linear.MODELS, *networks.MODELS, *sequences.MODELS, *likelihoods.MODELS]
