import numpy as np
import pytest
from PIL import Image

from cnnkit.datasets import DataError, read_image_pairs

RNG = np.random.default_rng(0)
CELLS = np.zeros((8, 10), "uint8")
CELLS[1:4, 1:5], CELLS[5:7, 6:9] = 1, 1


def save(path, *pages):
    path.parent.mkdir(parents=True, exist_ok=True)
    first, *others = [page if isinstance(page, Image.Image) else Image.fromarray(page) for page in pages]
    first.save(path, **({"save_all": True, "append_images": others} if others else {}))
    return path


def grey(bits=8, shape=(8, 10)):
    return RNG.integers(0, 2**bits, shape, dtype=f"uint{bits}")


@pytest.fixture
def folder(tmp_path):
    """Three good pairs in images/ and masks/."""
    for name in "abc":
        save(tmp_path / "images" / f"{name}.png", grey())
        save(tmp_path / "masks" / f"{name}.png", 255 * CELLS)
    return tmp_path


def pairs_of(image, mask, tmp_path, suffix=".png", **arguments):
    """What is read from one image and one mask, saved as they are."""
    save(tmp_path / f"one{suffix}", image)
    save(tmp_path / f"one_mask{suffix}", mask)
    images, masks = read_image_pairs(tmp_path, **arguments)
    return images[0], masks[0]


