"""Every public function and class says what it is, and what each of its arguments is."""

import importlib
import inspect
from dataclasses import is_dataclass

import docstring_parser
import pytest

import cnnkit

NAMES = ["cnnkit", *(f"cnnkit.{name}" for name in cnnkit.__all__), "cnnkit.counting.specs", "cnnkit.model_view"]
MODULES = [importlib.import_module(name) for name in NAMES if name != "cnnkit.quiet"]


def public_in(module):
    """What its __all__ names; in a file without one, what is written there."""
    here = [name for name, thing in vars(module).items() if getattr(thing, "__module__", "") == module.__name__]
    names = getattr(module, "__all__", [name for name in here if not name.startswith("_")])
    things = {f"{module.__name__}.{name}": getattr(module, name) for name in names}
    return {name: thing for name, thing in things.items() if inspect.isroutine(thing) or inspect.isclass(thing)}


PUBLIC = {name: thing for module in MODULES for name, thing in public_in(module).items()}


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
