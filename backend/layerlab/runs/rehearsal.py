"""The first training batch before it is trained on: activations and gradients at initialisation."""

import torch

from layerlab.graph.network import Recording
from layerlab.training.assemble import Assembly


def rehearse(assembly: Assembly) -> Recording:
    """Forward and backward of the batch that step 1 will have, with the same dropout masks, and no update.

    Afterwards buffers and random generators are as they were; only ``.grad`` is new, and the next step begins by
    clearing it. So a run that was rehearsed trains as one that was not, bit for bit.
    """
    network, trainer = assembly.network, assembly.trainer
    buffers = {name: buffer.clone() for name, buffer in network.named_buffers()}
    draws = {node: generator.get_state() for node, generator in network.generators().items()}
    with network.recording() as record:
        trainer.rehearse()
    with torch.no_grad():
        for name, buffer in network.named_buffers():
            buffer.copy_(buffers[name])
    for node, generator in network.generators().items():
        generator.set_state(draws[node])
    return record
