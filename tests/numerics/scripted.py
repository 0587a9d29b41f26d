"""A layer's code as a script would hold it, run."""

import math
from typing import Any

import torch
from torch import Tensor, nn


def run_code(code):
    """Builds what the code says: the module (None where there is none) and what its call gives for a set of inputs."""
    names = {"math": math, "Any": Any, "torch": torch, "nn": nn, "Tensor": Tensor}
    for source in code.definitions.values():
        exec(source, names)
    module = None if code.module is None else eval(code.module, names)
    assert (module is None) == ("{self}" not in code.call)

    def call(*given, masks=None):
        words = {"self": "module", "masks": "masks"}
        text = code.call if masks is not None else code.call.replace(", masks={masks}", "")
        values = {f"x{index}": value for index, value in enumerate(given)}
        return eval(text.format(*values, **words), names | values | {"module": module, "masks": masks})

    return module, call