def test_three_ways_to_lay_out_pairs_give_the_same(tmp_path):
    images, masks = [grey() for _ in range(3)], [255 * np.roll(CELLS, shift) for shift in range(3)]
    for name, image, mask in zip("abc", images, masks, strict=True):
        save(tmp_path / "two" / "images" / f"{name}.png", image)
        save(tmp_path / "two" / "masks" / f"{name}.tif", mask)
        save(tmp_path / "one" / f"{name}.tif", image)
        save(tmp_path / "one" / f"{name}_mask.png", mask)
    stacks = save(tmp_path / "volume.tif", *images), save(tmp_path / "labels.tif", *masks)
    for arguments in (
        [tmp_path / "two"],
        [str(tmp_path / "one")],
        stacks,
        [tmp_path / "two" / "images", tmp_path / "two" / "masks"],
    ):
        found, marked = read_image_pairs(*arguments)
        np.testing.assert_allclose(np.stack(found)[..., 0], np.stack(images) / 255, rtol=1e-6)
        np.testing.assert_array_equal(np.stack(marked), np.stack(masks) // 255)
        assert found[0].dtype == np.float32 and marked[0].dtype == np.int32


def test_names_that_have_only_a_number_in_common(tmp_path):
    """As in the Cell Tracking Challenge: 01/t007.tif and 01_ST/SEG/man_seg007.tif."""
    images = {number: grey(16) for number in (0, 7, 12)}
    for number, image in images.items():
        save(tmp_path / "01" / f"t{number:03}.tif", image)
        save(tmp_path / "01_ST" / "SEG" / f"man_seg{number:03}.tif", (image // 256).astype("uint16"))
    found, marked = read_image_pairs(tmp_path / "01", tmp_path / "01_ST" / "SEG", kind="labels")
    for image, mask, expected in zip(found, marked, images.values(), strict=True):
        np.testing.assert_allclose(image[..., 0], expected / 65535, rtol=1e-6)
        np.testing.assert_array_equal(mask, expected // 256)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("bits", [8, 16])
def test_grey_of_8_and_16_bits(tmp_path, suffix, bits):
    image = grey(bits)
    found, _ = pairs_of(image, CELLS, tmp_path, suffix)
    assert found.shape == (8, 10, 1)
    np.testing.assert_allclose(found[..., 0], image / (2**bits - 1), rtol=1e-6)


def test_colours_black_and_white_floats_and_transparency(tmp_path):
    colours, floats, bits = grey(shape=(8, 10, 3)), RNG.random((8, 10)).astype("float32"), CELLS > 0
    alpha = grey()
    for image, suffix, expected in (
        (colours, ".png", colours / 255),
        (np.dstack([colours, alpha]), ".png", colours / 255),
        (np.dstack([alpha, colours[..., 0]]), ".png", alpha[..., None] / 255),
        (np.dstack([alpha] * 3), ".tif", alpha[..., None] / 255),
        (floats, ".tif", floats[..., None]),
        (bits, ".png", bits[..., None]),
        (Image.fromarray(colours).quantize(256), ".png", None),
    ):
        found, _ = pairs_of(image, CELLS, tmp_path / suffix, suffix)
        if expected is None:
            assert found.shape == (8, 10, 3) and np.abs(found - colours / 255).mean() < 0.1
        else:
            np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_16_bit_colours_are_read(tmp_path):
    tifffile = pytest.importorskip("tifffile")
    image = grey(16, (8, 10, 3))
    tifffile.imwrite(tmp_path / "one.tif", image, photometric="rgb")
    save(tmp_path / "one_mask.tif", CELLS)
    np.testing.assert_allclose(read_image_pairs(tmp_path)[0][0], image / 65535, atol=1 / 255)


def test_grey_images_among_coloured_ones_have_three_equal_channels(folder):
    save(folder / "images" / "b.png", grey(shape=(8, 10, 3)))
    images, _ = read_image_pairs(folder)
    assert [image.shape[2] for image in images] == [3, 3, 3]
    assert np.ptp(images[0], axis=2).max() == 0 < np.ptp(images[1], axis=2).max()
    images[0][:] = 0  # each is an array of its own


@pytest.mark.parametrize(
    "mask", [CELLS, 255 * CELLS, 65535 * CELLS.astype("uint16"), CELLS > 0, np.dstack([255 * CELLS] * 3), 0 * CELLS]
)
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_masks_of_one_class(tmp_path, mask, suffix):
    _, marked = pairs_of(grey(), mask, tmp_path, suffix)
    np.testing.assert_array_equal(marked, (mask if mask.ndim == 2 else mask[..., 0]) > 0)


def test_parts_of_a_class_are_numbered_where_asked(tmp_path):
    _, marked = pairs_of(grey(), 255 * CELLS, tmp_path, kind="parts")
    np.testing.assert_array_equal(np.unique(marked), [0, 1, 2])
    assert len(np.unique(marked[CELLS > 0][:12])) == 1 and marked[2, 2] != marked[5, 6]


@pytest.mark.parametrize("bits", [8, 16])
def test_labels_are_as_they_are(tmp_path, bits):
    labels = grey(bits)
    np.testing.assert_array_equal(pairs_of(grey(), labels, tmp_path, kind="labels")[1], labels)


def test_a_palette_of_colours_is_labels(tmp_path):
    mask = Image.fromarray(3 * CELLS)
    mask.putpalette([0, 0, 0, 9, 9, 9, 0, 128, 0, 128, 0, 0])
    np.testing.assert_array_equal(pairs_of(grey(), mask, tmp_path, kind="labels")[1], 3 * CELLS)


def test_a_palette_is_judged_by_all_files_together(tmp_path):
    """A tile without cells uses white alone, which is grey; it is background all the same."""
    for name, cells in (("a", CELLS), ("b", 0 * CELLS)):
        mask = Image.fromarray(cells)
        mask.putpalette([255, 255, 255, 200, 0, 0])
        save(tmp_path / f"{name}_mask.png", mask)
        save(tmp_path / f"{name}.png", grey())
    for kind in ("class", "labels"):
        _, masks = read_image_pairs(tmp_path, kind=kind)
        np.testing.assert_array_equal(masks, [CELLS, 0 * CELLS])


def test_a_grey_palette_is_what_it_shows(tmp_path):
    mask = Image.fromarray(1 - CELLS)
    mask.putpalette([255, 255, 255, 0, 0, 0])
    np.testing.assert_array_equal(pairs_of(grey(), mask, tmp_path)[1], CELLS)


def test_a_mask_in_the_transparency_alone(tmp_path):
    for name, cells in (("a", CELLS), ("b", 0 * CELLS), ("c", 0 * CELLS + 1)):
        save(tmp_path / f"{name}_mask.png", np.dstack([np.zeros((8, 10, 3), "uint8"), 255 * cells]))
        save(tmp_path / f"{name}.png", grey())
    np.testing.assert_array_equal(read_image_pairs(tmp_path)[1], [CELLS, 0 * CELLS, 0 * CELLS + 1])


def test_transparency_beside_a_mask_is_dropped(tmp_path):
    mask = np.dstack([*[255 * CELLS] * 3, grey()])
    np.testing.assert_array_equal(pairs_of(grey(), mask, tmp_path)[1], CELLS)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_turned_as_the_camera_was_held(tmp_path, orientation):
    from PIL import ImageOps

    exif = Image.Exif()
    exif[274] = orientation
    Image.fromarray(grey()).save(tmp_path / "one.png", exif=exif)
    with Image.open(tmp_path / "one.png") as file:
        upright = np.asarray(ImageOps.exif_transpose(file))
    save(tmp_path / "one_mask.png", np.zeros(upright.shape, "uint8"))
    np.testing.assert_allclose(read_image_pairs(tmp_path)[0][0][..., 0], upright / 255, rtol=1e-6)


def test_of_a_telephones_several_views_the_first_is_read(tmp_path):
    first = Image.fromarray(grey(shape=(8, 10, 3)))
    first.save(
        tmp_path / "one.jpg", format="MPO", save_all=True, append_images=[Image.fromarray(grey(shape=(8, 10, 3)))]
    )
    save(tmp_path / "one_mask.png", CELLS)
    with Image.open(tmp_path / "one.jpg") as file:
        assert file.n_frames == 2
    assert [image.shape for image in read_image_pairs(tmp_path)[0]] == [(8, 10, 3)]


@pytest.mark.parametrize("bits", [8, 16])
def test_a_tiff_in_which_0_is_white(tmp_path, bits):
    """An image is as a viewer shows it; labels are the numbers that somebody wrote."""
    tifffile = pytest.importorskip("tifffile")
    image, labels, most = grey(bits), CELLS.astype(f"uint{bits}") * 7, 2**bits - 1
    tifffile.imwrite(tmp_path / "one.tif", image, photometric="miniswhite")
    tifffile.imwrite(tmp_path / "one_mask.tif", labels, photometric="miniswhite")
    images, masks = read_image_pairs(tmp_path, kind="labels")
    np.testing.assert_allclose(images[0][..., 0], (most - image) / most, atol=1e-6)
    np.testing.assert_array_equal(masks[0], labels)


def test_pairs_may_differ_in_size(folder):
    save(folder / "images" / "b.png", grey(shape=(4, 5)))
    save(folder / "masks" / "b.png", CELLS[:4, :5])
    assert [image.shape[:2] for image in read_image_pairs(folder)[0]] == [(8, 10), (4, 5), (8, 10)]


def test_other_files_are_left_alone(folder):
    (folder / "images" / "notes.txt").write_text("")
    (folder / "images" / ".hidden.png").write_text("")
    assert len(read_image_pairs(folder)[0]) == 3


def refused(*arguments, **keywords):
    with pytest.raises(DataError) as caught:
        read_image_pairs(*arguments, **keywords)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_files_without_a_partner_are_all_named(folder):
    for number in range(7):
        save(folder / "images" / f"lone{number}.png", grey())
    (folder / "images" / "a.png").unlink()
    message = refused(folder)
    assert message.startswith(f"{folder}: expected a mask for each image, found 9 images and 3 masks; ")
    assert "7 without a mask: lone0.png, lone1.png, lone2.png, lone3.png, lone4.png, and 2 more; " in message
    assert "1 masks without an image: a.png" in message


def test_two_files_of_one_name_are_named(folder):
    save(folder / "masks" / "b.tif", CELLS)
    assert "2 of one name: b.png, b.tif" in refused(folder)


def test_all_that_cannot_be_used_is_in_one_error(folder):
    (folder / "images" / "a.png").write_bytes(b"no image")
    save(folder / "masks" / "b.png", 17 * CELLS)
    save(folder / "masks" / "c.png", CELLS[:, 1:])
    save(folder / "images" / "d.png", grey())
    save(folder / "masks" / "d.png", grey(shape=(8, 10, 3)))
    message = refused(folder)
    assert message.startswith(f"{folder}: expected 4 pairs of image and mask, found 1 that cannot be read (save ")
    assert "a.png (cannot identify image file" in message
    assert 'pass kind="labels"; else' in message and "b.png (0, 17); " in message
    assert "1 whose mask has another height x width " in message and "c.png (8x10) and c.png (8x9); " in message
    assert message.endswith("1 whose mask has colours (save it in grey, a number for each class or cell): d.png")


def test_a_smeared_mask_is_named_with_its_values(folder):
    Image.fromarray(255 * CELLS).resize((10, 8), Image.Resampling.BILINEAR, box=(0, 0, 9, 7)).save(
        folder / "masks" / "a.png"
    )
    assert "as it was before a resize or JPEG): a.png (0, 28, 76, 79, ... 255)" in refused(folder)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + bytes(40)])
def test_a_damaged_file_is_named(folder, content):
    (folder / "masks" / "b.png").write_bytes(content)
    assert "1 that cannot be read (save them again as PNG or TIFF): b.png (" in refused(folder)


def test_a_file_that_was_cut_short_is_named(folder):
    for name in ("images/a.png", "images/b.png"):
        (folder / name).write_bytes((folder / name).read_bytes()[:-40])
    assert "2 that cannot be read (save them again as PNG or TIFF): a.png (" in refused(folder)


def test_stacks_of_unequal_length_are_named(tmp_path):
    stacks = save(tmp_path / "v.tif", grey(), grey()), save(tmp_path / "l.tif", CELLS, CELLS, CELLS)
    assert "1 whose mask has another number of pages (each image needs its own): v.tif (2) and l.tif (3)" in refused(
        *stacks
    )


def test_numbers_that_are_no_image_or_mask_are_named(tmp_path):
    image, mask = tmp_path / "i.tif", tmp_path / "m.tif"
    for wrong, of in ((np.full((8, 10), 1.5, "float32"), image), (np.full((8, 10), np.nan, "float32"), image)):
        save(image, grey()), save(mask, CELLS), save(of, wrong)
        assert "1 with other numbers than of 8 or 16 bits or from 0 to 1 (convert them): i.tif" in refused(image, mask)
    for wrong in (CELLS.astype("float32") / 2, -CELLS.astype("int32"), CELLS * np.float32(np.nan)):
        save(image, grey()), save(mask, wrong)
        assert "holds other values than whole numbers from 0 on (convert it): m.tif" in refused(image, mask)


def test_what_is_no_layout_is_answered_with_the_layouts(tmp_path, folder):
    empty = tmp_path / "empty"
    empty.mkdir()
    for arguments in ([empty], [folder / "images"], [folder / "images" / "a.png"], [empty, folder / "masks" / "a.png"]):
        assert "expected a folder with images/ and masks/ in it, or with NAME.png beside" in refused(*arguments)
    assert "nowhere: expected a folder or a file" in refused(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="'class', 'parts', 'labels', and received 'instances'"):
        read_image_pairs(folder, kind="instances")
