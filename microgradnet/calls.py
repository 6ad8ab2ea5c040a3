"""The code that calls an operation, and that takes a pass through it, backward or forward, written for its form.

These are the hot paths, so all are written out, input by input, when an operation is first called or passed, as attrs
and dataclasses write methods. This room knows how a call is put together; what is recorded, and how a gradient is made
to fit, the rooms above tell it (`KNOWN`), and it computes nothing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import cache
from textwrap import indent
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from microgradnet.typed import Primitive

__all__ = ["COPIED", "KNOWN", "call_of", "code", "lazily", "pull_of", "push_of"]

_NOTHING = object()

KNOWN: dict[str, Any] = {}
"""What the code of all operations knows, by names that no parameter has: it stands in for Python's built-in names."""


def call_of(primitive: Primitive) -> Callable[..., Any]:
    """Make the function that calls an operation. Its code is written at the first call, since few of all are needed."""
    parameters = tuple(primitive.signature.parameters.values())
    if primitive.arity is not None:
        return _call(primitive, parameters, primitive.arity)

    def general(*inputs: Any, **static: Any) -> Any:
        if unknown := static.keys() - primitive.defaults.keys():
            raise TypeError(f"{primitive.name}() got an unexpected keyword argument {min(unknown)!r}")
        return primitive.apply(*inputs, **static)

    @cache
    def of(count: int) -> Callable[..., Any]:
        if not 0 < count <= 8:
            return general
        inputs = [inspect.Parameter(f"x{i}", inspect.Parameter.POSITIONAL_ONLY) for i in range(count)]
        return _call(primitive, (*inputs, *(p for p in parameters if p.kind is p.KEYWORD_ONLY)), count)

    def call(*inputs: Any, **static: Any) -> Any:
        return of(len(inputs))(*inputs, **static)

    call.of = of  # type: ignore[attr-defined]  # who knows how many there are, calls 0.2 us sooner
    return call


def _call(primitive: Primitive, parameters: tuple[inspect.Parameter, ...], arity: int) -> Callable[..., Any]:
    """Make the function that calls an operation with a number of inputs."""
    names = [p.name for p in parameters]
    keep = primitive.keep if primitive.arity else (primitive.keep[0], *[True] * arity)
    known = {
        "__primitive": primitive,
        "__general": primitive.general,
        "__on_numpy": primitive.on_numpy,
        "__defaults": primitive.defaults,
        "__dual": dual_of(primitive, parameters, arity),
        **{f"__default_{k}": primitive.defaults.get(k, _NOTHING) for k in names[arity:]},
    }

    def write(call: FunctionType) -> CodeType:
        form = tuple([(p.name, p.kind) for p in parameters])
        optional = [p for p in parameters if p.default is not p.empty]
        call.__defaults__ = tuple([p.default for p in optional if p.kind is not p.KEYWORD_ONLY])
        call.__kwdefaults__ = {p.name: p.default for p in optional if p.kind is p.KEYWORD_ONLY}
        beside_number, over = primitive.beside_number is not primitive, primitive.over is not None
        ordered = in_order(primitive.on_numpy, arity, names[arity:])
        return _written(form, keep, primitive.differentiable, beside_number, primitive.views, over, ordered)

    return lazily(primitive.name, known, write)


def pull_of(primitive: Primitive) -> Callable[..., None]:
    """Make ``pull(node, saved, cotangents, waiting, along)``, which takes a reverse pass through one node.

    What its VJPs make of its cotangent and the saved values is added to the cotangents of its inputs: of those in
    `along`, or of all, if it is None. Results of operations that have none yet join the heap of those waiting.
    """
    vjps = primitive.vjps
    known: dict[str, Any] = {"__vjps": vjps, "__name": primitive.name}
    if primitive.arity is not None:
        known |= {f"__vjp{i}": vjp for i, vjp in enumerate(vjps)}

    def write(_: FunctionType) -> CodeType:
        static = tuple(primitive.defaults)
        if primitive.arity is None:
            return _pull_written(None, static)
        behind = 2 + primitive.arity
        has = [None if vjp is None else "in order" if in_order(vjp, behind, static) else "by name" for vjp in vjps]
        return _pull_written(tuple(has), static)

    return lazily(f"pull_{primitive.name}", known, write)


