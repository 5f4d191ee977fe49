"""An instance of a module: its variables, locals, resources and calls, each evaluated when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bastide.resources.model import Reference, Sensitive, Unresolved
from bastide.sources.terraform import functions
from bastide.sources.terraform.expand import Instances, instances
from bastide.sources.terraform.nodes import Scope, Traversal, evaluate
from bastide.sources.terraform.parser import parse_template
from bastide.sources.terraform.resource import Resource, provider_values
from bastide.sources.terraform.syntax import SyntaxFault
from bastide.sources.terraform.types import constraint, convert
from bastide.sources.terraform.values import Dynamic, Failed, Refused, describe, secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from bastide.sources.terraform.reader import Declarations
    from bastide.sources.terraform.syntax import Block
    from bastide.sources.terraform.unit import Unit

_WORKING = object()
_NOT_DECLARED = "not declared in this configuration"
_NO_VALUE = "variable without a value"


class ModuleInstance(Dynamic):
    """One instance of a module; its attributes are its outputs.

    `address` is `module.a.module.b["k"]`, empty for the root. `given` evaluates a variable's argument; `calls` is
    the chain of calls, outermost first, and `outer` the module that calls, with the block of the call.
    """

    def __init__(
        self,
        unit: Unit,
        declared: Declarations,
        *,
        address: str = "",
        calls: tuple[str, ...] = (),
        outer: tuple[ModuleInstance, Block, Scope] | None = None,
        given: dict[str, Any] | None = None,
        conditions: tuple[str, ...] = (),
    ) -> None:
        self.unit, self.declared, self.address, self.calls = unit, declared, address, calls
        self.outer, self._given, self.conditions = outer, given or {}, conditions
        self.budget = unit.budget
        self.scope = Scope(self, {})
        self._seen: dict[tuple[str, ...], Any] = {}
        self._instances: dict[tuple[str, ...], Instances] = {}
        self._providers: dict[str, dict[str, Any]] = {}

    # what expressions ask

    def lookup(self, root: str, steps: tuple[Any, ...]) -> tuple[Any, int]:
        """The value of a name with its first steps; see `nodes.Module`."""
        if steps and (seen := self._seen.get((root, steps[0]), _WORKING)) is not _WORKING:
            return seen, 1
        one = _ONE_STEP.get(root)
        if one is not None and steps and isinstance(steps[0], str):
            return self._once((root, steps[0]), lambda: one(self, steps[0])), 1
        if root in ("data", "ephemeral", "resource") and len(steps) > 1:
            return self._resources(root, str(steps[0]), str(steps[1])), 2
        if one is None and steps and isinstance(steps[0], str) and root not in ("each", "count", "self"):
            return self._resources("resource", root, steps[0]), 1
        return Failed(root, "it means nothing here"), 0

    def _once(self, key: tuple[str, ...], make: Callable[[], Any]) -> Any:
        value = self._seen.get(key, self)
        if value is self:
            self._seen[key] = _WORKING
            try:
                value = self._seen[key] = make()
            except BaseException:
                del self._seen[key]
                raise
        return Failed(".".join(key), "it refers to itself") if value is _WORKING else value

    def _resources(self, mode: str, kind: str, name: str) -> Any:
        key = (mode, kind, name)
        if (seen := self._seen.get(key, _WORKING)) is not _WORKING:
            return seen
        block = getattr(self.declared, _TABLES[mode]).get((kind, name))
        prefix = "" if mode == "resource" else f"{mode}."
        if block is None:
            return Unresolved(f"{prefix}{kind}.{name}", _NOT_DECLARED)
        return self._once(key, lambda: self._expanded(key, block, f"{prefix}{kind}.{name}"))

    def _expanded(self, key: tuple[str, ...], block: Block, name: str) -> Any:
        found = self._expand(key, block)
        conditions = self._under(found)

        def make(address: str, names: dict[str, Any]) -> Resource:
            return Resource(block, address, self.scope.with_names(names) if names else self.scope, conditions)

        return found.value(self.prefixed(name), make)

    def _under(self, found: Instances) -> tuple[str, ...]:
        """The conditions under which there are instances, those of the module first, each with its module's address."""
        if not found.condition:
            return self.conditions
        condition = f"{self.address}: {found.condition}" if self.address else found.condition
        return (*self.conditions, condition)

    def _expand(self, key: tuple[str, ...], block: Block) -> Instances:
        if (found := self._instances.get(key)) is None:
            found = self._instances[key] = instances(block, self.scope)
            self.unit.report_instances(block, found)
        return found

    def prefixed(self, name: str) -> str:
        """An address within this module as an address in the unit."""
        return f"{self.address}.{name}" if self.address else name

    def _variable(self, name: str) -> Any:
        block = self.declared.variables.get(name)
        if block is None:
            return Unresolved(f"var.{name}", _NOT_DECLARED)
        attributes = block.body.attributes
        unset = Unresolved(f"var.{name}", _NO_VALUE)
        value: Any = unset
        if "default" in attributes:
            value = evaluate(attributes["default"][0], self.scope)
        given = self._argument(name)
        if given is not _WORKING and not (given is None and _is(block, "nullable", wanted=False)):
            value = given
        if "type" in attributes:
            value = convert(value, constraint(attributes["type"][0]), self.scope)
        if type(value) is Failed and not value.expression:
            value = Failed(f"var.{name}", value.reason)
        if not _is(block, "sensitive", wanted=True):
            return value
        return Sensitive() if value is unset else secret(value)

    def _argument(self, name: str) -> Any:
        if self.outer is None:
            return self._given.get(name, _WORKING)
        argument = self.outer[1].body.attributes.get(name)
        return evaluate(argument[0], self.outer[2]) if argument else _WORKING

    def _local(self, name: str) -> Any:
        found = self.declared.locals.get(name)
        return evaluate(found[0], self.scope) if found else Unresolved(f"local.{name}", _NOT_DECLARED)

    def _path(self, name: str) -> Any:
        return self.unit.path_of(self.declared.folder) if name == "module" else "."

    def _workspace(self, name: str) -> Any:
        return Unresolved(f"terraform.{name}", "chosen when it is run")

    def _module(self, name: str) -> Any:
        block = self.declared.modules.get(name)
        if block is None:
            return Unresolved(f"module.{name}", _NOT_DECLARED)
        declared = self.unit.called(self, block)
        if declared is None:
            return Unresolved(f"module.{name}", f"module {name} is not here")
        calls = (*self.calls, f"{block.text.path}:{block.line} module.{name}")

        found = self._expand(("module", name), block)
        under = self._under(found)

        def make(address: str, names: dict[str, Any]) -> ModuleInstance:
            scope = self.scope.with_names(names)
            outer = (self, block, scope)
            return ModuleInstance(self.unit, declared, address=address, calls=calls, outer=outer, conditions=under)

        return found.value(self.prefixed(f"module.{name}"), make)

    # what a caller sees

    def attribute(self, name: str) -> Any:
        """An output's value."""
        return self._once(("<output>", name), lambda: self._output(name))

    def _output(self, name: str) -> Any:
        block = self.declared.outputs.get(name)
        if block is None or "value" not in block.body.attributes:
            return Unresolved(f"{self.address}.{name}", _NOT_DECLARED)
        value = evaluate(block.body.attributes["value"][0], self.scope)
        return secret(value) if _is(block, "sensitive", wanted=True) else value

    def whole(self) -> Reference | Unresolved:
        return Reference("${" + self.address + "}")

    # what functions ask

    def call(self, name: str, arguments: list[Any], words: object) -> Any:
        """The result of a function; see `nodes.Module`."""
        return functions.call(name, arguments, words, self)

    def read(self, path: str) -> bytes:
        """A file that the configuration names."""
        return self.unit.read(path)

    def listing(self, folder: str) -> list[str]:
        """The files below a folder that the configuration names."""
        return self.unit.listing(folder)

    def render(self, text: str, names: dict[str, Any]) -> Any:
        """A text as a template over names."""
        try:
            return evaluate(parse_template(text), Scope(_Template(self), names))
        except SyntaxFault as fault:
            raise Refused(f"the template is not well formed: {fault.cause}") from None

    # what the unit asks

    def resources(self) -> list[tuple[str, Resource]]:
        """All instances of all resources and data sources that stand in this module itself."""
        found: list[tuple[str, Resource]] = []
        for mode in ("resource", "data"):
            for kind, name in getattr(self.declared, _TABLES[mode]):
                value = self._resources(mode, kind, name)
                found.extend((mode, one) for one in _all(value) if isinstance(one, Resource))
        return found

    def modules(self) -> list[ModuleInstance]:
        """All instances of the modules that it calls and that are here."""
        found: list[ModuleInstance] = []
        for name in self.declared.modules:
            value, _ = self.lookup("module", (name,))
            found.extend(one for one in _all(value) if isinstance(one, ModuleInstance))
        return found

    def provider(self, name: str) -> dict[str, Any]:
        """What is known of the provider's configuration that goes by this name here."""
        if name not in self._providers:
            self._providers[name] = {}
            self._providers[name] = self._provider(name)
        return self._providers[name]

    def _provider(self, name: str) -> dict[str, Any]:
        kind, _, alias = name.partition(".")
        for block in self.declared.providers:
            if block.labels[0] == kind and _alias(block) == alias:
                return provider_values(block, self.scope)
        if self.outer is None:
            return {}
        outer, call, _ = self.outer
        passed = call.body.attributes.get("providers")
        entries = dict(getattr(passed[0], "entries", ())) if passed else {}
        for key, value in entries.items():
            if describe_name(key) == name and isinstance(value, Traversal):
                return outer.provider(describe_name(value))
        return {} if alias else outer.provider(name)


