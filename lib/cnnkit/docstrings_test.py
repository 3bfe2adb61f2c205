"""Every public function and class says what it is, and what each of its arguments is."""

import importlib
import inspect
import pkgutil
from dataclasses import is_dataclass

import docstring_parser
import pytest

import cnnkit

MODULES = [importlib.import_module(module.name) for module in pkgutil.iter_modules(cnnkit.__path__, "cnnkit.")]
MODULES += [importlib.import_module(f"cnnkit.counting.{name}") for name in ("networks", "specs")]
PUBLIC = {
    f"{module.__name__}.{name}": getattr(module, name)
    for module in MODULES
    for name in getattr(module, "__all__", ())
    if inspect.isroutine(getattr(module, name)) or inspect.isclass(getattr(module, name))
}


def parameters_of(thing):
    """By their names; those of a dataclass that it has from another one are told there."""
    if is_dataclass(thing):
        return {name for name in thing.__dataclass_fields__ if name in inspect.get_annotations(thing)}
    if inspect.isclass(thing) and issubclass(thing, Exception):
        return set()
    kinds = {parameter.name: parameter.kind for parameter in inspect.signature(thing).parameters.values()}
    return {name for name, kind in kinds.items() if kind not in (kind.VAR_POSITIONAL, kind.VAR_KEYWORD)}


@pytest.mark.parametrize("name", PUBLIC)
def test_a_docstring_tells_of_each_argument_and_of_no_other(name):
    thing = PUBLIC[name]
    assert thing.__doc__, "it has no docstring"
    told = docstring_parser.parse(inspect.getdoc(thing), docstring_parser.DocstringStyle.GOOGLE).params
    names = [each for argument in told for each in argument.arg_name.split(", ") if not each.startswith("*")]
    assert sorted(names) == sorted(parameters_of(thing)), "Args names the parameters, each once"
    assert all(argument.description for argument in told)
