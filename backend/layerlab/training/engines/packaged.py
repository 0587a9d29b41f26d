"""Blocks of steps by packages that were compiled ahead of time, on the CPU."""

import shutil
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor

from layerlab.training.engines.block import BLOCK
from layerlab.training.engines.programs import Rates


class Packages:
    """``Programs`` of packages.

    Args:
        paths: By batch size, the files that ``build`` made for equal keys.
        inputs: [N, …] all training samples.
        targets: [N, …] theirs.
    """

    def __init__(self, paths: Mapping[int, Path], *, inputs: Tensor, targets: Tensor) -> None:
        self.inputs, self.targets = inputs.contiguous(), targets.contiguous()
        self._packages = {size: _loaded(path) for size, path in paths.items()}
        self._counts = [torch.tensor(count) for count in range(BLOCK + 1)]
        self._rates = Rates(torch.device("cpu"))
        self._samples = {size: torch.zeros(BLOCK, size, dtype=torch.int64) for size in paths}

    @property
    def sizes(self) -> Collection[int]:
        """Of the batches that there is a package for."""
        return self._packages.keys()

    def place(self, floats: Tensor, whole: Tensor) -> tuple[Tensor, Tensor]:
        """They may lie anywhere."""
        return floats, whole

    def run(
        self, samples_kb: Tensor, rates: Sequence[float], numbers_h: Tensor, floats: Tensor, whole: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """See ``Programs``."""
        num_steps, size = samples_kb.shape
        self._samples[size][:num_steps] = samples_kb
        self._rates.write(rates)
        given = [self._counts[num_steps], self._samples[size], self._rates.row_k, numbers_h, self.inputs, self.targets]
        told_k3, *rows = self._packages[size].boxed_run([*given, floats, whole])
        return cast(Tensor, told_k3)[:num_steps], rows[0], rows[1]


@cache
def _loaded(package: Path) -> Any:
    """PyTorch's own loader, without the compiler that its Python wrapper would import."""
    loader = torch._C._aoti.AOTIModelPackageLoader(str(package), "model", True, 1, -1)
    _remove_unpacked(package)
    return loader


def _remove_unpacked(package: Path) -> None:
    """The loader unpacks into a folder of temporary files and removes it when it goes, which a killed process leaves.

    What is loaded needs the files no more.
    """
    maps = Path("/proc/self/maps")
    lines = maps.read_text("utf-8").splitlines() if maps.exists() else []
    for path in {Path(line.split()[-1]) for line in lines if f"/{package.stem}." in line}:
        folder = next((part for part in path.parents if part.name.startswith("aotinductor_")), None)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