class _Template:
    """The module as a template file sees it: functions, but no names of the module's own."""

    def __init__(self, module: ModuleInstance) -> None:
        self.module, self.budget, self.call = module, module.budget, module.call

    def lookup(self, root: str, steps: tuple[Any, ...]) -> tuple[Any, int]:  # noqa: ARG002  see `nodes.Module`
        return Failed(root, "the template was not given it"), 0


def describe_name(value: Any) -> str:
    """A provider's name as written: `aws.eu`."""
    if isinstance(value, Traversal):
        return ".".join([value.root, *map(str, value.steps)])
    return value if isinstance(value, str) else describe(value)


def _alias(block: Block) -> str:
    value = block.body.attributes.get("alias")
    return value[0] if value and isinstance(value[0], str) else ""


def _is(block: Block, name: str, *, wanted: bool) -> bool:
    value = block.body.attributes.get(name)
    return value is not None and value[0] is wanted


def _all(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value.values())
    return [getattr(value, "instance", value)]


_TABLES = {"resource": "resources", "data": "data", "ephemeral": "ephemeral"}
_ONE_STEP: dict[str, Callable[[ModuleInstance, str], Any]] = {
    "var": ModuleInstance._variable,  # noqa: SLF001  of this module
    "local": ModuleInstance._local,  # noqa: SLF001
    "path": ModuleInstance._path,  # noqa: SLF001
    "terraform": ModuleInstance._workspace,  # noqa: SLF001
    "tofu": ModuleInstance._workspace,  # noqa: SLF001
    "module": ModuleInstance._module,  # noqa: SLF001
}
