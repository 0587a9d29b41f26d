"""The data of a run as code: read or drawn, split, preprocessed."""

from collections.abc import Iterator

from layerlab_schemas.run import RunSpec

from layerlab import datasets
from layerlab.datasets.original_images import OriginalImages, OriginalParams
from layerlab.datasets.own_arrays import NpzParams
from layerlab.datasets.own_file import OwnFileKind
from layerlab.datasets.own_table import Csv, CsvParams
from layerlab.export.original_files import write_original
from layerlab.export.transplant import CannotTransplant, Transplant
from layerlab.registry import read_params
from layerlab.seeding import derive

#: Sets that scikit-learn hands out: its function, how it is called, and how its rows become our inputs and targets.
FROM_SKLEARN = {
    "digits": ("load_digits", "", ".reshape(-1, 1, 8, 8)", "torch.tensor(found.target)"),
    "iris": ("load_iris", "", "", "torch.tensor(found.target)"),
    "wine": ("load_wine", "", "", "torch.tensor(found.target)"),
    "breast_cancer": ("load_breast_cancer", "", "", "torch.tensor(found.target)"),
    "diabetes": (
        "load_diabetes",
        "scaled=False",
        "",
        "torch.tensor(found.target[:, None], dtype=torch.float32)",
    ),
    "linnerud": ("load_linnerud", "", "", "torch.tensor(found.target, dtype=torch.float32)"),
}
#: Those among them whose numbers as targets are standardised.
_SCALED = ("diabetes", "linnerud")
#: The file that holds the samples of all other sets that no rule draws.
FILE = "data.npz"


#: What a file of samples holds beside them where the set has it.
_OF_FILE = ("held_out", "validation_inputs")
#: What a file of a table holds too.
_OF_TABLE = ("one_hot",)

_LABELLED = (
    "    train = preprocessing.apply(inputs[train_n]), targets[train_n]",
    "    return *train, preprocessing.apply({seen}[validation_m]), targets[validation_m]",
)
_GIVEN_BACK = (
    "    train, validation = preprocessing.apply(inputs[train_n]), preprocessing.apply({seen}[validation_m])",
    "    return train, train, validation, validation  # the network is to give back what it reads",
)
#: Augmentation changes raw samples, so they are preprocessed batch by batch.
_AUGMENTED = (
    "    validation = preprocessing.apply({seen}[validation_m])",
    "    return inputs[train_n], targets[train_n], validation, {answers}, preprocessing",
)


def write_data(spec: RunSpec, needed: Transplant) -> str:
    """The function ``load_data``; ``needed`` gets what it is made of."""
    extras = _write_load(spec, needed)
    needed.function("layerlab.training.split", "split")
    needed.function("layerlab.training.preprocess", "fit")
    data = spec.data
    subset = [] if data.subset is None else [f"    train_n = train_n[:{data.subset}]"]
    seen = "validation_inputs" if "validation_inputs" in extras else "inputs"
    lines = [
        *(_AUGMENTED_HEAD if data.augment else _HEAD),
        f'    {", ".join(("inputs", "targets", *extras))} = load(seed=derive("data"))',
        f"    train_n, validation_m = split(targets, {data.validation_fraction}, {_how_split(spec, extras)})",
        *subset,
        *_oversampled(spec, needed),
        *_of_table(spec, needed),
        *([] if seen == "inputs" else [_SEEN]),
        f"    preprocessing = fit({data.preprocess!r}, inputs[train_n])",
        *(line.format(seen=seen, answers=_answers(spec)) for line in _given(spec)),
    ]
    return "\n".join(lines)


_HEAD = (
    "def load_data() -> tuple[Tensor, Tensor, Tensor, Tensor]:",
    '    """Inputs and targets for training, then those for validation."""',
)
_AUGMENTED_HEAD = (
    "def load_data():",
    '    """Raw inputs and targets for training, inputs and targets for validation, and the preprocessing."""',
)
_SEEN = "    validation_inputs = inputs if validation_inputs is None else validation_inputs"


def _given(spec: RunSpec) -> tuple[str, ...]:
    if spec.data.augment:
        return _AUGMENTED
    return _GIVEN_BACK if spec.data.target == "input" else _LABELLED


