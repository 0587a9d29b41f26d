"""Checkpoints on disk: a folder for each, complete or not there at all.

    DIR/step-000001200/tensors.safetensors   weights, buffers, optimizer and generator states
                       state.json            everything else
                       manifest.json         step, format, and SHA-256 and size of the two files

No pickle in or out: reading a checkpoint never runs code.
"""

import json
import os
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

from safetensors.torch import load as tensors_from_bytes
from safetensors.torch import save as tensors_to_bytes

from layerlab.errors import LayerlabError
from layerlab.training.state import State

FORMAT = 1
TENSORS, FACTS, MANIFEST = "tensors.safetensors", "state.json", "manifest.json"


class DamagedCheckpoint(LayerlabError):
    """A checkpoint whose files are not what its manifest says."""

    code = "damaged_checkpoint"


def save(state: State, directory: Path, *, keep: int | None = None) -> Path:
    """Writes a checkpoint; of the earlier ones only the newest stay where ``keep`` says how many in all.

    Everything is on the disk before the folder gets its name, so a power cut leaves the earlier ones whole.

    Returns:
        The folder of the checkpoint.

    Raises:
        OSError: The disk is full or cannot be written; nothing half-written is left under a checkpoint's name.
    """
    directory.mkdir(parents=True, exist_ok=True)
    target = directory / f"step-{state.step:09d}"
    draft = directory / f".draft-{os.getpid()}-{state.step}"
    files = {TENSORS: tensors_to_bytes(state.tensors), FACTS: _json_bytes(state.facts)}
    digests = {name: {"sha256": sha256(data).hexdigest(), "bytes": len(data)} for name, data in files.items()}
    files[MANIFEST] = _json_bytes({"format": FORMAT, "step": state.step, "files": digests})
    try:
        draft.mkdir(exist_ok=True)
        for name, data in files.items():
            _write(draft / name, data)
        _sync_folder(draft)
        if target.exists():
            shutil.rmtree(target)
        draft.rename(target)
        _sync_folder(directory)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    for old in checkpoints(directory)[keep:] if keep is not None else []:
        shutil.rmtree(old)
    return target


def checkpoints(directory: Path) -> list[Path]:
    """The checkpoints in a folder, the newest first."""
    return sorted(directory.glob("step-*"), reverse=True) if directory.is_dir() else []


def step_of(checkpoint: Path) -> int:
    """The step at which it was written."""
    return int(checkpoint.name.removeprefix("step-"))


def num_bytes(checkpoint: Path) -> int:
    """What it takes on the disk."""
    return sum(file.stat().st_size for file in checkpoint.iterdir())


def load(checkpoint: Path) -> State:
    """Reads a checkpoint and verifies every byte.

    Raises:
        DamagedCheckpoint: A file is missing, cut off or changed, or was written by a later version.
    """
    manifest = _read_manifest(checkpoint)
    files = {name: _verified(checkpoint / name, facts) for name, facts in manifest["files"].items()}
    return State(step=manifest["step"], tensors=tensors_from_bytes(files[TENSORS]), facts=json.loads(files[FACTS]))


def load_newest(directory: Path) -> State | None:
    """The newest checkpoint that is whole; a damaged one is passed over. None where there is no checkpoint at all.

    Raises:
        DamagedCheckpoint: There are checkpoints, and none is whole.
    """
    damage = None
    for checkpoint in checkpoints(directory):
        try:
            return load(checkpoint)
        except DamagedCheckpoint as error:
            damage = damage or error
    if damage is not None:
        raise damage
    return None


def _json_bytes(value: Any) -> bytes:
    return json.dumps(value, allow_nan=False).encode()


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    """Makes the names in a folder last through a power cut; a system that cannot do so for folders is left alone."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_manifest(checkpoint: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((checkpoint / MANIFEST).read_bytes())
        is_ours = manifest["format"] == FORMAT and set(manifest["files"]) == {TENSORS, FACTS}
    except (OSError, ValueError, KeyError, TypeError):
        raise _damaged(checkpoint, "its manifest cannot be read") from None
    if not is_ours:
        raise _damaged(checkpoint, f"its format is {manifest['format']}, and this version reads {FORMAT}")
    assert isinstance(manifest, dict)
    return manifest


def _verified(path: Path, facts: dict[str, Any]) -> bytes:
    try:
        data = path.read_bytes()
    except OSError:
        raise _damaged(path.parent, f"{path.name} is missing") from None
    if sha256(data).hexdigest() != facts["sha256"]:
        raise _damaged(path.parent, f"{path.name} is not what was written ({len(data)} of {facts['bytes']} bytes)")
    return data


def _damaged(checkpoint: Path, why: str) -> DamagedCheckpoint:
    hint = "Go on from an earlier checkpoint, or start the run again."
    return DamagedCheckpoint(f"The checkpoint {checkpoint.name} is damaged: {why}.", hint=hint)
