"""Images of the user's own: pixel for pixel what the files hold, and no zip that does harm."""

import io
import struct
import zipfile
import zlib

import numpy as np
import pytest
import torch
from layerlab.datasets import REGISTRY
from layerlab.datasets.own_file import Unreadable
from layerlab.errors import SpecError
from PIL import Image

from tests.backend.datasets.test_datasets import load
from tests.pictures import noise, packed, picture, two_classes
from tests.uploads import put

UPLOAD, OTHER = "u0000000000000001", "u0000000000000002"


def read(**fields):
    return load("image_folder", upload=UPLOAD, **fields)


@pytest.mark.parametrize("channels", [1, 3])
def test_pixels_come_back_as_they_were(shelf, channels):
    found = put(shelf, "image_folder", packed(two_classes(channels=channels)))
    assert found["params"] == {"upload": UPLOAD, "size": 10}
    assert found["class_counts"] == {"cats": 6, "dogs": 6}
    assert found["summary"] == f"12 images in {'grey' if channels == 1 else 'colour'}, 2 classes"
    loaded = load("image_folder", **found["params"])
    expected = np.stack([noise(seed, channels=channels) for seed in [*range(6), *range(100, 106)]])
    expected = expected[:, None] if channels == 1 else expected.transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(loaded.inputs.numpy(), expected)
    assert (loaded.inputs.dtype, loaded.targets.dtype) == (torch.uint8, torch.int64)
    assert loaded.targets.tolist() == [0] * 6 + [1] * 6
    assert loaded.class_names == ("cats", "dogs")
    assert loaded.value_range == (0, 255)
    assert loaded.held_out is None
    assert torch.equal(loaded.inputs, load("image_folder", seed=5, **found["params"]).inputs)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_each_format_is_read_by_what_it_is_not_by_its_name(shelf, form):
    files = {f"{label}/{place}.png": picture(noise(place), form) for label in "ab" for place in range(2)}
    put(shelf, "image_folder", packed(files))
    expected = [np.asarray(Image.open(io.BytesIO(content)).convert("RGB")) for content in files.values()]
    np.testing.assert_array_equal(read(size=10).inputs.numpy(), np.stack(expected).transpose(0, 3, 1, 2))


def test_other_modes_become_grey_or_colour(shelf):
    grey = noise(1, channels=1)
    see_through = np.dstack([noise(2), np.full((10, 10), 255, np.uint8)])
    see_through[:5, :, 3] = 0
    images = {
        "a/one bit.png": Image.fromarray(grey > 127),
        "a/grey as colour.png": Image.fromarray(np.dstack([grey] * 3)),
        "a/sixteen bits.png": Image.fromarray(grey.astype(np.uint16) * 257),
        "b/see through.png": Image.fromarray(see_through),
        "b/palette.png": Image.fromarray(noise(3)).quantize(256),
    }
    put(shelf, "image_folder", packed({name: picture(image) for name, image in images.items()}))
    found = read(size=10, colour="colour").inputs.numpy()
    np.testing.assert_array_equal(found[0], np.stack([np.where(grey > 127, 255, 0)] * 3))
    np.testing.assert_array_equal(found[1], np.stack([grey] * 3))
    np.testing.assert_array_equal(found[2], np.stack([grey] * 3))
    assert (found[3][:, :5] == 255).all()
    np.testing.assert_array_equal(found[3][:, 5:], noise(2)[5:].transpose(2, 0, 1))
    np.testing.assert_array_equal(found[4], np.asarray(images["b/palette.png"].convert("RGB")).transpose(2, 0, 1))
    rgb = noise(3).astype(float)
    assert read(size=10, colour="grey").inputs.shape == (5, 1, 10, 10)
    put(
        shelf,
        "image_folder",
        packed({"a/1.png": picture(noise(3)), "b/1.png": picture(noise(3))}),
        upload=UPLOAD[:-1] + "2",
    )
    grey_of_it = load("image_folder", upload=UPLOAD[:-1] + "2", size=10, colour="grey").inputs[0, 0].numpy()
    np.testing.assert_allclose(grey_of_it, rgb @ [0.299, 0.587, 0.114], atol=1)


def test_a_photo_is_turned_as_the_camera_was_held(shelf):
    exif = Image.Exif()
    exif[0x0112] = 6
    upright = noise(1, 10, 10)
    content = picture(Image.fromarray(np.rot90(upright)), exif=exif)
    put(shelf, "image_folder", packed({"a/1.png": content, "b/1.png": content}))
    np.testing.assert_array_equal(read(size=10).inputs[0].numpy(), upright.transpose(2, 0, 1))


