"""The methods of somebody's class: which of them goes forward, which goes back, and what each is called with.

People's names for the same things are many but few enough to be listed. What isn't listed is said by the user.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

__all__ = [
    "BACKWARD",
    "FORWARD",
    "LOSS",
    "RATE",
    "ROUNDS",
    "TRAIN",
    "UPDATE",
    "Method",
    "bare",
    "likely_role",
    "method_of",
    "methods_in",
    "role_of",
    "training_of",
    "trains",
]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FORWARD = _words(
    "feedforward forward forwardpass forwardpropagation forwardpropagate forwardprop fprop propagate propagateforward "
    "predictproba predictprob think query call netinput predict activate"
)
BACKWARD = _words(
    "backprop backpropagation backpropagate backward backwardpass backwardpropagation backwardpropagate backwardprop "
    "propagatebackward bprop backpropogation backpropogate computegradients computegradient computegrads "
    "calculategradients calculategradient getgradients gradients gradient grads grad bptt backwardstep"
)
UPDATE = _words(
    "update updateweights updateparameters updateparams updateweightsandbiases step applygradients applygrads optimize "
    "gradientdescent gradientdescentstep adjustweights optimizerstep"
)
TRAIN = _words(
    "trainstep trainingstep trainonbatch trainbatch partialfit updateminibatch train fit sgd learn trainnetwork "
    "trainepoch training trainonestep onestep iterate minimize"
)
LOSS = _words(
    "loss cost computeloss computecost calculateloss calculatecost calcloss calccost getloss getcost lossfunction "
    "costfunction lossfn lossfunc costfn criterion objective crossentropy crossentropyloss binarycrossentropy mse "
    "mseloss meansquarederror sumofsquares sumsquarederror sumofsquarederrors sse totalloss"
)
"""What methods are called, without underscores and capitals; the surest first."""

RATE = _words("lr learningrate eta eta0 alpha learnrate lrate stepsize rate")
ROUNDS = _words(
    "epochs epoch nepochs numepochs maxepochs noepochs iter iterations iters niters niter numiters numiterations "
    "niterations maxiter maxiters maxiterations nsteps numsteps steps"
)
"""What the factor of an update is called, and how often a method of training goes round."""

_ROLES: dict[str, tuple[str, ...]] = {
    "x": _words(
        "x input inputs xtrain trainx xbatch batchx xs xi data inputdata inputlist inputslist inputvector features "
        "samples sample examples example traininginputs trainingset images a a0"
    ),
    "y": _words(
        "y ytrue target targets label labels ytrain trainy ybatch batchy ys yi t ts tgt tgts expected expectedoutput "
        "desired desiredoutput targetlist targetslist targetvector traininglabels trainlabels trainingoutputs "
        "allytrues truth groundtruth correct correctoutput actual yactual"
    ),
    "output": _words(
        "output out o outputs yhat ypred pred preds prediction predictions ypredicted predicted probs probabilities "
        "outputactivations scores logits a2 a3 al ypreds"
    ),
    "slope": _words(
        "grad dout gradoutput outputgradient lossgrad lossgradient dvalues gradient upstream dloss dldout gradout "
        "outputgrad dy doutput dlda gradientoutput outputerrorgradient dyhat"
    ),
    "cache": _words("cache caches memory"),
    "rate": RATE,
    "rounds": ROUNDS,
    "rows": _words("batchsize minibatchsize"),
    "pairs": _words("minibatch batch trainingdata traindata"),
    "quiet": _words("verbose printcost printloss"),
    "network": _words("net network model nn self mlp"),
}


def methods_in(network: Any) -> str:
    """Name the methods of an object, for an error."""
    names = [n for n in dir(network) if not n.startswith("_") and inspect.isroutine(getattr(network, n, None))]
    return f"the methods {', '.join(names)}" if names else "no methods"


def bare(name: str) -> str:
    """Return a name without underscores and capitals, and without what Python puts before a private one."""
    return re.sub(r"^_[A-Z]\w*?__(?=[a-z])", "", name).replace("_", "").lower()


def role_of(name: str) -> str:
    """Say what a name stands for; "" where that isn't known."""
    return next((role for role, names in _ROLES.items() if bare(name) in names), "")


