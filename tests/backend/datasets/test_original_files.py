"""Sets read from their original files: small generated ones always, the real MNIST where it is there."""

import gzip
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from layerlab.datasets import REGISTRY
from layerlab.errors import SpecError
from layerlab.training.inspection import inspect
from layerlab_schemas.run import CheckRequest

from tests.backend.datasets.test_datasets import load
from tests.originals import (
    NUM_TEST,
    NUM_TRAIN,
    archive,
    cifar_members,
    cifar_rows,
    classes_of,
    grey_images,
    idx,
    write_idx_set,
)

#: The real files of the test part lie beside the repository on some machines.
REAL_MNIST = [path for folder in Path(__file__).resolve().parents if (path := folder / "shared/data/mnist").is_dir()]
#: How often each digit is among the 10 000 of the test part, as is widely published.
REAL_COUNTS = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


@pytest.fixture
def root(tmp_path, monkeypatch):
    """An empty folder of original files."""
    monkeypatch.setenv("LAYERLAB_ORIGINALS_DIR", str(tmp_path))
    return tmp_path


def refused(kind: str, **fields) -> str:
    """The one problem of a check, which raises nothing."""
    body = {"data": {"dataset": kind, "params": fields}, "graph": [{"kind": "linear", "out_features": 10}]}
    with pytest.raises(SpecError) as caught:
        load(kind, **fields)
    (problem,) = caught.value.problems()
    checked = inspect(CheckRequest.model_validate(body))
    assert not checked.ok
    assert [seen.message for seen in checked.problems] == [problem.message]
    assert problem.hint
    return f"{problem.path}: {problem.message}"


@pytest.mark.parametrize(("kind", "seed"), [("mnist", 0), ("fashion_mnist", 1)])
def test_idx_files_are_read_as_they_were_written(kind, seed):
    loaded = load(kind)
    expected = np.concatenate([grey_images(NUM_TRAIN, seed), grey_images(NUM_TEST, seed)])
    assert (loaded.inputs.shape, loaded.inputs.dtype) == ((NUM_TRAIN + NUM_TEST, 1, 28, 28), torch.uint8)
    assert np.array_equal(loaded.inputs[:, 0].numpy(), expected)
    assert loaded.targets.tolist() == [*classes_of(NUM_TRAIN).tolist(), *classes_of(NUM_TEST).tolist()]
    assert loaded.held_out.tolist() == [False] * NUM_TRAIN + [True] * NUM_TEST
    assert loaded.value_range == (0, 255)
    assert len(loaded.class_names) == 10


@pytest.mark.parametrize("form", ["archive", "bin", "bin in the archive's folder"])
def test_cifar_is_read_as_it_was_written(root, form):
    if form == "archive":
        (root / "cifar-10-binary.tar.gz").write_bytes(archive(cifar_members()))
    else:
        folder = root / "cifar10" / ("" if form == "bin" else "cifar-10-batches-bin")
        folder.mkdir(parents=True)
        for name, data in cifar_members().items():
            (folder / name).write_bytes(data)
    loaded = load("cifar10")
    expected = np.concatenate([cifar_rows(10, seed) for seed in range(6)])
    assert (loaded.inputs.shape, loaded.inputs.dtype) == ((60, 3, 32, 32), torch.uint8)
    assert np.array_equal(loaded.inputs.numpy(), expected[:, 1:].reshape(-1, 3, 32, 32))
    assert loaded.targets.tolist() == expected[:, 0].tolist()
    assert loaded.held_out.nonzero()[:, 0].tolist() == list(range(50, 60))


def test_red_comes_before_green(root):
    """The format's own words: 1024 bytes of red, then of green, then of blue, each row by row."""
    members = cifar_members()
    row = bytes([3]) + bytes(range(32)) + bytes(992) + bytes([1]) * 1024 + bytes([2]) * 1024
    members["data_batch_1.bin"] = row
    (root / "cifar-10-binary.tar.gz").write_bytes(archive(members))
    first = load("cifar10").inputs[0]
    assert first[0, 0].tolist() == list(range(32))
    assert first[0, 1:].unique().tolist() == [0]
    assert [first[channel].unique().tolist() for channel in (1, 2)] == [[1], [2]]


@pytest.mark.parametrize(
    ("fields", "wanted", "held_out"),
    [
        ({"part": "both"}, NUM_TRAIN + NUM_TEST, NUM_TEST),
        ({"part": "train"}, NUM_TRAIN, None),
        ({"part": "test"}, NUM_TEST, None),
        ({"samples": 20}, 40, 20),
        ({"part": "test", "samples": 20}, 20, None),
        ({"samples": 1000}, NUM_TRAIN + NUM_TEST, NUM_TEST),
    ],
)
def test_a_field_says_which_part(fields, wanted, held_out):
    loaded = load("mnist", **fields)
    assert len(loaded.inputs) == len(loaded.targets) == wanted
    assert (None if loaded.held_out is None else int(loaded.held_out.sum())) == held_out