def _answers(spec: RunSpec) -> str:
    """What the network is to give for validation samples."""
    return "validation" if spec.data.target == "input" else "targets[validation_m]"


def _how_split(spec: RunSpec, extras: tuple[str, ...]) -> str:
    """The named arguments of ``split``."""
    told = [f"generator={_stream(spec, 'split')}"]
    told += [] if spec.data.stratify else ["stratify=False"]
    return ", ".join([*told, *(["held_out=held_out"] if "held_out" in extras else [])])


def _oversampled(spec: RunSpec, needed: Transplant) -> list[str]:
    if not spec.data.oversample:
        return []
    needed.function("layerlab.training.oversampling", "oversample")
    return [f"    train_n = oversample(targets, train_n, generator={_stream(spec, 'oversample')})"]


def _stream(spec: RunSpec, name: str) -> str:
    """Where the chance comes from that shares out the samples."""
    seed = spec.data.split_seed
    return f'stream("{name}")' if seed is None else f"torch.Generator().manual_seed({derive(seed, name)})"


def _write_load(spec: RunSpec, needed: Transplant) -> tuple[str, ...]:
    """The function ``load``; what it gives beside inputs and targets."""
    kind = datasets.REGISTRY.get(spec.data.dataset)
    if kind.kind in FROM_SKLEARN:
        needed.imports |= {"import torch", f"from sklearn.datasets import {FROM_SKLEARN[kind.kind][0]}"}
        needed.definitions["load"] = _from_sklearn(*FROM_SKLEARN[kind.kind])
        return ()
    params = read_params(kind, dict(spec.data.params))
    if isinstance(kind, OriginalImages):
        assert isinstance(params, OriginalParams)
        return write_original(kind, params, needed)
    try:
        whole = Transplant()
        if isinstance(kind, OwnFileKind):
            raise CannotTransplant(kind.kind)  # its rule is a file that the script has not
        whole.method(kind, params, "load", "load")
    except CannotTransplant:
        imports = {"import numpy as np", "import torch"}
        extras = (*_OF_FILE, *(_OF_TABLE if isinstance(kind, Csv) else ()))
        whole = Transplant(imports, {"load": _from_file(kind.title, extras)}, extras=extras)
    needed.imports |= whole.imports
    needed.definitions |= whole.definitions
    return whole.extras


def _from_sklearn(function: str, how: str, shaped: str, targets: str) -> str:
    return "\n".join(
        [
            "def load(*, seed: int) -> tuple[Tensor, Tensor]:",
            '    """All samples in the order of the set; the seed has no part in it."""',
            f"    found = {function}({how})",
            f"    inputs = torch.tensor(found.data, dtype=torch.float32){shaped}",
            f"    return inputs, {targets}",
        ]
    )


def _of_table(spec: RunSpec, needed: Transplant) -> Iterator[str]:
    """What a table lacks is filled in, and numbers as targets are standardised, by the training part."""
    kind = datasets.REGISTRY.get(spec.data.dataset)
    fields = read_params(kind, dict(spec.data.params)) if isinstance(kind, OwnFileKind) else None
    if isinstance(fields, CsvParams):
        needed.function("layerlab.training.gaps", "find_gaps")
        fills = None if fields.missing == "drop" else fields.missing
        yield f"    gaps = find_gaps(inputs, train_n, {fills!r}, one_hot.tolist())"
        yield "    inputs = inputs if gaps is None else gaps.filled(inputs)"
    if kind.kind in _SCALED or (isinstance(fields, CsvParams | NpzParams) and fields.scale_target):
        needed.function("layerlab.training.target_scale", "fit_targets")
        yield "    if targets.is_floating_point():"
        yield "        targets = fit_targets(targets[train_n]).apply(targets)"


def _from_file(title: str, extras: tuple[str, ...]) -> str:
    return "\n".join(
        [
            "def load(*, seed: int) -> tuple[Tensor | None, ...]:",
            f'    """{title}, from {FILE} beside this script: POST /api/export/data of Layerlab gives that file."""',
            f'    with np.load("{FILE}") as found:',
            f"        names = {('inputs', 'targets', *extras)!r}",
            "        return tuple(torch.from_numpy(found[name]) if name in found else None for name in names)",
        ]
    )
