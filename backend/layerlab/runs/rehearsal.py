"""The first training batch before it is trained on: activations and gradients at initialisation."""

import torch

from layerlab.graph.network import Recording
from layerlab.training.assemble import Assembly
from layerlab.training.inspection import needs_batch
from layerlab.training.regularize import regularize
from layerlab.training.sampler import Sampler


def rehearse(assembly: Assembly) -> Recording:
    """Forward and backward of the batch that step 1 will have, with the same dropout masks, and no update.

    Afterwards buffers and random generators are as they were; only ``.grad`` is new, and the next step begins by
    clearing it. So a run that was rehearsed trains as one that was not, bit for bit.
    """
    network, trainer = assembly.network, assembly.trainer
    buffers = {name: buffer.clone() for name, buffer in network.named_buffers()}
    draws = {node: generator.get_state() for node, generator in network.generators().items()}
    batch_b = _first_batch(assembly)
    with network.recording() as record:
        output = network(assembly.data.train_inputs.index_select(0, batch_b))
    targets = assembly.data.train_targets.index_select(0, batch_b)
    trainer.loss.kind.batch_value(trainer.loss.params, output, targets).backward()  # type: ignore[no-untyped-call]
    regularize(
        [parameter for parameter in network.parameters() if parameter.requires_grad], trainer.settings.regularization
    )
    with torch.no_grad():
        for name, buffer in network.named_buffers():
            buffer.copy_(buffers[name])
    for node, generator in network.generators().items():
        generator.set_state(draws[node])
    return record


def _first_batch(assembly: Assembly) -> torch.Tensor:
    spec, data = assembly.spec, assembly.data
    sampler = Sampler(
        num_samples=data.num_train,
        batch_size=spec.data.batch_size,
        shuffle=spec.data.shuffle,
        seed=spec.training.seed,
        drop_single=needs_batch(assembly.plan),
        device=data.train_inputs.device,
    )
    return sampler.next_batch()
