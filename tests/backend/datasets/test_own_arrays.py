"""Arrays of the user's own: the numbers that were saved, and nothing that could run."""

import io
import struct
import zipfile

import numpy as np
import pytest
import torch
from layerlab.datasets.own_file import Unreadable
from layerlab.errors import SpecError

from tests.backend.datasets.test_datasets import load
from tests.pictures import packed
from tests.uploads import arrays, put

UPLOAD = "u0000000000000001"
Y = np.array([0, 2, 5, 2])


def read(**fields):
    return load("npz", upload=UPLOAD, **fields)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", ">f4", "i2", ">i8", "u1", "?"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_table_comes_back_as_it_was(shelf, dtype, order):
    x = np.arange(12).reshape(4, 3).astype(dtype, order=order)
    found = put(shelf, "npz", arrays(x=x, y=Y))
    assert found["params"] == {"upload": UPLOAD, "x": "x", "y": "y"}
    assert found["summary"].startswith("x (4 × 3 ")
    loaded = read()
    assert loaded.inputs.dtype == torch.float32
    np.testing.assert_array_equal(loaded.inputs.numpy(), x.astype(np.float32))
    assert (loaded.input_kind, loaded.task) == ("tabular", "classification")
    assert loaded.targets.tolist() == [0, 1, 2, 1]
    assert loaded.class_names == ("0", "2", "5")


@pytest.mark.parametrize(
    ("shape", "layout", "expected", "kind"),
    [
        ((4, 6, 5), "auto", (4, 1, 6, 5), "image"),
        ((4, 6, 5), "sequence", (4, 6, 5), "sequence"),
        ((4, 3, 6, 5), "auto", (4, 3, 6, 5), "image"),
        ((4, 6, 5, 3), "auto", (4, 3, 6, 5), "image"),
        ((4, 3, 6, 3), "auto", (4, 3, 6, 3), "image"),
        ((4, 3, 6, 3), "channels_last", (4, 3, 3, 6), "image"),
        ((4, 7), "table", (4, 7), "tabular"),
    ],
)
def test_axes_are_read_as_they_say(shelf, shape, layout, expected, kind):
    x = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    put(shelf, "npz", arrays(x=x, y=Y))
    loaded = read(layout=layout)
    assert (tuple(loaded.inputs.shape), loaded.input_kind) == (expected, kind)
    theirs = torch.from_numpy(x)
    if expected != shape:
        theirs = theirs[:, None] if len(shape) == 3 else theirs.permute(0, 3, 1, 2)
    assert torch.equal(loaded.inputs, theirs if kind == "image" else theirs.float())
    assert loaded.value_range == ((0, 255) if kind == "image" else None)


def test_targets_are_names_numbers_or_classes(shelf):
    x = np.zeros((4, 2))
    y = np.array([[1.0, 10], [2, 20], [3, 30], [4, 40]])
    put(shelf, "npz", arrays(x=x, names=np.array(["dog", "cat", "dog", "é"]), y=y, whole=Y[:, None]))
    named = read(y="names")
    assert (named.class_names, named.targets.tolist()) == (("cat", "dog", "é"), [1, 0, 1, 2])
    numbers = read(y="y")
    assert (numbers.task, numbers.class_names) == ("regression", ())
    np.testing.assert_array_equal(numbers.targets.numpy(), y.astype(np.float32))
    later = read(y="y", scale_target=True)
    assert (later.scales_targets, numbers.scales_targets) == (True, False)
    np.testing.assert_array_equal(later.targets.numpy(), y.astype(np.float32))
    assert read(y="whole").targets.tolist() == [0, 1, 2, 1]
    assert read(y="whole", task="regression").targets.tolist() == [[0], [2], [5], [2]]


def test_all_arrays_are_told(shelf):
    found = put(shelf, "npz", arrays(x=np.zeros((4, 2)), y=Y, names=np.array(["a", "b", "a", "c"])))
    assert found["arrays"] == [
        {"name": "x", "shape": [4, 2], "dtype": "float64"},
        {"name": "y", "shape": [4], "dtype": str(Y.dtype)},
        {"name": "names", "shape": [4], "dtype": "text"},
    ]


def test_usual_names_are_known(shelf):
    found = put(shelf, "npz", arrays(y_train=Y, x_train=np.zeros((4, 2)), x_test=np.zeros((3, 2)), y_test=Y[:3]))
    assert (found["params"]["x"], found["params"]["y"]) == ("x_train", "y_train")
    found = put(shelf, "npz", arrays(a=Y, b=np.zeros((4, 2))), upload="u0000000000000002")
    assert (found["params"]["x"], found["params"]["y"]) == ("b", "a")


def saved(array, **options):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, **options)
    return file.getvalue()


def lying(shape):
    """An array whose head says another shape than it has."""
    raw = saved(np.zeros((4, 2)))
    head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".ljust(len(raw) - 10 - 64 - 1) + "\n"
    return raw[:8] + struct.pack("<H", len(head)) + head.encode() + raw[-64:]


