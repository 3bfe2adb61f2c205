"""Which cells of a notebook a check needs, from what each cell defines and uses."""

import ast
import symtable
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

from nbformat import NotebookNode


class Slices:
    """Definitions and uses of a notebook's code cells, read once. modules: all names that are imported.

    A cell needs the cells that define or change the names it uses, wherever they stand. Calling
    `model.fit(...)` or setting `rates[0]` changes `model` and `rates`; a module is not changed by
    calling what is in it.
    """

    def __init__(self, notebook: NotebookNode):
        code = {index: _read(cell.source) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
        self.modules = frozenset(name for cell in code.values() for name in cell.imported)
        self.defines = {index: cell.defined | cell.changed - self.modules for index, cell in code.items()}
        self.uses = {index: cell.used for index, cell in code.items()}

    def needed(self, asked: Collection[str]) -> set[int]:
        """Places of the cells that the names asked for depend on, directly and in turn."""
        needed: set[int] = set()
        waiting, seen = set(asked), set()
        while waiting:
            name = waiting.pop()
            seen.add(name)
            for index, defined in self.defines.items():
                if name in defined and index not in needed:
                    needed.add(index)
                    waiting |= self.uses[index] - seen
        return needed


@dataclass(frozen=True)
class _CodeCell:
    defined: frozenset[str]
    used: frozenset[str]
    imported: frozenset[str]
    changed: frozenset[str]


@cache  # mutants differ in one cell each
def _read(source: str) -> _CodeCell:
    code = _without_magics(source)
    return _CodeCell(*(frozenset(names(code)) for names in (_defined, _used, _imported, _changed)))


def _used(source: str) -> set[str]:
    """Names used from outside the cell or defined in it, locals of functions apart."""
    table = _table(source)
    if table is None:
        return set()
    used = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    waiting = list(table.get_children())
    while waiting:
        scope = waiting.pop()
        used |= {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global()}
        waiting += scope.get_children()
    body = _outside_functions(ast.parse(source))
    return used | {n.target.id for n in body if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name)}


def _outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield node
            yield from _outside_functions(node)


def _defined(source: str) -> set[str]:
    table = _table(source)
    symbols = table.get_symbols() if table else []
    return {s.get_name() for s in symbols if s.is_assigned() or s.is_imported() or s.is_namespace()}


def _imported(source: str) -> set[str]:
    table = _table(source)
    return {s.get_name() for s in table.get_symbols() if s.is_imported()} if table else set()


def _changed(source: str) -> set[str]:
    """Variables on which a method is called, of which a part is set, or that `:=` sets (from within a
    comprehension, too), outside functions."""
    if _table(source) is None:
        return set()
    found: set[str] = set()
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(statement):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            stored = isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store)
            if called or stored:
                found |= _owner(node.func if isinstance(node, ast.Call) else node)
            elif isinstance(node, ast.NamedExpr):
                found.add(node.target.id)
    return found


def _owner(node: ast.AST) -> set[str]:
    """The variable under a.b.c or a[i]."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


class _WithScopes(ast.NodeTransformer):
    """Makes a generator of each list, set and dict that is comprehended: the same names in the same scopes, of which
    some versions of Python keep no table where they run a comprehension within its function."""

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp) -> ast.AST:
        return self.generic_visit(ast.GeneratorExp(node.elt, node.generators))

    visit_SetComp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        pair = ast.Tuple([node.key, node.value], ast.Load())
        return self.generic_visit(ast.GeneratorExp(pair, node.generators))


def _table(source: str) -> symtable.SymbolTable | None:
    try:
        tree = ast.fix_missing_locations(_WithScopes().visit(ast.parse(source)))
        return symtable.symtable(ast.unparse(tree), "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _without_magics(source: str) -> str:
    if _table(source) is not None:
        return source  # what begins a line with % is an operator
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines())
