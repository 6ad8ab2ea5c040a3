"""The text around the formulas of an exported activation, for each library."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

__all__ = ["ENDS", "TAKEN", "Wording"]

ENDS = ("", "_value", "_derivative", "_second_derivative", "_jvp", "_derivative_jvp")
"""How the names of functions go on after that of the activation."""

_TAKEN = """
torch jax jnp np ctx g output inputs primals tangents self super
add_module apply bfloat16 buffers children compile cpu cuda double eval extra_repr float forward get_buffer
get_extra_state get_parameter get_submodule half ipu load_state_dict modules mtia named_buffers named_children
named_modules named_parameters parameters register_buffer register_module register_parameter requires_grad_
set_extra_state set_submodule share_memory state_dict to to_empty train training type xpu zero_grad
"""
TAKEN = tuple(_TAKEN.split())
"""Names of the code's own, and attributes of ``torch.nn.Module``: no learnable parameter may have them."""


class Wording:
    """The text around the formulas, for each library."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        defaults: Sequence[float],
        first: Sequence[str],
        second: Sequence[str],
        masked: bool,
    ) -> None:
        self.name = name
        self.camel = "".join(word[:1].upper() + word[1:] for word in name.split("_")) or "Exported"
        self.arguments = arguments
        self.alone = len(arguments) == 1
        self.listed = ", ".join(arguments)
        self.unpacked = f"({arguments[0]},)" if self.alone else self.listed
        self.given = ", ".join([arguments[0], *(f"{a}={v!r}" for a, v in zip(arguments[1:], defaults, strict=True))])
        self.defaults = defaults
        self.first, self.second = first, second
        self.masked = masked

    def _cell(self, i: int, k: int) -> str:
        """Name the second derivative by the i-th and the k-th argument."""
        i, k = min(i, k), max(i, k)
        return f"d_{self.arguments[i]}_{self.arguments[k]}"

    def torch(self, parts: Mapping[str, str]) -> list[str]:
        """Write the three functions, an autograd.Function for each of the first two, and what is called."""
        name, camel = self.name, self.camel
        value = parts["value"].replace(f"def {name}(", f"def {name}_value(", 1)
        passed = "torch.where(d_{0} != 0, g * d_{0}, 0.0)" if self.masked else "g * d_{0}"
        if self.alone:
            (x,) = self.arguments
            slope = f"d_{x} = {camel}Derivative.apply({x})\nreturn {passed.format(x)}"
            second = f"return g * {name}_second_derivative({x})"
            taken = "g"
        else:
            slope = f"{', '.join(self.first)} = {camel}Derivative.apply({self.listed})\nreturn ("
            for k, a in enumerate(self.arguments):
                slope += f"\n    ({'g * d_{0}' if k else passed})".format(a) + f".sum_to_size({a}.shape),"
            slope += "\n)"
            taken = ", ".join(f"g_{a}" for a in self.arguments)
            second = f"{', '.join(self.second)} = {name}_second_derivative({self.listed})\nreturn ("
            for k, a in enumerate(self.arguments):
                total = " + ".join(f"g_{b} * {self._cell(i, k)}" for i, b in enumerate(self.arguments))
                second += f"\n    ({total}).sum_to_size({a}.shape),"
            second += "\n)"
        found = [
            value,
            parts["slope"],
            parts["second"],
            self._torch_function(
                f"{camel}Derivative", f"The first derivative of {name}; back through it, the second one.",
                f"{name}_derivative", taken, second,
            ),
            self._torch_function(
                f"{camel}Function", f"The value of {name}; back through it, the first derivative.",
                f"{name}_value", "g", slope,
            ),
            f'def {name}({self.given}):\n    """Return {name} of {self.arguments[0]}."""\n'
            + ("" if self.alone else textwrap.indent(self._as_tensors(), "    "))
            + f"    return {camel}Function.apply({self.listed})",
        ]  # fmt: skip
        return found if self.alone else [*found, self._torch_module()]

    def _as_tensors(self) -> str:
        x = self.arguments[0]
        return "".join(f"{a} = torch.as_tensor({a}, dtype={x}.dtype, device={x}.device)\n" for a in self.arguments[1:])

    def _torch_function(self, title: str, doc: str, forward: str, taken: str, backward: str) -> str:
        return f'''class {title}(torch.autograd.Function):
    """{doc}"""

    generate_vmap_rule = True

    @staticmethod
    def forward({self.listed}):
        return {forward}({self.listed})

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, {taken}):
        {self.unpacked} = ctx.saved_tensors
{textwrap.indent(backward, " " * 8)}'''

    def _torch_module(self) -> str:
        x, *learned = self.arguments
        given = ", ".join(f"{a}={v!r}" for a, v in zip(learned, self.defaults, strict=True))
        number = "torch.nn.Parameter(torch.as_tensor({}, dtype=torch.get_default_dtype()))"
        made = "\n".join(f"        self.{a} = {number.format(a)}" for a in learned)
        return f'''class {self.camel}(torch.nn.Module):
    """{self.name}, with {" and ".join(learned)} to be learned."""

    def __init__(self, {given}):
        super().__init__()
{made}

    def forward(self, {x}):
        return {self.name}({", ".join([x, *(f"self.{a}" for a in learned)])})'''

    def jax(self, parts: Mapping[str, str]) -> list[str]:
        """Write the three functions, the first two as custom_jvp, with their rules."""
        name = self.name
        x = self.arguments[0]
        value = parts["value"].replace(f"def {name}({self.listed})", f"def {name}({self.given})", 1)
        tangents = [f"t_{a}" for a in self.arguments]
        along = f"({tangents[0]},)" if self.alone else ", ".join(tangents)
        begin = f"    {self.unpacked} = primals\n    {along} = tangents\n"
        passed = f"jnp.where(d_{x} != 0, d_{x} * t_{x}, 0)" if self.masked else f"d_{x} * t_{x}"
        terms = " + ".join([passed, *(f"d_{a} * t_{a}" for a in self.arguments[1:])])
        rule = (
            f"@{name}.defjvp\ndef {name}_jvp(primals, tangents):\n{begin}"
            f"    {', '.join(self.first)} = {name}_derivative({self.listed})\n    return {name}({self.listed}), {terms}"
        )
        rows = [
            " + ".join(f"{self._cell(i, k)} * t_{b}" for i, b in enumerate(self.arguments))
            for k in range(len(self.arguments))
        ]
        along_it = rows[0] if self.alone else f"({', '.join(rows)})"
        second = (
            f"@{name}_derivative.defjvp\ndef {name}_derivative_jvp(primals, tangents):\n{begin}"
            f"    {', '.join(self.second)} = {name}_second_derivative({self.listed})\n"
            f"    return {name}_derivative({self.listed}), {along_it}"
        )
        return [f"@jax.custom_jvp\n{value}", f"@jax.custom_jvp\n{parts['slope']}", parts["second"], rule, second]

    def of_rows(self, library: str, value: str, vjp: str, jvp: str, flat: bool) -> list[str]:
        """Write an activation along an axis; with `flat`, whose formulas are those of rows and units alone."""
        name, camel = self.name, self.camel
        rows, back = "x.reshape(-1, x.shape[-1])", ".reshape(*x.shape[:-1], -1)"
        if library == "numpy":
            if not flat:
                return [value, vjp]
            inner = [part.replace(f"def {name}", f"def _{name}", 1) for part in (value, vjp)]
            doc = f"Return {name} of x, along its last axis."
            whole = f'def {name}(x):\n    """{doc}"""\n    return _{name}({rows}){back}'
            pulled = (
                f'def {name}_vjp(x, g):\n    """Return the gradient of x, given that of the value."""\n'
                f"    return _{name}_vjp({rows}, g.reshape(-1, g.shape[-1])).reshape(x.shape)"
            )
            return [*inner, whole, pulled]
        call = f"{camel}Function.apply" if library == "torch" else f"{name}_value" if flat else name
        if library == "torch" or flat:
            value = value.replace(f"def {name}(", f"def {name}_value(", 1)
        along = ", along its last axis" if flat else ""
        run = f"{call}({rows}){back}" if flat else f"{call}(x)"
        outer = f'def {name}(x):\n    """Return {name} of x{along}."""\n    return {run}'
        if library == "torch":
            doc = f"The value of {name}; back through it, its vector-Jacobian product."
            function = self._torch_function(f"{camel}Function", doc, f"{name}_value", "g", f"return {name}_vjp(x, g)")
            return [value, vjp, function, outer]
        rule = (
            f"@{call}.defjvp\ndef {name}_rule(primals, tangents):\n    (x,), (dx,) = primals, tangents\n"
            f"    return {call}(x), {name}_jvp(x, dx)"
        )
        return [f"@jax.custom_jvp\n{value}", jvp, rule, *([outer] if flat else [])]