def push_of(primitive: Primitive) -> Callable[..., Any]:
    """Make ``push(node, saved, tangents, shape)``, which takes tangents through a node that is elementwise.

    The VJP of each input that has a tangent is given that in the place of a cotangent, and what they return is added
    up: None where there is none. The shape is the output's, behind the axis of a batch of tangents.
    """
    vjps = primitive.vjps
    known = {f"__vjp{i}": vjp for i, vjp in enumerate(vjps)}
    has = tuple([vjp is not None for vjp in vjps])
    return lazily(f"push_{primitive.name}", known, lambda _: _push_written(has, tuple(primitive.defaults)))


def dual_of(primitive: Primitive, parameters: Sequence[inspect.Parameter], arity: int) -> Callable[..., Any]:
    """Make what calls an operation on dual numbers, some of its inputs: it computes the tangent with the value.

    By the rules of the forward pass; of what has no `structure` by that pass itself.
    """
    known: dict[str, Any] = {"__primitive": primitive, "__on_numpy": primitive.on_numpy}
    vjps = tuple(primitive.vjps) if primitive.arity else (True,) * arity
    has = tuple([vjp is not None for vjp in vjps])
    structure = primitive.structure if primitive.differentiable else None
    linear_in = tuple(range(arity))
    if structure == "elementwise":
        known |= {f"__vjp{i}": vjp for i, vjp in enumerate(vjps)}
        if primitive.beside_number is not primitive:
            known["__beside"] = dual_of(primitive.beside_number, parameters, arity)
    elif primitive.linear_in:
        structure, linear_in = "multilinear", tuple(primitive.linear_in)
    form = tuple([(p.name, p.kind) for p in parameters])
    beside = "__beside" in known

    def write(_: FunctionType) -> CodeType:
        rules = []
        if structure == "elementwise" and len(parameters) == 1:
            name = parameters[0].name
            for dtype in ("__float32", "__float64"):  # the last is asked first
                steps, used = KNOWN["__fused"](
                    primitive, vjps[0], dtype, (f"__tangent_{name}", "__output", f"__value_{name}")
                )
                known.update(used)
                rules += [(dtype, steps)] if steps else []
        return _dual_written(form, structure, has, linear_in, beside, primitive.views, tuple(rules))

    return lazily(f"dual_{primitive.name}", known, write)


def in_order(function: Callable[..., Any], count: int, names: Sequence[str]) -> bool:
    """Whether a function takes what has these names by position, after so many others: 0.1 us sooner than by name."""
    if not names:
        return True
    kinds = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
    try:
        parameters = [*inspect.signature(function, follow_wrapped=False).parameters.values()][: count + len(names)]
    except (TypeError, ValueError):  # some of NumPy's have no signature
        return False
    return [p.name for p in parameters[count:]] == [*names] and all(p.kind in kinds for p in parameters)


def lazily(name: str, known: dict[str, Any], write: Callable[[FunctionType], CodeType]) -> FunctionType:
    """Make a function that knows a few names, and whose code is written when it is first called."""
    known |= {"__name__": __name__, "__builtins__": KNOWN}
    function = FunctionType(_unwritten.__code__, known, name)

    def written() -> FunctionType:
        # A code object of its own: the interpreter notes in it where the names are that this function knows.
        function.__code__ = write(function).replace(co_name=name)
        return function

    known["__write"] = written
    return function


def _unwritten(*inputs: Any, **static: Any) -> Any:
    return __write()(*inputs, **static)  # type: ignore[name-defined] # noqa: F821


