"""``part: auto`` as it was found: a run remembers which parts of a set it is trained on, whatever is fetched later."""

from pathlib import Path

from layerlab_schemas.run import DataSpec, RunSpec

from layerlab.originals.places import parts_there
from layerlab.originals.sets import ORIGINALS


def settled(spec: RunSpec, root: Path) -> RunSpec:
    """The same run, with the parts named that ``auto`` stands for now; as it is where no file is there.

    Args:
        spec: Of a run that is to be made.
        root: The folder of original files.
    """
    part = _part_there(spec.data, root)
    if part is None:
        return spec
    data = spec.data.model_copy(update={"params": {**spec.data.params, "part": part}})
    return spec.model_copy(update={"data": data})


def _part_there(data: DataSpec, root: Path) -> str | None:
    """What ``auto`` stands for; None where something else is said, or nothing can be read."""
    original = next((one for one in ORIGINALS if one.dataset == data.dataset), None)
    if original is None or data.params.get("part", "auto") != "auto":
        return None
    there = parts_there(root, original)
    if len(there) == len(original.parts):
        return "both"
    return there[0] if there else None