def likely_role(name: str) -> str:
    """Say what a name stands for, by all of it or by the words in it: number_of_training_iterations."""
    if role := role_of(name):
        return role
    words = {role_of(word) or word for word in re.split(r"_|(?<=[a-z])(?=[A-Z])", name)}
    if words & {"size", "dim", "shape", "index"}:
        return ""
    if "output" in words and words & {"training", "train", "y", "set", "true"}:
        return "y"
    return next((role for role in ("y", "rounds", "rate", "x") if role in words), "")


def method_of(network: Any, names: Sequence[str]) -> Method | None:
    """Find the method of an object that has the first of these names, however it is spelt."""
    known: dict[str, str] = {}
    for name in sorted(dir(network), key=lambda name: name.startswith("_")):  # predict before _predict
        if name == "__call__" or not name.startswith("__"):
            known.setdefault(bare(name), name)
    for found in (known[wanted] for wanted in names if wanted in known):
        if inspect.isroutine(getattr(network, found, None)):
            return Method(found)
    return None


def trains(name: str, roles: Iterable[str]) -> bool:
    """Whether a method of a name goes all of a step: one that trains, or that updates and is given the data for it."""
    given = set(roles)
    return bare(name) in TRAIN or (bare(name) in UPDATE and ({"x", "y"} <= given or "pairs" in given))


def training_of(network: Any) -> Method | None:
    """Find the method of an object that goes all of a step."""
    found = (method_of(network, [name]) for name in TRAIN + UPDATE)
    return next((m for m in found if m is not None and trains(m.name, m.roles(network))), None)


class Method:
    """Something of a network that is called with what its parameters ask for, by their names.

    Parameters
    ----------
    name : str
        Of the method; of a function only what it is said to be.
    function : callable, optional
        In place of a method.
    """

    def __init__(self, name: str, function: Callable[..., Any] | None = None) -> None:
        self.name, self.function = name, function

    @classmethod
    def of(cls, given: str | Callable[..., Any], network: Any, caller: str, option: str) -> Method:
        """Take what the user says: the name of a method, or a function whose first argument is the network.

        Raises
        ------
        ValueError
            If there is no such method.
        """
        if callable(given):
            return cls.of_function(given, getattr(given, "__name__", option).replace("<lambda>", option))
        if not callable(getattr(network, str(given), None)):
            raise ValueError(f"{caller}: {option}={given!r}: {type(network).__name__} has {methods_in(network)}")
        return cls(given)

    @staticmethod
    def of_function(function: Callable[..., Any], name: str) -> Method:
        """Take a function whose first argument is the network."""
        return _OnNetwork(name, function)

    def __str__(self) -> str:
        return self.name

    def on(self, network: Any) -> Callable[..., Any]:
        """Return what is called."""
        return self.function or getattr(network, self.name)

    def asked(self, network: Any) -> list[inspect.Parameter]:
        """Return the parameters, without self; none where Python doesn't know them."""
        try:
            return list(inspect.signature(self.on(network)).parameters.values())
        except (TypeError, ValueError):
            return []

    def roles(self, network: Any) -> list[str]:
        """Return what the parameters stand for."""
        return [likely_role(p.name) for p in self.asked(network)]

    def arguments(self, network: Any, known: Mapping[str, Any]) -> dict[str, Any]:
        """Choose the arguments, by name, from what is known by its role.

        Raises
        ------
        LookupError
            With the names of those parameters for which nothing is known.
        """
        given: dict[str, Any] = {}
        lacking: list[str] = []
        for p in self.asked(network):
            role = likely_role(p.name)
            if role in known and (p.default is p.empty or role in ("x", "y", "rate", "rounds", "rows", "quiet")):
                given[p.name] = known[role]
            elif p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
                lacking.append(p.name)
        if lacking:
            raise LookupError(", ".join(lacking))
        return given

    def takes(self, network: Any, roles: Iterable[str]) -> bool:
        """Whether there is a parameter for one of these."""
        return not set(roles).isdisjoint(self.roles(network))

    def call(self, network: Any, known: Mapping[str, Any]) -> Any:
        """Call it on a network."""
        arguments = self.arguments(network, known)
        positional = [p.name for p in self.asked(network) if p.kind is p.POSITIONAL_ONLY]
        return self.on(network)(*(arguments.pop(n) for n in positional if n in arguments), **arguments)


class _OnNetwork(Method):
    """A function of the user's, which is given the network first."""

    def on(self, network: Any) -> Callable[..., Any]:
        """Return what is called."""
        assert self.function is not None
        return partial(self.function, network)