def test_crop_takes_the_middle_and_stretch_all_of_it(shelf):
    wide = noise(1, 10, 30, channels=1)
    put(shelf, "image_folder", packed({"a/1.png": picture(wide), "b/1.png": picture(wide.T)}))
    cropped = read(size=10).inputs
    np.testing.assert_array_equal(cropped[0, 0].numpy(), wide[:, 10:20])
    np.testing.assert_array_equal(cropped[1, 0].numpy(), wide.T[10:20])
    stretched = read(size=10, fit="stretch").inputs
    # Pillow smooths by a triangle as wide as three pixels on each side of the place.
    steps = np.abs((np.arange(30) + 0.5) / 3 - (np.arange(10)[:, None] + 0.5))
    weights = np.clip(1 - steps, 0, None)
    expected = wide @ (weights / weights.sum(1, keepdims=True)).T
    np.testing.assert_allclose(stretched[0, 0].numpy(), expected, atol=1)


def test_large_images_are_kept_small(shelf):
    smooth = np.tile(np.linspace(0, 255, 600).astype(np.uint8), (300, 1))
    put(shelf, "image_folder", packed({"a/1.jpg": picture(smooth, "JPEG"), "b/1.png": picture(smooth)}))
    assert (shelf / UPLOAD / "content" / "pixels.bin").stat().st_size == 2 * 128 * 64
    found = read(size=64, fit="stretch").inputs[:, 0, 32].float()
    np.testing.assert_allclose(found.numpy(), [np.linspace(0, 255, 64)] * 2, atol=4)


def test_a_test_folder_is_held_out(shelf):
    places = [(part, label, place) for part in ("train", "test") for label in "ab" for place in range(2)]
    files = {f"set/{part}/{label}/{place}.png": picture(noise(place)) for part, label, place in places}
    found = put(shelf, "image_folder", packed(files))
    assert any("4 images lie in a folder of test images" in note for note in found["notes"])
    held_out = read(size=10).held_out
    assert held_out is not None
    assert held_out.tolist() == [False] * 4 + [True] * 4


def test_a_single_image_is_told_as_one(shelf):
    files = {
        name: picture(noise(place)) for place, name in enumerate(("train/a/1.png", "train/b/1.png", "test/b/2.png"))
    }
    found = put(shelf, "image_folder", packed(files))
    assert "1 image lies in a folder of test images and is held out for validation." in found["notes"]
    with pytest.raises(Unreadable, match=r"^The only image lies in no folder\."):
        put(shelf, "image_folder", packed({"1.png": picture(noise(1))}), upload="u0000000000000002")


def test_what_is_no_image_is_left_out_and_told(shelf):
    files = {**two_classes(), "loose.png": picture(noise(1)), "cats/list.txt": b"x", "__MACOSX/cats/._1.png": b"x",
             "cats/.DS_Store": b"x", "dogs/Thumbs.db": b"x"}  # fmt: skip
    found = put(shelf, "image_folder", packed(files))
    assert found["class_counts"] == {"cats": 6, "dogs": 6}
    assert [note.rsplit(": ", 1)[-1] for note in found["notes"][1:]] == ["1.", "1."]


def test_arrays_are_made_once_and_the_oldest_goes(shelf):
    put(shelf, "image_folder", packed(two_classes(2)))
    content = shelf / UPLOAD / "content"
    first = read(size=10).inputs
    stamp = (content / "images-10-3-crop.npy").stat().st_ino
    read(size=10)
    assert (content / "images-10-3-crop.npy").stat().st_ino == stamp
    for size in range(11, 16):
        assert read(size=size).inputs.shape == (4, 3, size, size)
    assert len(list(content.glob("images-*.npy"))) == 2
    assert not (content / "images-10-3-crop.npy").exists()
    first[:] = 0  # in memory only
    assert read(size=10).inputs.any()


def lying(files, *, size=None, crc=None):
    """A zip whose first entry says another size or checksum than it has."""
    raw = bytearray(packed(files, zipfile.ZIP_STORED if crc else zipfile.ZIP_DEFLATED))
    central = raw.index(b"PK\x01\x02")
    if size is not None:
        raw[22:26] = raw[central + 24 : central + 28] = struct.pack("<I", size)
    if crc is not None:
        raw[14:18] = raw[central + 16 : central + 20] = struct.pack("<I", crc)
    return bytes(raw)


def encrypted():
    raw = bytearray(packed(two_classes()))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


def overlapping():
    """Two names for one piece of packed bytes, twice as large together as the file."""
    raw = bytearray(packed({"a/1.png": noise(1, 300, 300).tobytes(), "b/1.png": b""}, zipfile.ZIP_STORED))
    first = raw.index(b"PK\x01\x02")
    second = raw.index(b"PK\x01\x02", first + 4)
    raw[second + 20 : second + 28] = raw[first + 20 : first + 28]
    return bytes(raw)