@cache
def _written(
    parameters: tuple[tuple[str, Any], ...],
    keep: tuple[bool, ...],
    differentiable: bool,
    beside_number: bool,
    views: bool,
    over: bool,
    ordered: bool,
) -> CodeType:
    """Write the call of the operations of a form: which parameters they have, which of ``(output, *inputs)`` they keep.

    It is a hot path, so the loop over the inputs is unrolled, and Python itself tells what was given by name. Measured
    on NumPy 2.4 and CPython 3.11, over NumPy's own time: a recorded call between tensors takes 0.5 us, one with a plain
    array 0.9, of which 0.3 are the copy. A loop over the inputs took 0.4 us more, ``*inputs, **static`` another 0.3.
    """
    names = [name for name, _ in parameters]
    arity = len(keep) - 1
    inputs, static = names[:arity], names[arity:]
    signature = inspect.Signature([inspect.Parameter(name, kind) for name, kind in parameters])
    arguments = ", ".join(inputs) + "".join(f", {k}={k}" for k in static)
    fixed = static if ordered else [f"{k}={k}" for k in static]

    def each(template: str, between: str = ", ", of: Sequence[str] = inputs) -> str:
        return between.join(template.replace("·", x) for x in of)

    arrays = f"""elif {each(_ARRAY, " and ")}:  # as in the VJPs of a reverse pass
        try:
            return __on_numpy({", ".join(inputs + fixed)})
        except __TypeError as __error:
            __raise_of_arguments(__primitive, __error, [{each("·")}])"""
    given = f"""
    if __type_· is __Tensor:
        if ·._settled:
            __value_· = ·._value
        elif (__value_· := __taken(·)) is None:
            return __general({arguments})
        __node_· = ·._node
    ARRAYS
    elif __type_· is __Dual:
        return __dual({arguments})
    elif {_PLAIN} or __type_· in __NUMBERS:
        __value_· = ·
        __node_· = __CONSTANT
    else:
        return __general({arguments})
"""
    copied = f"""
        if {_ARRAY}:
            __value_· = {COPIED}
"""
    is_default = each("· is __default_·", " and ", static) or "True"
    operation = "__primitive"
    if beside_number:
        a_number = "__type_· is not __Tensor and (__type_· is not __ndarray or not ·.ndim)"  # as `is_number` has it
        operation += f".beside_number if {each(a_number, ' or ')} else __primitive"
    saved = ["__output" if keep[0] else "None"]
    for x, kept in zip(inputs, keep[1:], strict=True):
        saved.append(f"__value_{x}" if kept else f"__value_{x} if __node_{x}.primitive is None else None")
    older = """
    if __node_·.oldest > __node.oldest:
        __node.oldest = __node_·.oldest"""
    first, second = f"({each('__node_·')},)", "None"  # see `Node.inputs`
    if arity <= 2:
        first, second = (*[f"__node_{x}" for x in inputs], "None")[:2]
    viewed = ""
    if views:  # what `viewed` finds out, of most 0.15 us sooner
        viewed = """
    __owner = __output.base
    if __owner is None and __type_· is __Tensor and ·._value.ndim:
        return __result
    if __type_· is not __Tensor or __owner is None or (__owner is not ·._value and __owner is not ·._value.base):
        return __viewed(__result, __primitive, ·, __static)
    __result._view = ·, __primitive, __static
    if __node_·.primitive is not None or __node_·.own or not __node_·.requires_grad:
        __follows(__result, ·)""".replace("·", inputs[0])
    more = ""
    if over:
        signature = signature.replace(parameters=[*signature.parameters.values(), _MORE])
        more = f"""
    if more:
        return __primitive.over({arguments}, **more)"""
    source = f"""
def call{signature}:{more}
    {each("__type_· = __type(·)", "; ")}
{each(given, "").replace("ARRAYS", arrays, 1).replace("ARRAYS", "")}
    __scope = __current_scope() if {differentiable} and ({each("__node_·.requires_grad", " or ")}) else None
    if __scope is not None:
        pass{each(copied, "") if arity > 1 else ""}
    elif {each("__type_· is not __Tensor", " and ")}:
        try:
            if {arity == 1} or {each(_ARRAY, " or ")}:
                return __on_numpy({", ".join(inputs + fixed)})
            return __primitive.forward(__np, {arguments})  # operator.add(1, 2) would be Python's 3
        except __TypeError as __error:
            __raise_of_arguments(__primitive, __error, [{each("·")}])
    __static = __defaults
    if not ({is_default}):
        if {each("__type(·) is __Tensor", " or ", static) or False}:
            return __general({arguments})
        __static = {{{each("'·': ·", of=static)}}}
    try:
        __output = __on_numpy({", ".join([f"__value_{x}" for x in inputs] + fixed)})
    except __ValueError as __error:
        __raise_with_shapes(__primitive, __error, [{each("__value_·")}])
    __result = __Tensor()
    __result._value = __output
    __result._settled = True
    try:
        __dtype = __output.dtype
    except __AttributeError:
        __raise_with_type(__primitive, __output)
    if __scope is None:
        __result._node = __CONSTANT
        if {each(_ARRAY, " or ")}:
            __result._settled = __is_new(__output, [{each("·")}])
        return {f"__viewed(__result, __primitive, {inputs[0]}, __static)" if views else "__result"}
    __result._node = __node = __Node()
    __node.primitive = {operation}
    __node._first = {first}
    __node._second = {second}
    __node.saved = ({", ".join(saved)},)
    __node.static = __static
    __node.shape = __output.shape
    __node.dtype = __dtype
    if __dtype is not __float64 and __dtype is not __float32 and __dtype.kind != "f":  # the kind takes 0.05 us
        __raise_with_dtype(__primitive, __dtype)
    __node.requires_grad = True
    __node.oldest = __node_{inputs[0]}.oldest{each(older, "", inputs[1:])}
    __node.scope = __scope
    __node.index = __next_index()
    __node.name = __node.grad = None{viewed}
    return __result
"""
    return code("call", source)


