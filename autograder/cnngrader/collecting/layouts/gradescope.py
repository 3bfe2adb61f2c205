"""Gradescope's export of an assignment's submissions."""

from datetime import UTC, datetime
from typing import Any

import yaml

from cnngrader.collecting.handed_in import Member
from cnngrader.collecting.layouts.layout import HandIn, Layout, Owned, owned
from cnngrader.errors import UsageError

_METADATA = "submission_metadata.yml"


class _Loader(yaml.SafeLoader):
    """Ruby's tags are passed over: what they stand at is read as if it had none."""


def _untagged(loader: yaml.SafeLoader, _: str, node: Any) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Loader.add_multi_constructor("", _untagged)


class Gradescope(Layout):
    """`submission_123/mnist_cnn.ipynb` beside submission_metadata.yml, whose key of that name has `:submitters`, each
    with `:name`, `:sid`, `:email`, and `:created_at`. A group's hand-in is each of its students'.

    From third parties' readers of the file, one of 2023. A student is called by SID, else e-mail, else by name and
    folder.
    """

    def __init__(self, hand_in: HandIn) -> None:
        super().__init__(hand_in)
        self._told: dict[str, Any] = {}
        for entry in hand_in.entries:
            if entry.name == _METADATA:
                try:
                    told = yaml.load(entry.content, _Loader)
                except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
                    raise UsageError(
                        f"{_METADATA} cannot be read ({' '.join(str(error).split())[:200]}). Download it again"
                    ) from None
                self._told = {str(key): one for key, one in told.items()} if isinstance(told, dict) else {}

    def owners(self, entry: Member) -> list[Owned] | None:
        folder, slash, file = entry.name.partition("/")
        told = self._told.get(folder)
        if not slash or not isinstance(told, dict):
            return None
        submitters = told.get(":submitters")
        found = [given for one in submitters if (given := _given(one, folder))] if isinstance(submitters, list) else []
        time = _instant(told.get(":created_at"))
        return [owned(given, file, entry)._replace(time=time) for given in dict.fromkeys(found)] or None


def _given(told: object, folder: str) -> str:
    if not isinstance(told, dict):
        return ""
    if known := told.get(":sid") or told.get(":email"):
        return str(known)
    return f"{told[':name']}_{folder.rpartition('_')[2]}" if told.get(":name") else ""


def _instant(told: object) -> datetime | None:
    if not isinstance(told, datetime):
        return None
    return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)