def test_one_part_will_do(root):
    write_idx_set(root / "mnist", parts=("t10k",))
    loaded = load("mnist")
    assert (len(loaded.inputs), loaded.held_out) == (NUM_TEST, None)
    assert refused("mnist", part="train").startswith("data.params.part: The training part of MNIST is not there")
    assert refused("mnist", part="both").startswith("data.params.part: The training part of MNIST is not there")


@pytest.mark.parametrize("folder", ["", "mnist", "MNIST/raw", "MNIST"])
@pytest.mark.parametrize("suffix", ["gz", "plain", "dotted"])
def test_files_may_lie_in_folders_that_others_make(root, folder, suffix):
    write_idx_set(root / folder)
    if suffix != "gz":
        for packed in list((root / folder).iterdir()):
            name = packed.name.removesuffix(".gz")
            plain = name.replace("-idx", ".idx") if suffix == "dotted" else name
            (root / folder / plain).write_bytes(gzip.decompress(packed.read_bytes()))
            packed.unlink()
    assert np.array_equal(load("mnist").inputs[:NUM_TRAIN, 0].numpy(), grey_images(NUM_TRAIN))


def test_clothes_are_not_taken_for_digits(root, monkeypatch):
    """Their files bear the same names."""
    write_idx_set(root)
    assert "files of Fashion-MNIST are not there" in refused("fashion_mnist")
    own = root / "fashion-mnist"
    write_idx_set(own, seed=1)
    monkeypatch.setenv("LAYERLAB_ORIGINALS_DIR", str(own))
    assert np.array_equal(load("fashion_mnist").inputs[:NUM_TRAIN, 0].numpy(), grey_images(NUM_TRAIN, 1))


def test_nothing_there_says_what_to_do(root, monkeypatch):
    assert refused("cifar10") == "data.dataset: The files of CIFAR-10 are not there."
    with pytest.raises(SpecError, match=r"put cifar-10-binary\.tar\.gz into .*cifar10") as caught:
        load("cifar10")
    assert str(root) in str(caught.value)
    monkeypatch.delenv("LAYERLAB_ORIGINALS_DIR")
    assert "no folder for them is set" in refused("mnist")


