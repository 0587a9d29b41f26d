"""The data of a run as code: read or drawn, split, preprocessed."""

from layerlab_schemas.run import RunSpec

from layerlab import datasets
from layerlab.datasets.linnerud import LINNERUD_DEVIATION, LINNERUD_MEAN
from layerlab.datasets.own_file import OwnFileKind
from layerlab.datasets.tables import DIABETES_DEVIATION, DIABETES_MEAN
from layerlab.export.transplant import CannotTransplant, Transplant
from layerlab.registry import read_params

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
        f"(torch.tensor(found.target[:, None], dtype=torch.float32) - {DIABETES_MEAN}) / {DIABETES_DEVIATION}",
    ),
    "linnerud": (
        "load_linnerud",
        "",
        "",
        f"(torch.tensor(found.target, dtype=torch.float32) - torch.tensor({LINNERUD_MEAN}))"
        f" / torch.tensor({LINNERUD_DEVIATION})",
    ),
}
#: The file that holds the samples of all other sets that no rule draws.
FILE = "data.npz"


_LABELLED = (
    "    train = preprocessing.apply(inputs[train_n]), targets[train_n]",
    "    return *train, preprocessing.apply(inputs[validation_m]), targets[validation_m]",
)
_GIVEN_BACK = (
    "    train, validation = preprocessing.apply(inputs[train_n]), preprocessing.apply(inputs[validation_m])",
    "    return train, train, validation, validation  # the network is to give back what it reads",
)


def write_data(spec: RunSpec, needed: Transplant) -> str:
    """The function ``load_data``; ``needed`` gets what it is made of."""
    _write_load(spec, needed)
    needed.function("layerlab.training.split", "split")
    needed.function("layerlab.training.preprocess", "fit")
    data = spec.data
    subset = [] if data.subset is None else [f"    train_n = train_n[:{data.subset}]"]
    lines = [
        "def load_data() -> tuple[Tensor, Tensor, Tensor, Tensor]:",
        '    """Inputs and targets for training, then those for validation."""',
        '    inputs, targets = load(seed=derive("data"))',
        f'    train_n, validation_m = split(targets, {data.validation_fraction}, generator=stream("split"))',
        *subset,
        f"    preprocessing = fit({data.preprocess!r}, inputs[train_n])",
        *(_GIVEN_BACK if data.target == "input" else _LABELLED),
    ]
    return "\n".join(lines)


def _write_load(spec: RunSpec, needed: Transplant) -> None:
    kind = datasets.REGISTRY.get(spec.data.dataset)
    if kind.kind in FROM_SKLEARN:
        needed.imports |= {"import torch", f"from sklearn.datasets import {FROM_SKLEARN[kind.kind][0]}"}
        needed.definitions["load"] = _from_sklearn(*FROM_SKLEARN[kind.kind])
        return
    try:
        whole = Transplant()
        if isinstance(kind, OwnFileKind):
            raise CannotTransplant(kind.kind)  # its rule is a file that the script has not
        whole.method(kind, read_params(kind, dict(spec.data.params)), "load", "load")
    except CannotTransplant:
        whole = Transplant({"import numpy as np", "import torch"}, {"load": _from_file(kind.title)})
    needed.imports |= whole.imports
    needed.definitions |= whole.definitions


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


def _from_file(title: str) -> str:
    return "\n".join(
        [
            "def load(*, seed: int) -> tuple[Tensor, Tensor]:",
            f'    """{title}, from {FILE} beside this script: POST /api/export/data of Layerlab gives that file."""',
            f'    with np.load("{FILE}") as found:',
            '        return torch.from_numpy(found["inputs"]), torch.from_numpy(found["targets"])',
        ]
    )