def huge_png(width, height):
    """A PNG whose head says that it is so large, with hardly any pixels."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


GOOD = two_classes()
HOSTILE = {
    "no zip": (b"not a zip at all", "damaged_zip", "no zip"),
    "a truncated zip": (packed(GOOD)[:-30], "damaged_zip", "damaged"),
    "a zip cut in front": (packed(GOOD)[5:], "damaged_zip", "damaged"),
    "traversal": (packed({**GOOD, "../../cats/x.png": b"x"}), "unsafe_name", "../../cats/x.png"),
    "traversal on Windows": (packed({**GOOD, "cats\\..\\..\\x.png": b"x"}), "unsafe_name", "leads out"),
    "an absolute name": (packed({**GOOD, "/etc/cats/x.png": b"x"}), "unsafe_name", "/etc/cats/x.png"),
    "a drive": (packed({**GOOD, "C:/cats/x.png": b"x"}), "unsafe_name", "C:/cats"),
    "NUL in a name": (packed({**GOOD, "cats/xAyy.png": b"x"}).replace(b"xAyy", b"x\0yy"), "unsafe_name", "characters"),
    "escape in a name": (packed({**GOOD, "cats/x\x1b[2J.png": b"x"}), "unsafe_name", "characters"),
    "a zip in the zip": (packed({**GOOD, "cats/more.zip": packed(GOOD)}), "nested_zip", "cats/more.zip"),
    "a bomb": (packed({**GOOD, "cats/x.png": bytes(5_000_000)}), "zip_bomb", "times its size"),
    "many small bombs": (packed({**GOOD, **{f"cats/{n}.png": bytes(900_000) for n in range(40)}}), "zip_bomb", "times"),
    "files over each other": (overlapping(), "zip_bomb", "over each other"),
    "a size too small": (lying(GOOD, size=20), "damaged_zip", "damaged"),
    "a size too large": (lying(GOOD, size=900), "damaged_zip", "says 900"),
    "a wrong checksum": (lying(GOOD, crc=1), "damaged_zip", "damaged"),
    "encrypted": (encrypted(), "encrypted_zip", "encrypted"),
    "an odd method": (packed(GOOD, zipfile.ZIP_LZMA), "unknown_packing", "method"),
    "text as an image": (packed({**GOOD, "cats/x.png": b"hello"}), "not_an_image", "cats/x.png"),
    "an image cut short": (packed({**GOOD, "cats/x.png": GOOD["cats/1.png"][:-40]}), "not_an_image", "cats/x.png"),
    "a GIF": (packed({**GOOD, "cats/x.png": picture(noise(1), "GIF")}), "not_an_image", "cats/x.png"),
    "a huge image": (packed({**GOOD, "cats/x.png": huge_png(60000, 60000)}), "image_too_large", "60000 × 60000"),
    "a lying image": (packed({**GOOD, "cats/x.png": huge_png(4000, 4000)}), "not_an_image", "cats/x.png"),
    "no folders": (packed({"1.png": GOOD["cats/1.png"]}), "no_classes", "no folder"),
    "one folder": (packed({"cats/1.png": GOOD["cats/1.png"]}), "no_classes", "folder cats"),
    "an empty zip": (packed({}), "no_classes", "no images"),
    "too many classes": (packed({f"c{n}/1.png": b"" for n in range(1001)}), "too_many_classes", "1001 folders"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "code", "words"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_zip_is_refused_in_a_sentence(shelf, body, code, words):
    with pytest.raises(Unreadable) as caught:
        put(shelf, "image_folder", body)
    assert caught.value.code == code
    assert words in caught.value.message
    assert caught.value.message.isprintable()
    written = {path.name for path in shelf.parent.rglob("*") if path.is_file()}
    assert written <= {"file", "pixels.bin"}


@pytest.mark.parametrize(
    ("limits", "code", "words"),
    [
        ({"inflated_bytes": 2000}, "too_large", "0.002 MB are the most"),
        ({"entries": 11}, "too_large", "12 files, and 11 are the most"),
        ({"image_pixels": 99}, "image_too_large", "10 × 10 pixels"),
        ({"all_pixels": 1150}, "too_large", "more than 0.00115 million pixels"),
    ],
)
def test_limits_are_told_with_both_numbers(shelf, limits, code, words):
    with pytest.raises(Unreadable) as caught:
        put(shelf, "image_folder", packed(GOOD), **limits)
    assert (caught.value.code, words in caught.value.message) == (code, True)


def test_too_many_pixels_for_training_are_refused(shelf, monkeypatch):
    put(shelf, "image_folder", packed(GOOD))
    monkeypatch.setattr("layerlab.datasets.own_images.Limits", lambda: type("Small", (), {"content_bytes": 1000}))
    kind = REGISTRY.get("image_folder")
    with pytest.raises(SpecError, match="12 images of that size"):
        kind.size(kind.Params(upload=UPLOAD, size=10))
