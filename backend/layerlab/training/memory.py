"""Memory that samples take while they are trained on: told before, and refused where it is too much."""

from layerlab_schemas.graph import DataMemory
from layerlab_schemas.problems import Problem

from layerlab.datasets.base import DataSize, LoadedData
from layerlab.errors import SpecError

#: A number as a network reads it.
READ_BYTES = 4
#: The place of a sample in its set.
PLACE_BYTES = 8


def size_of(loaded: LoadedData) -> DataSize:
    """The size of samples that are there; twice as many where they look different in validation."""
    times = 1 if loaded.validation_inputs is None else 2
    num_samples = max(1, len(loaded.targets))
    return DataSize(
        samples=len(loaded.targets),
        numbers=times * loaded.inputs[:1].numel(),
        bytes_each=loaded.inputs.element_size(),
        target_bytes=loaded.targets.nbytes // num_samples,
        is_mapped=loaded.is_mapped,
    )


def plan_memory(size: DataSize, limit: int) -> DataMemory:
    """What samples of this size take in memory at most, and whether they must be read as they come.

    Pixels stay as they are stored, beside floats that are ready to be read. Of floats and tokens there are three
    copies: the whole set, its two parts, and these preprocessed; floats have one more while that is done. The parts and
    the order of an epoch are lists of places. Where all that is more than the limit only the set as it is stored is
    kept, or nothing of it where it lies in a mapped file.
    """
    numbers = size.samples * size.numbers
    stored = 0 if size.is_mapped else numbers * size.bytes_each
    targets = 2 * size.samples * size.target_bytes
    order = 2 * size.samples * PLACE_BYTES
    at_once = stored + numbers * _copied_bytes(size.bytes_each) + targets + order
    is_streamed = at_once > limit
    return DataMemory(bytes=stored + targets + order if is_streamed else at_once, limit=limit, is_streamed=is_streamed)


def _copied_bytes(bytes_each: int) -> int:
    """What is made of a number beside what is stored, by its size: of a pixel, a float, a token or double."""
    if bytes_each == 1:
        return READ_BYTES
    return 3 * READ_BYTES if bytes_each == READ_BYTES else 2 * bytes_each


def check_memory(memory: DataMemory, title: str) -> None:
    """Nothing where the samples fit.

    Raises:
        SpecError: They do not, with both numbers.
    """
    if memory.bytes <= memory.limit:
        return
    needed, limit = megabytes(memory.bytes), megabytes(memory.limit)
    problem = Problem(
        code="too_much_data", path="data.params", expected=f"at most {limit}", got=needed,
        message=f"The samples of {title} take {needed} of memory, and a run may use {limit} for its data.",
        hint="Take fewer or smaller samples, or start the server with a larger LAYERLAB_DATA_MEGABYTES.",
    )  # fmt: skip
    raise SpecError([problem])


def megabytes(size: int) -> str:
    """Bytes in words."""
    return f"{size / 1024 / 1024:.0f} MB"
