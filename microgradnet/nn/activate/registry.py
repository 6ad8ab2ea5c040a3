"""Activations by name: one registry, and one decorator that fills it, for the built-in ones as for everybody's own.

Installed packages can offer activations too, in the entry-point group ``microgradnet.activations``; they are
looked for when a name isn't found, and when all names are asked for.
"""

from __future__ import annotations

import copyreg
import difflib
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypedDict, Unpack, overload

import numpy as np

from microgradnet.nn.activate.checks import check
from microgradnet.nn.activate.declaration import Activation, Derivative
from microgradnet.record import compositions

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from numpy.typing import NDArray

    from microgradnet.typed import ArrayLike, Function, Tensor

__all__ = ["Activations", "UnknownActivation", "activation", "activations", "find"]

_P = ParamSpec("_P")

GROUP = "microgradnet.activations"

_registered: dict[str, Activation] = {}


if TYPE_CHECKING:

    class Declared(Activation, Generic[_P]):
        """An activation, with the parameters of the function that it was made of."""

        @overload
        def __call__(self, x: Tensor, /, *parameters: _P.args, **named: _P.kwargs) -> Tensor: ...
        @overload
        def __call__(self, x: ArrayLike, /, *parameters: _P.args, **named: _P.kwargs) -> NDArray[Any]: ...
        def __call__(self, /, *given: Any, **named: Any) -> Any: ...


class Activations(Mapping[str, Activation]):
    """The registered activations by name. Reading only; `activation` registers.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.activations["relu"].formula
    'max(x, 0)'
    """

    def __getitem__(self, name: str) -> Activation:
        if name not in _registered:
            _load_plug_ins()
        try:
            return _registered[name]
        except KeyError:
            raise UnknownActivation(name) from None

    def __iter__(self) -> Iterator[str]:
        _load_plug_ins()
        return iter(tuple(_registered))

    def __len__(self) -> int:
        _load_plug_ins()
        return len(_registered)

    def __repr__(self) -> str:
        return f"<activations: {', '.join(self)}>"


