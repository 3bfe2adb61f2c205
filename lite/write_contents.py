"""What a JupyterLite site offers: released assignments whose notebooks need no TensorFlow. `make lite` runs this.

python lite/write_contents.py FOLDER ID ...
"""

import sys
from pathlib import Path

import nbformat

RELEASED = Path(__file__).resolve().parents[1] / "assignments"
INSTALLATION = """\
# In the browser this installs cnnkit, which takes a minute the first time. Elsewhere it does nothing.
# NumPy's whole numbers have 32 bits here and end at 2,147,483,647 without a word: np.prod(sizes, dtype=np.int64).
import sys

if sys.platform == "emscripten":
    import piplite

    await piplite.install("cnnkit")
"""


def write_contents(folder: Path, assignments: list[str]) -> None:
    """Each into a folder of its name, with a first code cell that installs cnnkit where the kernel is a browser's."""
    for assignment in assignments:
        for path in sorted((RELEASED / assignment).iterdir()):
            place = folder / assignment / path.name
            place.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix == ".ipynb":
                nbformat.write(with_installation(nbformat.read(path, as_version=4)), place)
            else:
                place.write_bytes(path.read_bytes())


def with_installation(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    first = next(place for place, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    notebook.cells.insert(first, nbformat.v4.new_code_cell(INSTALLATION, id="in-a-browser"))
    return notebook


if __name__ == "__main__":
    write_contents(Path(sys.argv[1]), sys.argv[2:])
