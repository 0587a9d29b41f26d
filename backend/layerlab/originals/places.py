"""Where the original files of a set lie, if they are there."""

from pathlib import Path

from layerlab.originals.sets import OriginalSet


def find_file(root: Path, original: OriginalSet, name: str) -> Path | None:
    """The file ``name`` of a set under the folder of original files, packed or not; None where it is not there."""
    for folder in _folders(root, original):
        for spelling in _spellings(name):
            path = folder / spelling
            if path.is_file():
                return path
    return None


def find_part(root: Path, original: OriginalSet, part: str) -> list[Path] | None:
    """The files that hold ``train`` or ``test``; None where one of them is not there."""
    found = [find_file(root, original, name) for name in original.parts[part]]
    return None if None in found else [path for path in found if path is not None]


def find_archive(root: Path, original: OriginalSet) -> Path | None:
    """The one archive that holds all parts, where the set is published as one and it is there."""
    return find_file(root, original, original.files[0].name) if len(original.files) == 1 else None


def parts_there(root: Path, original: OriginalSet) -> tuple[str, ...]:
    """Which of ``train`` and ``test`` can be read."""
    if find_archive(root, original) is not None:
        return tuple(original.parts)
    return tuple(part for part in original.parts if find_part(root, original, part) is not None)


def _folders(root: Path, original: OriginalSet) -> list[Path]:
    """A folder that bears the set's own name may also be the root itself."""
    found = [root / folder for folder in original.folders]
    is_its_own = root.name in {folder.split("/")[0] for folder in original.folders}
    return [*found, root] if original.lies_flat or is_its_own else found


def _spellings(name: str) -> list[str]:
    """As published, unpacked, and with the dot that some programs put in when they unpack."""
    plain = name.removesuffix(".gz")
    if plain.endswith(".tar"):
        return [name]
    return list(dict.fromkeys([name, plain, plain.replace("-idx", ".idx")]))
