"""The library's page is what the library says."""

from pathlib import Path

from cnnkit import blocks
from write_readme import EXAMPLES, text

HERE = Path(__file__).resolve().parent


def test_the_page_is_up_to_date():
    assert (HERE / "README.md").read_text(encoding="utf-8") == text(), "run: make docs"


def test_every_block_has_its_picture():
    assert set(blocks.__all__) == {*EXAMPLES, "unet_up"}, "give the new block an example in write_readme.py"
    for name in blocks.__all__:
        assert "<svg" in (HERE / "pictures" / f"{name}.svg").read_text(encoding="utf-8"), "run: make docs"