_MORE = inspect.Parameter("more", inspect.Parameter.VAR_KEYWORD)
_ARRAY = "__type_· is __ndarray"
COPIED = '·.copy("K") if ·.nbytes <= __TINY else __owned(·)'
_PLAIN = f'({_ARRAY} and (·.dtype is __float64 or ·.dtype is __float32 or ·.dtype.kind in "fiubc"))'


def code(name: str, source: str) -> CodeType:
    """Compile the source of a function of a name."""
    made: dict[str, Any] = {}
    exec(compile(source, f"<written by {__name__}>", "exec"), made)
    return made[name].__code__  # type: ignore[no-any-return]


@cache
def _push_written(has: tuple[bool, ...], static: tuple[str, ...]) -> CodeType:
    """Write how tangents go through an elementwise operation of a form; see `_pull_written`."""
    inputs = [f"x{i}" for i in range(len(has))]
    values = ", ".join(["y", *inputs, *(f"{k}=static[{k!r}]" for k in static)])
    nodes = ["node._first", "node._second"][: len(has)] if len(has) <= 2 else ["*node._first"]
    lines = f"""
y, {", ".join(inputs)}, = saved
{", ".join(f"to{i}" for i in range(len(has)))}, = {", ".join(nodes)},
static, dtype, pushed = node.static, node.dtype, None
"""
    for i in range(len(has)):
        if has[i]:
            lines += f"""
t = tangents.get(to{i})
if t is not None:
    if t.shape != shape or t.dtype is not dtype:
        t = __spread(t, node, shape)
    d = __vjp{i}(t, {values})
    pushed = d if pushed is None else pushed + d
"""
    return code("push", f"def push(node, saved, tangents, shape):\n{indent(lines, '    ')}\n    return pushed")


