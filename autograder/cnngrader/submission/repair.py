"""Making a submitted notebook gradable: the release tells which cells there must be.

Cells are matched by grade id, then by content, since other editors lose metadata, and people delete, copy,
merge, split and retype cells. What was done is reported. A student's own work is never lost, and no stub
takes the place of it. The work grows with the size of what was handed in.
"""

from collections import Counter
from functools import cached_property

import nbformat
from nbformat import NotebookNode

from cnngrader.cells import id_of, is_answer, is_check, mark_of, name_of
from cnngrader.submission.attachments import keep_attachments
from cnngrader.submission.compared_cell import ComparedCell
from cnngrader.submission.given_text import added_lines, apart, is_given

ELSEWHERE = "# This answer is in another cell."


def repair(submitted: NotebookNode, template: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """The submitted notebook with every cell of the template in its place, and what was repaired.

    Locked cells get the template's text, and what a student added to one stays behind it. Answers keep the
    student's. One that is missing is put back empty, so that it scores 0, unless it is found in another cell.
    Further cells stay where the student put them; blocks of text around a written answer become part of it.
    """
    return _Repair(submitted, template).result()


class _Repair:
    def __init__(self, submitted: NotebookNode, template: NotebookNode):
        self.template = [ComparedCell(cell) for cell in template.cells]
        self.metadata = template.metadata
        self.wanted = {id_of(cell.cell): cell for cell in self.template if mark_of(cell.cell)}
        self.given = {cell.text for cell in self.template if is_given(cell.cell)}
        cells, found = apart(submitted.cells, template.cells)
        self.cells = [ComparedCell(cell) for cell in cells]
        self.match: dict[str, int] = {}  # grade id -> place in the submitted notebook
        self.dropped: set[int] = set()  # places of stubs, and of texts that have become part of an answer
        self.notes = [
            f"{_named(self.wanted[id].cell)} was found in a cell with more, and is a cell of its own again."
            for id in found
        ]
        kernel = submitted.metadata.get("kernelspec", {}).get("name", "python3")
        if "python" not in kernel.lower():
            self.notes.append(f"The notebook names the kernel {kernel!r}; it was run with Python all the same.")

    def result(self) -> tuple[NotebookNode, list[str]]:
        self._by_id()
        self._by_content()
        self._drop_stubs()
        self._gather_written()
        cells = self._assemble()
        for name in keep_attachments(cells):
            self.notes.append(f"The picture `{name}` was not among what was handed in, too large, or no picture.")
        _give_ids(cells, {cell.cell.get("id") for cell in self.template})
        return NotebookNode(nbformat=4, nbformat_minor=5, metadata=self.metadata, cells=cells), self.notes

    # Which cell is which

    def _by_id(self) -> None:
        places: dict[str, list[int]] = {}
        for index, cell in enumerate(self.cells):
            if (name := id_of(cell.cell)) in self.wanted:
                places.setdefault(name, []).append(index)
        for name, indices in places.items():
            wanted = self.wanted[name]
            filled = [i for i in indices if self._filled(i, wanted)]
            self.match[name] = (filled or indices)[-1]
            if _written(wanted.cell) and len(indices) > 1:
                self._join(name, filled or indices)
                self.dropped |= set(indices) - {self.match[name]}
            elif len(indices) > 1:
                self.notes.append(
                    f"{_named(wanted.cell)} was there {len(indices)} times; the last one that is filled in counts."
                )

    def _filled(self, index: int, wanted: ComparedCell) -> bool:
        return self.cells[index].text not in ("", wanted.text) and not (
            _written(wanted.cell) and self.cells[index].text in self.given
        )

    def _by_content(self) -> None:
        taken = set(self.match.values())
        free = [i for i, c in enumerate(self.cells) if i not in taken and id_of(c.cell) not in self.wanted]
        same: dict[str, list[int]] = {}
        defining: dict[str, list[int]] = {}
        for index in free:
            same.setdefault(self.cells[index].text, []).append(index)
            for name in self.cells[index].functions:
                defining.setdefault(name, []).append(index)
        answers = {name for c in self.template if not is_given(c.cell) for name in c.functions}
        for id, wanted in self.wanted.items():
            if id in self.match:
                continue
            locked, copies = is_given(wanted.cell), [i for i in same.get(wanted.text, ()) if i not in taken]
            found = sorted({i for name in wanted.functions for i in defining.get(name, ()) if i not in taken})
            if locked:  # what holds an answer is not to be put back as it was given out
                found = [i for i in found if not self.cells[i].functions & answers]
                found = copies or found
            elif wanted.functions:
                found = [i for i in found if self._filled(i, wanted)] or copies or found
            elif (place := self._behind_question(wanted, free, taken)) is not None:
                found = [place]
            else:
                found = copies
            if not found and not wanted.functions:
                found = [i for i in free if i not in taken and self.cells[i].is_like(wanted)]
                found = [i for i in found if not (locked and self.cells[i].functions & answers)]
            if found:
                self.match[id] = found[-1]
                taken.add(found[-1])
                if not locked or found[-1] not in copies:
                    self.notes.append(f"{_named(wanted.cell)} had lost its mark and was recognised by its content.")

    def _behind_question(self, wanted: ComparedCell, free: list[int], taken: set[int]) -> int | None:
        """An answer that defines no function and has lost its mark stands behind its question."""
        index = self.template.index(wanted)
        question = self.template[index - 1].text if index else ""
        for i in free if question else ():
            fits = (self.cells[i].kind == "code") == (wanted.kind == "code")
            if i and i not in taken and fits and self.cells[i - 1].text == question:
                return i
        return None

    # Written answers

    def _gather_written(self) -> None:
        """Make one of an answer and the student's texts around it: an editor, or the student, has split it."""
        places: dict[str, int] = {}
        for place, own in enumerate(self.cells):
            places.setdefault(own.text, place)
        texts = [cell for cell in self.template if not mark_of(cell.cell) and cell.kind != "code"]
        before = -1
        for cell in self.template:
            id = id_of(cell.cell)
            if _written(cell.cell):
                index = self.match.get(id)
                parts = self._texts((before if index is None else index) + 1, 1, texts, cell)
                if index is not None and self._filled(index, cell):
                    parts = [index, *parts] if parts else []
                elif index is not None:
                    parts = [*reversed(self._texts(index - 1, -1, texts, cell)), *parts]
                if parts and (index is not None or before >= 0):
                    self.match.setdefault(id, parts[0])
                    self._join(id, parts)
            before = self.match.get(id, before) if id else places.get(cell.text, before)

    def _texts(self, start: int, step: int, given: list[ComparedCell], wanted: ComparedCell) -> list[int]:
        """Places of the student's own texts that follow each other from a place on."""
        taken, found = set(self.match.values()), []
        for index in range(start, len(self.cells) if step > 0 else -1, step):
            cell = self.cells[index]
            if index in self.dropped:
                continue
            if index in taken or cell.kind == "code":
                break
            if any(cell.text == one.text or cell.is_like(one) for one in given):
                break
            if self._filled(index, wanted):
                found.append(index)
        return found

    def _join(self, id: str, parts: list[int]) -> None:
        """Make the cells at these places one, where the answer is."""
        place = self.match[id]
        texts, pictures = [], dict[str, object]()
        for index in parts:
            cell = self.cells[index].cell
            text = cell.source.strip()
            for name, picture in cell.get("attachments", {}).items():
                new = name
                while pictures.get(new, picture) != picture:
                    new = f"{index}-{new}"
                pictures[new] = picture
                text = text if new == name else text.replace(f"attachment:{name}", f"attachment:{new}")
            if text not in texts:
                texts.append(text)
        self.dropped |= set(parts) - {place}
        joined = NotebookNode(self.cells[place].cell, source="\n\n".join(texts), attachments=pictures)
        self.cells[place] = ComparedCell(joined)
        self.notes.append(f"{_named(self.wanted[id].cell)} was found in {len(parts)} cells and is in one.")

    # Code

    def _drop_stubs(self) -> None:
        """Copies of a stub that would define again what is defined already."""
        stubs = {cell.text for id, cell in self.wanted.items() if not is_given(cell.cell) and cell.names}
        matched = set(self.match.values())
        self.dropped |= {i for i, cell in enumerate(self.cells) if cell.text in stubs and i not in matched}

    def _assemble(self) -> list[NotebookNode]:
        """The student's order, with what is missing put behind the template cell before it."""
        place = {index: id for id, index in self.match.items()}
        before: dict[int, list[NotebookNode]] = {}
        behind: dict[int, list[NotebookNode]] = {}
        last = -1
        for id, wanted in self.wanted.items():
            if id in self.match:
                last = self.match[id]
                continue
            found, first = self._defined(wanted, len(self.cells))
            missing = nbformat.from_dict(wanted.cell)
            if found:
                missing.source = ELSEWHERE
                self.notes.append(f"{_named(wanted.cell)} was found in another cell, and counts from there.")
            else:
                empty = "" if is_given(wanted.cell) else ", empty"
                self.notes.append(f"{_named(wanted.cell)} was missing and was put back{empty}.")
            if first is not None and not found and first <= last:  # what is there in part comes after it, and counts
                before.setdefault(first, []).append(missing)
            else:
                behind.setdefault(last, []).append(missing)
        assembled = behind.get(-1, [])
        for index, cell in enumerate(self.cells):
            assembled += before.get(index, [])
            if index in place:
                assembled += self._restored(index, self.wanted[place[index]])
            elif index not in self.dropped:
                cell.cell.metadata.pop("nbgrader", None)
                assembled.append(cell.cell)
            assembled += behind.get(index, [])
        return assembled

    def _defined(self, wanted: ComparedCell, end: int) -> tuple[bool, int | None]:
        """Whether the student's cells before a place define all that is an answer's alone, and the first
        that defines some of it."""
        own = self._own_names.get(id_of(wanted.cell), set())
        places = {name: [i for i in self._definers.get(name, ()) if i < end] for name in own}
        found = [indices[0] for indices in places.values() if indices]
        return bool(own) and all(places.values()), min(found, default=None)

    @cached_property
    def _own_names(self) -> dict[str, set[str]]:
        """Of each answer in code, what its stub defines and no other cell of the template."""
        times = Counter(name for cell in self.template if cell.kind == "code" for name in cell.names)
        code = {id: cell for id, cell in self.wanted.items() if cell.kind == "code" and not is_given(cell.cell)}
        return {id: {name for name in cell.names if times[name] == 1} for id, cell in code.items()}

    @cached_property
    def _definers(self) -> dict[str, list[int]]:
        """Places of the student's code that defines a name; a stub is nobody's."""
        ids = {index: id for id, index in self.match.items()}
        found: dict[str, list[int]] = {}
        for index, cell in enumerate(self.cells):
            wanted = self.wanted.get(ids.get(index, ""))
            runs = cell.kind == "code" if wanted is None else wanted.kind == "code" and self._filled(index, wanted)
            if runs and index not in self.dropped:
                for name in cell.names:
                    found.setdefault(name, []).append(index)
        return found

    def _restored(self, index: int, wanted: ComparedCell) -> list[NotebookNode]:
        cell, restored = self.cells[index], nbformat.from_dict(wanted.cell)
        if cell.kind != wanted.kind:
            self.notes.append(f"{_named(wanted.cell)} had become a {cell.kind} cell and is a {wanted.kind} cell again.")
        if not is_given(wanted.cell):
            restored.source, restored.attachments = cell.cell.source, cell.cell.get("attachments", {})
            if not self._filled(index, wanted) and self._defined(wanted, index)[0]:
                restored.source = ELSEWHERE
                self.notes.append(f"{_named(wanted.cell)} was found in another cell, and counts from there.")
            return [restored]
        if cell.text == wanted.text:
            return [restored]
        added = added_lines(cell.cell.source, wanted.cell.source)
        if not added and any(cell.names & own for own in self._own_names.values()):
            added = cell.cell.source
        own = [NotebookNode(cell.cell, source=added, metadata=NotebookNode())] if added else []
        kept = ", with what was added to it in a cell behind it" if own else ""
        self.notes.append(f"{_named(wanted.cell)} had been changed and is as it was given out{kept}.")
        return [restored, *own]


def _written(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and is_answer(cell)


def _named(cell: NotebookNode) -> str:
    kind = "Your answer" if is_answer(cell) else "The check" if is_check(cell) else "The given cell"
    return f"{kind} `{name_of(cell)}`"


def _give_ids(cells: list[NotebookNode], given: set[str]) -> None:
    """The template's ids, and for the student's own cells ids by place, the same each time."""
    seen: set[str] = set()
    for index, cell in enumerate(cells):
        if cell.get("id") in seen or cell.get("id") not in given:
            cell["id"] = f"student-{index}"
        seen.add(cell["id"])
