"""Files of a user on a shelf, as the server puts them there after reading them."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from layerlab.datasets import REGISTRY
from layerlab.datasets.own_file import OwnFileKind
from layerlab.shelf import Limits
from layerlab_schemas.dataset import TableForm
from numpy.typing import NDArray

from tests.pictures import packed, two_classes

IRIS_HEAD = b"length,width,species\n" + b"5.1,3.5,setosa\n4.9,3.0,setosa\n7.0,3.2,versicolor\n6.4,3.2,versicolor\n" * 5


def put(
    shelf: Path,
    dataset: str,
    body: bytes,
    *,
    upload: str = "u0000000000000001",
    form: TableForm | None = None,
    **limits: int,
) -> dict[str, Any]:
    """Read a file and put it on the shelf under an id; the fields of its ``Upload`` that depend on its content.

    Raises:
        Unreadable: It cannot be used.
    """
    kind = REGISTRY.get(dataset)
    assert isinstance(kind, OwnFileKind)
    folder = shelf / upload
    folder.mkdir(parents=True)
    (folder / "file").write_bytes(body)
    return kind.receive(folder, upload=upload, limits=Limits(**limits), form=form)


def arrays(**named: NDArray[Any]) -> bytes:
    """An ``.npz`` of these."""
    file = io.BytesIO()
    np.savez_compressed(file, **named)
    return file.getvalue()


#: For each kind, the bytes of the file that its example reads.
EXAMPLES = {
    "csv": IRIS_HEAD,
    "image_folder": packed(two_classes()),
    "npz": arrays(x=np.arange(60.0).reshape(20, 3), y=np.arange(20) % 2),
    "text_file": b"The quick brown fox jumps over the lazy dog. " * 10,
}


def put_examples(shelf: Path) -> None:
    """What the examples of all kinds of own files read."""
    for kind in REGISTRY:
        if isinstance(kind, OwnFileKind):
            put(shelf, kind.kind, EXAMPLES[kind.kind], upload=kind.example["params"]["upload"])