@cache
def _dual_written(
    parameters: tuple[tuple[str, Any], ...],
    structure: str | None,
    has: tuple[bool, ...],
    linear_in: tuple[int, ...],
    beside: bool,
    views: bool,
    rules: tuple[tuple[str, str], ...],
) -> CodeType:
    """Write the call of the operations of a form on dual numbers; see `_written` and `forward`.

    The `rules` are the steps from the tangent of the only input to that of the output, for arrays of a dtype.
    """
    names = [name for name, _ in parameters]
    inputs, static = names[: len(has)], names[len(has) :]
    kinds = inspect.Parameter
    defined = [kinds(n, kinds.POSITIONAL_ONLY) for n in inputs] + [kinds(n, kinds.KEYWORD_ONLY) for n in static]
    signature = inspect.Signature(defined)
    given = f"{{{', '.join(f'{k!r}: {k}' for k in static)}}}"
    general = f"return __moved(__primitive, ({', '.join(inputs)},), {given})"
    if structure is None:
        return code("dual", f"def dual{signature}:\n    {general}")

    def call(function: str, *values: str) -> str:
        return f"{function}({', '.join([*values, *(f'{k}={k}' for k in static)])})"

    values = [f"__value_{x}" for x in inputs]
    unfit = "__pushed.shape != __shape or __pushed.dtype is not __dtype"
    fitted = "__pushed = __fitted(__pushed, __primitive, __shape, __dtype)"
    pushed = "__pushed = None"
    one = structure == "elementwise" and len(inputs) == 1
    if one:  # mostly the tangent has the shape of the output
        tangent = f"__tangent_{inputs[0]}"
        pushed = f"""
__pushed = {call("__vjp0", tangent, "__output", *values)}
if {unfit}:
    __pushed = {call("__vjp0", f"__in_shape({tangent}, __shape, __dtype)", "__output", *values)}
"""
    elif structure == "linear":
        tangents = [
            f"__tangent_{x} if __tangent_{x} is not None else __zeros_like(__value_{x})" if moves else f"__value_{x}"
            for x, moves in zip(inputs, has, strict=True)
        ]
        pushed = f"__pushed = {call('__on_numpy', *tangents)}"
    else:
        for i, x in enumerate(inputs):
            if not has[i]:
                continue
            if structure == "elementwise":
                part = f"""
    if __tangent_·.shape != __shape or __tangent_·.dtype is not __dtype:
        __tangent_· = __in_shape(__tangent_·, __shape, __dtype)
    __part = {call(f"__vjp{i}", "__tangent_·", "__output", *values)}
    __pushed = __part if __pushed is None else __pushed + __part"""
            elif i in linear_in:
                part = f"""
    __part = {call("__on_numpy", *values[:i], "__tangent_·", *values[i + 1 :])}
    __pushed = __part if __pushed is None else __pushed + __part"""
            else:
                part = f"\n    {general}"
            pushed += f"\nif __tangent_· is not None:{part}".replace("·", x)
    a_number = [
        f"__type_{x} is not __Dual and __type_{x} is not __Tensor and (__type_{x} is not __ndarray or not {x}.ndim)"
        for x in inputs
    ]
    pushed = f"""
__shape = __output.shape
{pushed}
if __pushed is None or {unfit}:
    {fitted}
"""
    for dtype, steps in rules:
        pushed = f"""
if __dtype is {dtype} and __type(__output) is __ndarray:
{indent(steps, "    ")}
else:
{indent(pushed, "    ")}"""
    return code(
        "dual",
        f"""
def dual{signature}:
    {"__run = None" if len(inputs) > 1 else ""}
{"".join((_DUAL if len(inputs) > 1 else _ALONE).replace("·", x).replace("GENERAL", general) for x in inputs)}
    {f"if {' or '.join(a_number)}: return {call('__beside', *inputs)}" if beside else ""}
    if __current_scope() is None{"".join(f" or __type({k}) is __Tensor" for k in static)}:
        {general}
    try:
        __output = {call("__on_numpy", *values)}
    except __ValueError as __error:
        __raise_with_shapes(__primitive, __error, [{", ".join(values)}])
    try:
        __dtype = __output.dtype
    except __AttributeError:
        __raise_with_type(__primitive, __output)
    if __dtype is not __float64 and __dtype is not __float32 and __dtype.kind != "f":
        __raise_with_dtype(__primitive, __dtype)
    try:
{indent(pushed, "        ")}
    except __Exception as __error:
        __error.add_note(f"raised in pushing a tangent through the operation {{__primitive.name!r}}")
        raise
    __result = __Dual()
    __result._value = __output
    __result._tangent = __pushed
    __result._made = __primitive
    __result._run = __run
    return {f"__viewed(__result, __primitive, {inputs[0]}, {given})" if views else "__result"}
""",
    )


