"""Compiles the step of a run into a package. As a process of its own: ``python -m layerlab.training.engines.build``."""

import argparse
import logging
import os
from pathlib import Path
from typing import Any, cast

import torch
from layerlab_schemas.run import RunChange, RunSpec
from torch import Tensor
from torch.export import Dim, export

from layerlab.graph.network import Network
from layerlab.training.assemble import assemble
from layerlab.training.engines.block import BLOCK, Block, flat_step, traced
from layerlab.training.engines.functional import PureStep
from layerlab.training.engines.package import SUFFIX
from layerlab.training.engines.packing import form_of


def build(spec: RunSpec, folder: Path, change: RunChange | None = None) -> dict[int, Path]:
    """The packages for a spec in ``folder`` by batch size, compiled where they are not there yet.

    ``change`` is what has changed since the run began.

    Several builders may work in one folder: a package is there as a whole or not at all.

    Raises:
        SpecError: The spec cannot be trained.
        RuntimeError: PyTorch cannot compile the step; of many kinds, with its own words.
    """
    made = assemble(spec)
    if change is not None:
        made.trainer.apply(change)
    chosen = made.trainer.settings
    found = made.trainer.compilation.packages(chosen, folder)
    step = PureStep(made.network, made.trainer.loss, chosen.optimizer, chosen.regularization, is_compiled=True)
    for size, path in found.items():
        if not path.exists():
            inputs, targets = cast(Tensor, made.data.train_inputs), made.data.train_targets
            write(step, made.network, inputs, targets, batch_size=size, path=path)
    return found


def write(step: PureStep, network: Network, inputs: Tensor, targets: Tensor, *, batch_size: int, path: Path) -> None:
    """Traces, compiles, and puts the package in place when it is whole."""
    # They take seconds to import, in this process only.
    from torch._inductor import aoti_compile_and_package

    from layerlab.training.engines.wrapper import SETTINGS, use_loop_wrapper

    use_loop_wrapper()
    batch = inputs[:batch_size].contiguous(), targets[:batch_size].contiguous()
    form = form_of(step, network, *batch)
    rate, numbers_h = torch.zeros((), dtype=torch.float64), step.numbers()
    flat = flat_step(step, form)
    floats, whole = form.pack(form.blank())
    graph = traced(flat, (floats, whole, *batch, numbers_h, rate))
    samples_kb = torch.zeros(BLOCK, batch_size, dtype=torch.int64)
    rates_k = torch.zeros(BLOCK, dtype=torch.float64)
    given = (torch.tensor(1), samples_kb, rates_k, numbers_h, inputs.contiguous(), targets.contiguous(), floats, whole)
    num_samples = Dim("num_samples", min=2)
    shapes: Any = ({}, {}, {}, {}, {0: num_samples}, {0: num_samples}, {}, {})
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.stem}.{os.getpid()}{SUFFIX}")
    with torch.no_grad():
        exported = export(Block(graph), given, dynamic_shapes=shapes)
        aoti_compile_and_package(exported, package_path=str(aside), inductor_configs=SETTINGS | UNCHECKED)
    aside.replace(path)


#: Sample numbers come from our own sampler, so the checks that each lies in the data are left out of the loops.
UNCHECKED = {"assert_indirect_indexing": False}


def main() -> None:
    """Prints the path of each package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("spec", type=Path, help="a RunSpec as JSON")
    parser.add_argument("folder", type=Path, help="where packages are kept")
    parser.add_argument("--threads", type=int, default=1, help="that the run will train with")
    arguments = parser.parse_args()
    logging.captureWarnings(True)
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    spec = RunSpec.model_validate_json(arguments.spec.read_text("utf-8"))
    print(*build(spec, arguments.folder).values(), sep="\n")


if __name__ == "__main__":
    main()
