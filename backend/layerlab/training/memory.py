"""Memory that samples take while they are trained on: told before, and refused where it is too much."""

from layerlab_schemas.graph import DataMemory
from layerlab_schemas.problems import Problem

from layerlab.datasets.base import DataSize, LoadedData
from layerlab.datasets.rows import num_at_once
from layerlab.errors import SpecError

#: A number as a network reads it.
READ_BYTES = 4
#: The same in double precision, of a token too.
DOUBLE_BYTES = 8
#: Outputs of more numbers than this are not kept of an evaluation: 64 MB.
MOST_OUTPUTS = 16_000_000
#: Samples in one forward pass of an evaluation. A constant: another number could change the last bits of the result.
EVALUATED_AT_ONCE = 512
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
    copies: the whole set, its two parts, and these preprocessed; floats have one more while gaps are filled or that is
    done. The parts and the order of an epoch are lists of places. Where all that is more than the limit only the set as
    it is stored is kept, or nothing of it where it lies in a mapped file. Beside that stand the few samples that are
    worked on at once, and what the network gives back for the validation part.
    """
    numbers = size.samples * size.numbers
    stored = 0 if size.is_mapped else numbers * size.bytes_each
    targets = 2 * size.samples * size.target_bytes
    order = 2 * size.samples * PLACE_BYTES
    always = stored + targets + order + _worked_on(size) + _given_back(size)
    at_once, streamed = always + numbers * _copied_bytes(size.bytes_each), always + _read_to_evaluate(size)
    is_streamed = at_once > limit
    return DataMemory(bytes=streamed if is_streamed else at_once, limit=limit, is_streamed=is_streamed)


def _copied_bytes(bytes_each: int) -> int:
    """What is made of a number beside what is stored, by its size."""
    if bytes_each == 1:
        return READ_BYTES
    return 3 * READ_BYTES if bytes_each == READ_BYTES else 2 * bytes_each


def _worked_on(size: DataSize) -> int:
    """What lies between while some samples are read to learn from them, and others to be preprocessed; no tokens are.

    Of each number as it is stored in double precision, less the mean, and squared; then as a float, and less the mean.
    What the first took the allocator may not have given back when the second is there.
    """
    if size.bytes_each == DOUBLE_BYTES:
        return 0
    numbers = size.numbers * min(size.samples, num_at_once(size.numbers))
    return numbers * (2 * size.bytes_each + 3 * DOUBLE_BYTES + 2 * READ_BYTES)


def _given_back(size: DataSize) -> int:
    """For each sample of the validation part an answer, and the outputs that it follows from where they are kept; of
    what is evaluated at once they are there in any case.
    """
    outputs = size.validated * size.outputs
    kept = outputs if outputs <= MOST_OUTPUTS else 0
    at_once = min(size.validated, EVALUATED_AT_ONCE) * size.outputs
    return size.validated * size.target_bytes + READ_BYTES * (kept + at_once)


def _read_to_evaluate(size: DataSize) -> int:
    """Samples that are evaluated at once, where they are not there already."""
    return min(size.validated, EVALUATED_AT_ONCE) * size.numbers * max(READ_BYTES, size.bytes_each)


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
