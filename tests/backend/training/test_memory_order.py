"""The order of data in memory: fast where it can be, plain where PyTorch could not train with the fast one."""

import pytest
import torch
from layerlab.training.assemble import assemble
from layerlab_schemas.run import RunSpec


def is_channels_last(first: dict[str, object], second: dict[str, object]) -> bool:
    body = {
        "data": {"dataset": "shapes", "params": {"colour": "colour", "samples": 200, "size": 16}},
        "graph": [first, second, {"kind": "flatten"}, {"kind": "linear", "out_features": 6}],
        "training": {"max_steps": 3},
    }
    assembly = assemble(RunSpec.model_validate(body))
    losses = [report.loss for report in assembly.trainer.steps()]
    assert len(losses) == 4
    return assembly.data.train_inputs.is_contiguous(memory_format=torch.channels_last)


def conv(channels: int, size: int, stride: int) -> dict[str, object]:
    return {"kind": "conv2d", "out_channels": channels, "kernel_size": size, "stride": stride}


@pytest.mark.parametrize(
    ("second", "is_fast"),
    [
        (conv(8, 1, 1), True),
        (conv(8, 2, 2), True),
        (conv(8, 1, 2), False),
        ({"kind": "residual", "out_channels": 8, "stride": 2}, False),
        ({"kind": "residual", "out_channels": 8, "stride": 1}, True),
    ],
)
def test_a_pointwise_convolution_that_skips_places_of_few_channels_gets_the_plain_order(second, is_fast):
    assert is_channels_last(conv(4, 3, 1), second) is is_fast


def test_with_many_channels_it_is_fast():
    assert is_channels_last(conv(8, 3, 1), conv(8, 1, 2))