class UnknownActivation(KeyError):
    """Raised for a name that nobody registered; says which come near it."""

    def __str__(self) -> str:
        (name,) = self.args
        near = difflib.get_close_matches(str(name), _registered, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        return f"there is no activation {name!r}; {hint}registered are {', '.join(_registered)}"


activations: Activations = Activations()


# --- registering -------------------------------------------------------------------------------------


class _Options(TypedDict, total=False):
    name: str | None
    derivative: Derivative | Mapping[str, Derivative] | None
    learnable: Iterable[str] | str
    elementwise: bool
    symbol: str | None
    formula: str | None
    latex: str | None
    range: tuple[float, float] | None
    source: str | None
    monotonic: bool | None
    kinks: Iterable[float] | None
    replace: bool


@overload
def activation(function: Function[_P], /, **options: Unpack[_Options]) -> Declared[_P]: ...
@overload
def activation(function: None = None, /, **options: Unpack[_Options]) -> Callable[[Function[_P]], Declared[_P]]: ...
def activation(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    derivative: Derivative | Mapping[str, Derivative] | None = None,
    learnable: Iterable[str] | str = (),
    elementwise: bool = True,
    symbol: str | None = None,
    formula: str | None = None,
    latex: str | None = None,
    range: tuple[float, float] | None = None,  # noqa: A002 - what it is
    source: str | None = None,
    monotonic: bool | None = None,
    kinks: Iterable[float] | None = None,
    replace: bool = False,
) -> Any:
    """Register an activation, as ``@activation`` or ``@activation(formula=..., derivative=...)``.

    It is tried first, and refused if it is not what is said of it: its derivative, at its default parameters and at
    others near them, its range, its kinks, and that it never falls.

    Parameters
    ----------
    function : callable
        ``function(x, **parameters)`` takes a tensor or array of any shape and returns one of the same shape, each
        element computed from the one at its place. Made of this package's operations, it needs no derivative. Its
        parameters have defaults. An `Activation` is registered under a second name as well.
    name : str, optional
        What it is called wherever an activation can be named, a Python identifier. The default is the
        function's own name.
    derivative : callable or mapping, optional
        The derivative worked out by hand, ``derivative(z, a, **parameters)`` with the input z and the value
        a = function(z), written with operators and this package's operations. A call is then one operation, and
        this its derivative. It is compared with the automatic one first, and so is the second derivative. Where it is
        0 on a stretch it may return a mask, true where it is 1, or a pair of a mask and the slope where that holds:
        nothing passes elsewhere, be the gradient infinite. With learnable parameters, a mapping with a function for x,
        under its name in `function`, and for each of them.
    learnable : str or iterable of str
        Parameters, with a number as default, that a layer trains.
    elementwise : bool
        False for a function that works along an axis, as softmax does; its derivative is then
        ``derivative(g, z, a, **parameters)``, the gradient of z given that of a.
    symbol, formula, latex, source : str, optional
        What a drawing writes in the node; the formula as one line of text; as LaTeX, a template with ``{0}`` for x;
        the paper or standard it comes from.
    range : pair of float, optional
        The lowest and the highest value, for the default parameters. A value outside of it is refused.
    monotonic : bool, optional
        Whether it never falls. What falls between −10 and 10 is refused.
    kinks : iterable of float, optional
        Where the derivative doesn't exist, for the default parameters. There derivatives aren't compared. Where the
        slopes on both sides are the same it is refused; a kink that isn't named is found by `check_activation`.
    replace : bool
        Allow a name that is in use, be it a second name of another activation. What computes the same as before, as a
        cell that is run again, takes its own name without it.

    Returns
    -------
    Activation
        To be called like the function.

    Raises
    ------
    TypeError
        If an argument is not what it should be, the gradient doesn't flow, or the dtype changes.
    ValueError
        If the name is in use, the function has none, is not elementwise, fails or gives NaN, the derivative is not
        the automatic one, or what is stated is not so. The message says where, how far off, and what may be wrong.

    Examples
    --------
    >>> import microgradnet as mg
    >>> @mg.activation(replace=True)
    ... def bump(x, width=1.0):
    ...     return mg.exp(-((x / width) ** 2))
    >>> bump(0.0)
    np.float64(1.0)
    >>> mg.grad(bump)(1.0)
    array(-0.73575888)
    """
    if function is None:
        options = {k: v for k, v in locals().items() if k != "function"}
        return lambda f: activation(f, **options)
    if not callable(function):
        raise TypeError(f"activation: a function is needed, got {type(function).__name__}")
    name = _checked_name(function, name)
    known = _registered.get(name)
    if isinstance(function, Activation):
        declared = function
    else:
        declared = Activation(
            name, function, derivative=derivative, learnable=learnable, elementwise=elementwise, symbol=symbol,
            formula=formula, latex=latex, range=range, source=source, monotonic=monotonic, kinks=kinks,
        )  # fmt: skip
    if known is not None and not replace and not (_is_again(declared, known) and not _loading.get()):
        raise ValueError(_in_use(name))
    if declared is not function:
        check(declared, _registered)
    if (replace or known is not None) and not _loading.get():
        _registered[name] = declared
    elif _registered.setdefault(name, declared) is not declared:  # by another thread, or a package replaces
        raise ValueError(_in_use(name))
    compositions.pop(name, None)
    if declared.elementwise and declared.is_composed:
        compositions[name] = declared
    return declared


def _is_again(declared: Activation, known: Activation) -> bool:
    """Whether what has a name is declared once more, as by a cell that is run again: the same values, by itself."""
    names = declared.parameters.keys()
    if names != known.parameters.keys() or (declared.learnable, declared.elementwise) != (
        known.learnable, known.elementwise,
    ):  # fmt: skip
        return False
    x = np.linspace(-6.0, 6.0, 41) if declared.elementwise else np.linspace(-2.0, 2.0, 12).reshape(3, 4)
    try:
        with np.errstate(all="ignore"):
            for scale in (1.0, 1.7):
                given = {k: scale * declared.parameters[k] for k in declared.learnable}
                if not np.allclose(declared(x, **given), known(x, **given), rtol=1e-9, atol=1e-12, equal_nan=True):
                    return False
    except Exception:  # the user's own: what is wrong with it is said when it is checked, under a name of its own
        return False
    return all(declared.parameters[k] == known.parameters[k] for k in names)


def _in_use(name: str) -> str:
    return f"activation: the name {name!r} is in use; choose another, or pass replace=True"


def _checked_name(function: Callable[..., Any], name: str | None) -> str:
    if name is None:
        name = getattr(function, "__name__", "<lambda>")
        if name == "<lambda>":
            raise ValueError("activation: this function has no name of its own; pass name=")
    if not isinstance(name, str):
        raise TypeError(f"activation: the name must be a string, got {name!r}")
    if not name.isidentifier():
        raise ValueError(f"activation: the name must be a Python identifier, got {name!r}")
    return name


def find(named: str | Callable[..., Any]) -> Activation:
    """Return the activation of that name, or that a function was registered as.

    Parameters
    ----------
    named : str or callable
        A name, an `Activation`, or a function. One that nobody registered is made an activation, unchecked.

    Raises
    ------
    KeyError
        If nobody registered the name.
    TypeError
        If it is neither a name nor a function.
    """
    if isinstance(named, Activation):
        return named
    if isinstance(named, str):
        return activations[named]
    if not callable(named):
        raise TypeError(f"an activation is given by name or as a function, got {type(named).__name__}")
    for known in tuple(_registered.values()):
        if known.function is named:
            return known
    return Activation(getattr(named, "__name__", "activation"), named)


# --- pickles -----------------------------------------------------------------------------------------


def _reduced(f: Activation) -> tuple[Callable[..., Activation], tuple[Any, ...]]:
    """Say how a pickle finds an activation again: by its name or, where nobody registered it, made anew."""
    for name, known in tuple(_registered.items()):
        if known is f:
            return _registered_in, (f.__module__, name)
    facts = {fact: getattr(f, fact) for fact in ("symbol", "formula", "latex", "range", "source", "monotonic", "kinks")}
    made = partial(
        Activation, derivative=dict(f.derivatives) or None, learnable=f.learnable, elementwise=f.elementwise, **facts
    )
    return made, (f.name, f.function)


def _registered_in(module: str, name: str) -> Activation:
    """Return the activation of a name; a module that hasn't been imported registers it by that."""
    if name not in activations:
        import_module(module)
    return activations[name]


copyreg.pickle(Activation, _reduced)


# --- what installed packages offer -------------------------------------------------------------------

_loading: ContextVar[bool] = ContextVar("microgradnet_loading_activations", default=False)
_loaded = False


def _load_plug_ins() -> None:
    """Load every entry point of the group, once; one that fails is a warning, after the others are loaded.

    No lock is held while packages are imported. Two threads may both load them, which changes nothing.
    """
    global _loaded
    if _loaded or _loading.get():
        return
    from importlib.metadata import entry_points  # takes longer than all the built-in ones

    token = _loading.set(True)
    failed = []
    try:
        for entry in entry_points(group=GROUP):
            try:
                _load(entry)
            except (Exception, SystemExit) as error:  # a module may end the program when imported
                offered_by = entry.dist.name if entry.dist else entry.value
                failed.append(f"the activation {entry.name!r} of the package {offered_by} was skipped: {error}")
    finally:
        _loading.reset(token)
    _loaded = True
    for message in failed:
        warnings.warn(message, RuntimeWarning)


def _load(entry: EntryPoint) -> None:
    offered = entry.load()
    known = _registered.get(entry.name)
    if known is None or (known is not offered and known.function is not offered):
        activation(offered, name=entry.name)