_ALONE = """
    __run = ·._run
    __value_· = ·._value
    __tangent_· = ·._tangent
"""

_DUAL = f"""
    __type_· = __type(·)
    if __type_· is __Dual:
        __value_· = ·._value
        __tangent_· = ·._tangent
        if __run is None:
            __run = ·._run
        elif __run is not ·._run:
            GENERAL
    elif {_PLAIN} or __type_· in __NUMBERS:
        __value_· = ·
        __tangent_· = None
    elif __type_· is __Tensor and ·._settled and not ·._node.requires_grad:
        __value_· = ·._value
        __tangent_· = None
    else:
        GENERAL
"""


@cache
def _pull_written(has: tuple[str | None, ...] | None, static: tuple[str, ...]) -> CodeType:
    """Write how a reverse pass goes through the operations of a form: which inputs have a VJP, and what is static.

    A VJP `has` what is static in order or by name.

    The code for one input, `to`, is repeated for each; for any number of inputs, `has` being None, it stands in a loop,
    which takes 0.3 us more for each input.
    """

    def step(to: str, vjp: str, values: str) -> str:
        return f"""
if {to}.requires_grad and (along is None or {to} in along):
    try:
        d = {vjp}(g, {values})
    except __Exception as error:
        error.add_note(f"raised by a VJP of the operation {{__name!r}}")
        raise
    try:
        if d.shape != {to}.shape or d.dtype is not {to}.dtype:
            d = __fit(d, {to}, node, cotangents)
    except __AttributeError:  # what is no array has no shape
        d = __fit(d, {to}, node, cotangents)
    if {to} in cotangents:
        d = cotangents[{to}] + d
    elif {to}.primitive is not None:
        __heappush(waiting, ({to}.index, {to}))
    cotangents[{to}] = d
"""

    if has is None:
        lines = "for to, vjp in __zip(node.inputs, __vjps):"  # strict= would refuse `_Each`
        lines += indent(step("to", "vjp", "*saved, **node.static"), "    ")
    else:
        each = range(len(has))
        inputs = ", ".join(f"x{i}" for i in each)
        nodes = ["node._first", "node._second"][: len(has)] if len(has) <= 2 else ["*node._first"]
        lines = f"y, {inputs}, = saved\n{', '.join(f'to{i}' for i in each)}, = {', '.join(nodes)},\n"
        lines += "static = node.static\n" if static else ""
        for i in each:
            given = [f"static[{k!r}]" if has[i] == "in order" else f"{k}=static[{k!r}]" for k in static]
            lines += step(f"to{i}", f"__vjp{i}", ", ".join(["y", inputs, *given])) if has[i] else ""
    lines = f"g = cotangents.pop(node)\n{lines}"
    return code("pull", f"def pull(node, saved, cotangents, waiting, along):\n{indent(lines, '    ')}")
