"""What a layer kind is: fields, a check of what it reads, a module, and the numbers told of it."""

from abc import abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, ClassVar, Generic, TypeVar

import torch
from layerlab_schemas.catalog import Family
from layerlab_schemas.graph import CheckedData
from layerlab_schemas.problems import Problem
from torch import Tensor, nn

from layerlab.layers.base.code import Code
from layerlab.layers.base.site import Shape, Site
from layerlab.params import Params
from layerlab.registry import Kind

P = TypeVar("P", bound=Params)

#: Of a layer that slides: how many places of its input one place of the output sees, and the stride, for each axis.
Sliding = tuple[tuple[int, ...], tuple[int | Fraction, ...]]


class LayerKind(Kind, Generic[P]):
    """One kind of layer. Shapes are those of one sample, without the batch."""

    family = Family.LAYER

    num_inputs: ClassVar[tuple[int, int]] = (1, 1)
    """Fewest and most inputs."""
    input_ports: ClassVar[tuple[str, ...]] = ()
    """Names of its inputs in their order, where they play different parts ("sequence", "state")."""
    output_ports: ClassVar[tuple[str, ...]] = ()
    """Names of what it gives beside its output. Such a module gives a tuple: the output, then one tensor a port."""
    reads_masks: ClassVar[bool] = False
    """True where the module must know which steps are padding: it gets ``masks=``, one [N, T] (True: real) or None
    for each input."""
    by_frame: ClassVar[bool] = False
    """True where it reads an image [C, H, W], and so of a clip [T, C, H, W] each frame by itself. All its methods are
    then asked about one frame."""
    takes_index: ClassVar[bool] = False
    """True where it reads whole numbers (tokens), as an embedding does; all others read real numbers."""
    has_weights: ClassVar[bool] = False
    """True where it has a weight matrix or kernel that an init scheme fills."""
    keeps_shape: ClassVar[bool] = False
    """True where what it gives has the shape of what it reads, so that the check need not run it to know."""
    is_local: ClassVar[bool] = True
    """True where one place (pixel or step) of the output sees the same place of the input, or a window around it."""
    is_lookup: ClassVar[bool] = False
    """True where the weight is a table to look up in: schemes that scale by fans leave it at N(0, 1)."""
    is_norm: ClassVar[bool] = False
    """True for norms, whose scale starts at 1 and shift at 0 whatever the scheme."""
    dropout_places: ClassVar[tuple[str, ...]] = ()
    """Where it drops numbers at random while training, in the order in which it draws; "" for its own output."""
    is_recurrent: ClassVar[bool] = False
    """True where the weights are used again at every step, so that a gain above 1 would grow with the steps."""
    relu_like: ClassVar[bool] = False
    """True for activations that can be exactly 0 for every input: a unit may be dead."""
    gain_name: ClassVar[str | None] = None
    """For activations, their name in ``torch.nn.init.calculate_gain``; None for what is no activation."""
    output_range: ClassVar[tuple[float, float] | None] = None
    """Lowest and highest value of a bounded activation."""

    def facts(self) -> dict[str, Any]:
        """Tells the editor how many inputs a node may have, and whether it has weights."""
        return {
            "num_inputs": list(self.num_inputs),
            "input_ports": list(self.input_ports),
            "output_ports": list(self.output_ports),
            "has_weights": self.has_weights,
            "relu_like": self.relu_like,
            "output_range": self.output_range and list(self.output_range),
        } | self.details

    def complete(self, params: P, data: CheckedData) -> P:
        """The fields with those filled in that follow from the data; nearly always as they are."""
        return params

    def check_inputs(self, params: P, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """What keeps the layer from reading these shapes; empty when it can."""
        return []

    def check_batch(self, params: P, input_shapes: Sequence[Shape], smallest_batch: int, site: Site) -> list[Problem]:
        """What goes wrong when a training batch has only ``smallest_batch`` samples; empty for nearly all layers."""
        return []

    @abstractmethod
    def build(self, params: P, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """The module. Its weights are filled later; ``generator`` is for what it draws while training."""

    def output_shape(self, params: P, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """Shape of what the module gives, found by running it on the meta device, where nothing is computed."""
        if self.keeps_shape:
            return input_shapes[0]
        dtype = torch.int64 if self.takes_index else torch.float32
        with torch.no_grad():
            inputs = [torch.empty((2, *shape), dtype=dtype, device="meta") for shape in input_shapes]
            output: Tensor = module(*inputs)
        return tuple(output.shape[1:])

    def port_shapes(self, params: P, module: nn.Module, input_shapes: Sequence[Shape]) -> dict[str, Shape]:
        """Shapes of what it gives beside its output, by the names in ``output_ports``."""
        return {}

    def keeps_steps(self, params: P, input_shapes: Sequence[Shape], output_shape: Shape) -> bool:
        """True where step t of the output belongs to step t of the first input, so that padding stays padding."""
        return len(output_shape) == 2 and len(input_shapes[0]) <= 2 and input_shapes[0][0] == output_shape[0]

    @abstractmethod
    def code(self, params: P, input_shapes: Sequence[Shape]) -> Code:
        """The layer as PyTorch code that does just the same, with the parameters in the same order."""

    def multiply_adds(self, params: P, module: nn.Module, input_shapes: Sequence[Shape], output_shape: Shape) -> int:
        """Multiply-adds of one sample, forward, as papers count them: matrix products and convolutions, no biases."""
        return 0

    def receptive(self, params: P) -> Sliding | None:
        """For layers that slide over an image or a sequence: the window and the stride; None for others."""
        return None

    def activation_after(self, params: P, name: str) -> str | None:
        """For layers with activations inside: the one that comes after the weight ``name``, as ``gain_name`` has it.

        None where the graph tells, which is so for all single layers.
        """
        return None

    def blocks(self, params: P, name: str, weight: Tensor) -> list[Tensor]:
        """The matrices that an init scheme fills one by one; views of ``weight``. Gates of a recurrent layer differ."""
        return [weight]

    def change(self, module: nn.Module, params: P) -> None:
        """Give a module that trains the live fields of ``params``."""
        for name in params.live_fields():
            setattr(module, name, getattr(params, name))

    def norms_inside(self, params: P) -> bool:
        """For layers made of several: True where some of them are norms."""
        return False

    def norm_axes(self, params: P, input_shape: Shape) -> str | None:
        """For norms, the axes that share one mean and variance, such as "N, H, W"; None for other layers."""
        return None

    def norm_rows(self, params: P, x: Tensor) -> Tensor | None:
        """For norms, the input batch ``x`` as [rows, values], where one row shares one mean and variance.

        Rows are channels (batch norm), samples (layer norm), samples × channels (instance norm) or samples × groups.
        """
        return None
