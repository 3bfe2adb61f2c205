"""What an author declares in a TOML file, as a dataclass. An error names the file, the line, the key and what it
must be, in words."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from cnngrader.errors import AuthorError

Declared = TypeVar("Declared")
Key = tuple[str | int, ...]
"""Where a value stands: names of tables and keys, and numbers in lists."""

_WORDS = {
    "array": "a list",
    "bool": "true or false",
    "datetime": "a time",
    "float": "a number",
    "int": "a whole number",
    "object": "a table",
    "str": "text",
}


def read_declared(path: Path, kind: type[Declared]) -> Declared:
    """The file's tables as an object of this dataclass. Raises AuthorError."""
    text = _read(path)
    data = _parse(path, text)
    for key, known in _unknown(data, kind):
        raise fault(path, key, f"is unknown; known are {', '.join(sorted(known))}")
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        said, _, where = str(error).rstrip("`").partition(" - at `$")
        key = _key(where)
        if missing := re.fullmatch(r"Object missing required field `?(.*?)`?", said):
            raise fault(path, (*key, missing[1]), "is missing") from None
        raise fault(path, key, _words(said, _at(data, key))) from None


def fault(path: Path, key: Key, words: str) -> AuthorError:
    """What is not right about the value there, with its line. words: go on from the value's name."""
    text = _read(path)
    return AuthorError(f"{path}, line {_line(text, key)}: {_name(_parse(path, text), key)} {words}")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise AuthorError(f"{path}: not valid TOML: {error}") from None


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AuthorError(f"{path}: not valid TOML: {error}") from None


def _unknown(data: Any, kind: Any, key: Key = ()) -> Iterator[tuple[Key, list[str]]]:
    """Keys for which the dataclass, or one within it, has no field, and the fields that it has."""
    if is_dataclass(kind) and isinstance(data, dict):
        kinds = get_type_hints(kind)
        names = [field.name for field in fields(kind) if field.init]
        for name, value in data.items():
            if name not in names:
                yield (*key, name), names
            else:
                yield from _unknown(value, kinds[name], (*key, name))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            for inner in get_args(kind)[:1]:
                yield from _unknown(value, inner, (*key, index))


def _key(where: str) -> Key:
    """`.mutant[3].says` as ("mutant", 3, "says"); `[...]`, one of a table's values, is the table."""
    parts = re.findall(r"\.([^.\[]+)|\[(\d+)\]", where.replace("[...]", ""))
    return tuple(name or int(index) for name, index in parts)


def _at(data: Any, key: Key) -> Any:
    for part in key:
        data = data[part]
    return data


def _name(data: Any, key: Key) -> str:
    """The key for a person, with an entry of a list called as it calls itself."""
    name = ""
    for place, part in enumerate(key, 1):
        if isinstance(part, str):
            name += f"{'.' if name else ''}{part}"
            continue
        entry = _at(data, key[:place])
        own = entry.get("name") if isinstance(entry, dict) else None
        name += f" {own!r}" if isinstance(own, str) else f" {part + 1}"
    return name


def _words(said: str, value: Any) -> str:
    if isinstance(value, dict) and "array" in said:
        return "is one table, and must be a list of tables, each in double brackets: [[ ]]"
    shown = str(value) if isinstance(value, date) else repr(value)
    expected = re.match(r"Expected `(.*?)`(?: of length (\d+))?", said)
    kinds = expected[1].split(" | ") if expected else ["datetime"] if "RFC3339" in said else []
    must = " or ".join(_WORDS.get(kind, kind) for kind in kinds if kind != "null")
    length = f" of {expected[2]}" if expected and expected[2] else ""
    return f"is {shown}, and must be {must}{length}" if must else f"is {shown}: {said}"


def _line(text: str, key: Key) -> int:
    """Where the value begins, or the table that lacks it: behind the longest beginning of the file that is TOML
    without it."""
    lines = text.splitlines()
    without = 0
    for count in range(1, len(lines) + 1):
        try:
            _at(tomllib.loads("\n".join(lines[:count])), key)
            return without + 1
        except tomllib.TOMLDecodeError:
            continue
        except LookupError:
            without = count
    return _line(text, key[:-1]) if key else 1