def with_head(text):
    """An array with any head."""
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode() + bytes(64)


def npz(x):
    return packed({"x.npy": x, "y.npy": saved(Y)})


OBJECTS = np.array([{"a": 1}, None], object)
HOSTILE = {
    "no zip": (b"x" * 100, "damaged_zip", "no zip"),
    "objects": (npz(saved(OBJECTS, allow_pickle=True)), "object_array", "Python objects"),
    "a field of objects": (npz(saved(np.zeros(2, [("a", "O")]), allow_pickle=True)), "object_array", "Python objects"),
    "records": (npz(saved(np.zeros(4, [("a", "f4")]))), "wrong_array", "no number"),
    "complex numbers": (npz(saved(np.zeros((4, 2), complex))), "wrong_array", "complex128"),
    "dates": (npz(saved(np.zeros((4, 2), "M8[s]"))), "wrong_array", "datetime64"),
    "bytes": (npz(saved(np.zeros((4, 2), "S3"))), "wrong_array", "no number"),
    "a shape too large": (npz(lying((4000000000, 400000))), "lying_array", "but 64 are there"),
    "a shape too small": (npz(lying((3, 2))), "lying_array", "48 bytes, but 64 are there"),
    "a negative shape": (npz(lying((-4, -2))), "lying_array", "but 64 are there"),
    "code as a head": (npz(with_head("__import__('os').system('true')\n")), "not_an_array", "no array"),
    "a deep head": (npz(with_head("(" * 9000 + ")" * 900 + "\n")), "not_an_array", "no array"),
    "a long head": (npz(with_head(" " * 60000 + "\n")), "not_an_array", "no array"),
    "cut short": (npz(saved(np.zeros((4, 2)))[:40]), "not_an_array", "no array"),
    "text": (npz(b"hello"), "not_an_array", "no array"),
    "no arrays": (packed({"x.txt": b"hello"}), "no_arrays", "holds no arrays"),
    "too many": (packed({f"{n}.npy": saved(Y) for n in range(33)}), "no_arrays", "33 arrays"),
    "one array": (arrays(x=np.zeros((4, 2))), "no_arrays", "No two arrays"),
    "of other lengths": (arrays(x=np.zeros((4, 2)), y=Y[:3]), "no_arrays", "No two arrays"),
    "a bomb": (arrays(x=np.zeros((1000, 1000)), y=np.zeros(1000)), "zip_bomb", "times its size"),
    "traversal": (packed({"../x.npy": saved(np.zeros((4, 2))), "y.npy": saved(Y)}), "unsafe_name", "../x.npy"),
    "an odd method": (packed({"x.npy": saved(Y)}, zipfile.ZIP_BZIP2), "unknown_packing", "method"),
}  # fmt: skip


def test_labels_that_pack_nearly_to_nothing_are_no_bomb(shelf):
    y = np.repeat(np.arange(2), 100_000)
    x = np.random.default_rng(0).integers(0, 256, (len(y), 2), np.uint8)
    body = arrays(x=x, y=y)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        entry = archive.getinfo("y.npy")
    assert entry.file_size > 200 * entry.compress_size
    put(shelf, "npz", body)
    assert read().targets.bincount().tolist() == [100_000, 100_000]


@pytest.mark.parametrize(("body", "code", "words"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_in_a_sentence(shelf, body, code, words):
    with pytest.raises(Unreadable) as caught:
        put(shelf, "npz", body)
    assert caught.value.code == code
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("fields", "place", "words"),
    [
        ({"x": "nothing"}, "x", "no array called nothing"),
        ({"y": "short"}, "y", "x has 4 samples, but short has 3"),
        ({"x": "names"}, "x", "holds text"),
        ({"x": "gaps"}, "x", "NaN"),
        ({"x": "flat"}, "x", "cannot be samples"),
        ({"x": "five"}, "x", "cannot be samples"),
        ({"layout": "image"}, "layout", "cannot be image"),
        ({"y": "gaps"}, "y", "NaN"),
        ({"y": "same"}, "y", "has 1 different value,"),
        ({"y": "names", "task": "regression"}, "task", "no numbers"),
        ({"y": "x", "task": "classification"}, "y", "one number or name"),
        ({"y": "five"}, "y", "at most 64 numbers"),
        ({"x": "single"}, "x", "fewer than two samples"),
    ],
)
def test_a_wrong_choice_is_told_at_its_field(shelf, fields, place, words):
    gaps = np.array([[1, np.nan]] * 4)
    put(shelf, "npz", arrays(
        x=np.zeros((4, 2)), y=Y, short=Y[:3], names=np.array(["a", "b", "a", "b"]), gaps=gaps, flat=np.zeros(4),
        five=np.zeros((4, 2, 2, 2, 2)), same=np.zeros(4, int), single=np.float32(3),
    ))  # fmt: skip
    with pytest.raises(SpecError) as caught:
        read(**fields)
    (problem,) = caught.value.problems()
    assert problem.path == f"data.params.{place}"
    assert words in problem.message
    assert problem.hint