IMAGES, LABELS = idx(grey_images(NUM_TEST)), idx(classes_of(NUM_TEST))
LYING = (10_000).to_bytes(4, "big")
#: File to spoil, what is put there, and what is said of it.
SPOILT = {
    "cut off": ("images", gzip.compress(IMAGES[:-1]), "is cut off: it announces 30 samples and holds 29"),
    "cut off plain": ("images", IMAGES[:-784], "is cut off: it announces 30 samples and holds 29"),
    "cut off in the header": ("images", gzip.compress(IMAGES[:10]), "is cut off: it ends in its header"),
    "empty": ("images", b"", "is not the IDX file it should be: it begins with , not 00 00 08 03"),
    "half of the packed file": ("images", gzip.compress(IMAGES)[:2000], "in the middle of its packed data"),
    "a flipped byte": ("images", gzip.compress(IMAGES)[:-8] + bytes(8), "is damaged: it cannot be unpacked"),
    "nonsense behind gzip's magic": ("images", b"\x1f\x8b" + bytes(50), "is damaged: it cannot be unpacked"),
    "wrong magic": ("images", gzip.compress(LABELS), "begins with 00 00 08 01, not 00 00 08 03"),
    "a web page": ("labels", b"<!doctype html>", "begins with 3c 21 64 6f, not 00 00 08 01"),
    "floats": ("images", b"\0\0\x0d\x03" + IMAGES[4:], "begins with 00 00 0d 03, not 00 00 08 03"),
    "other sizes": ("images", idx(np.zeros((5, 27, 28))), "has samples of 27×28, not 28×28"),
    "no samples": ("images", idx(np.zeros((0, 28, 28))), "announces 0 samples, and 1 to 100000 can be"),
    "a lying count": ("images", IMAGES[:4] + LYING + IMAGES[8:], "it announces 10000 samples and holds 30"),
    "a count of 4 billion": ("images", IMAGES[:4] + b"\xff" * 4 + IMAGES[8:], "announces 4294967295 samples"),
    "more than announced": ("images", IMAGES + b"\0", "holds more than the 30 samples that it announces"),
    "a bomb": ("labels", gzip.compress(LABELS + bytes(5_000_000)), "holds more than the 30 samples"),
    "other counts": ("labels", idx(classes_of(29)), "has 29 classes for the 30 images of t10k-images-idx3-ubyte.gz"),
    "an unknown class": ("labels", idx(np.full(NUM_TEST, 10)), "names the class 10, and classes are 0 to 9"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_idx_file_is_named(root, name):
    which, data, said = SPOILT[name]
    write_idx_set(root / "mnist", parts=("t10k",))
    spoilt = next((root / "mnist").glob(f"t10k-{which}*"))
    spoilt.write_bytes(data)
    message = refused("mnist")
    assert message.startswith(f"data.dataset: {spoilt.name} ")
    assert said in message


def _tar(**changed: bytes | None) -> bytes:
    members = {**cifar_members(), **{f"{name}.bin": data for name, data in changed.items()}}
    return archive({name: data for name, data in members.items() if data is not None})


WHOLE = _tar()
MOST_HERE = 1_000_000
SPOILT_ARCHIVES = {
    "cut off": (WHOLE[:-5000], "is cut off"),
    "no gzip": (b"BZh91AY&SY", "is damaged: it cannot be unpacked"),
    "no tar": (gzip.compress(b"<!doctype html>" * 100), "is cut off, or is no tar archive"),
    "a part missing": (_tar(test_batch=None), "has no test_batch.bin in it"),
    "half a row": (_tar(data_batch_2=bytes(4000)), "is cut off: 4000 bytes are no whole number of rows of 3073"),
    "no rows": (_tar(data_batch_2=b""), "is cut off: 0 bytes"),
    "an unknown class": (_tar(test_batch=bytes([77] + [0] * 3072)), "names the class 77, and classes are 0 to 9"),
    "a long batch": (_tar(data_batch_1=bytes(3073 * 10_001)), "of 30733073 bytes, and at most 30730000 can be"),
    "a bomb of zeros": (gzip.compress(bytes(20_000_000)), "has no data_batch_1.bin in it"),
    "a bomb beside the batches": (archive({"x": bytes(2_000_000)}), "unpacks to more than 1000000 bytes"),
}


@pytest.mark.parametrize("name", SPOILT_ARCHIVES)
def test_a_spoilt_archive_is_named(root, monkeypatch, name):
    monkeypatch.setattr("layerlab.originals.cifar_binary.MOST_BYTES", MOST_HERE)
    data, said = SPOILT_ARCHIVES[name]
    (root / "cifar-10-binary.tar.gz").write_bytes(data)
    message = refused("cifar10")
    assert message.startswith("data.dataset: cifar-10-binary.tar.gz ")
    assert said in message
    assert [path.name for path in root.iterdir()] == ["cifar-10-binary.tar.gz"]


def test_names_that_climb_are_only_names(root):
    """Nothing of an archive is written, wherever its names point."""
    data = archive({f"../../{name}": batch for name, batch in cifar_members().items()}, folder="/")
    (root / "cifar-10-binary.tar.gz").write_bytes(data)
    assert len(load("cifar10").inputs) == 60
    assert [path.name for path in root.iterdir()] == ["cifar-10-binary.tar.gz"]


def test_a_spoilt_batch_is_named(root):
    for name, data in cifar_members().items():
        (root / name).write_bytes(data[:-1] if name == "test_batch.bin" else data)
    assert refused("cifar10").startswith("data.dataset: test_batch.bin is cut off")


@pytest.mark.skipif(not REAL_MNIST, reason="the real files are not on this machine")
def test_the_real_test_part_of_mnist(monkeypatch, tmp_path):
    shutil.copytree(REAL_MNIST[0], tmp_path / "mnist")
    monkeypatch.setenv("LAYERLAB_ORIGINALS_DIR", str(tmp_path))
    loaded = load("mnist")
    assert loaded.inputs.shape == (10_000, 1, 28, 28)
    assert loaded.targets.bincount().tolist() == REAL_COUNTS
    assert loaded.targets[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    # Mean and deviation of the test part, on the scale 0…1, as they are used everywhere to a few digits.
    assert loaded.inputs.double().mean().item() / 255 == pytest.approx(0.1325, abs=1e-4)
    assert loaded.inputs.double().std().item() / 255 == pytest.approx(0.3105, abs=1e-4)


@pytest.mark.parametrize("kind", ["mnist", "cifar10"])
@pytest.mark.parametrize("fields", [{}, {"part": "test"}, {"samples": 20}])
def test_its_size_is_told_before_it_is_loaded(kind, fields, root):
    write_idx_set(root / "mnist")
    for name, data in cifar_members().items():
        (root / name).write_bytes(data)
    found = REGISTRY.get(kind)
    size, loaded = found.size(found.Params.model_validate(fields)), load(kind, **fields)
    assert size.samples == len(loaded.inputs)
    assert size.samples * size.numbers * size.bytes_each == loaded.inputs.nbytes


def test_the_size_in_an_archive_is_the_published_one():
    found = REGISTRY.get("cifar10")
    assert found.size(found.Params()).samples == 60_000
    assert found.size(found.Params(samples=500)).samples == 1000


def test_other_files_have_another_stamp(root):
    write_idx_set(root / "mnist", parts=("t10k",))
    found = REGISTRY.get("mnist")
    first = found.stamp(found.Params())
    assert found.stamp(found.Params()) == first
    write_idx_set(root / "mnist", parts=("train",))
    second = found.stamp(found.Params())
    assert second != first
    assert found.stamp(found.Params(part="test")) == first
    (root / "mnist" / "train-labels-idx1-ubyte.gz").write_bytes(b"")
    assert found.stamp(found.Params()) != second
