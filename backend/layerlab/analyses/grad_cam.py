"""Grad-CAM: where the maps lie that speak for a class."""

import torch
from layerlab_schemas.frames import DataShape, ExamplesItem, Frame
from layerlab_schemas.graph import Lack
from pydantic import Field
from torch import Tensor
from torch.nn.functional import interpolate

from layerlab.analyses.base import AnalysisContext, AnalysisKind
from layerlab.analyses.picturing import (
    classes_to_show,
    heat_example,
    lacks_pictures,
    last_maps,
    layer_of,
    probabilities,
    score_of,
    shown_image,
    view_of,
)
from layerlab.graph.network import Network
from layerlab.graph.plan import Plan
from layerlab.params import Params


class GradCamParams(Params):
    """Which maps, and whose score."""

    node: str = Field(
        default="",
        max_length=64,
        description="A layer with feature maps; left empty, the last one, behind its norm and activation.",
    )
    class_number: int | None = Field(
        default=None, ge=0, description="Number of the class, from 0; left out, the likeliest classes one by one."
    )


class GradCam(AnalysisKind[GradCamParams]):
    """The maps of a layer, weighted by the mean gradient of the score with respect to each, where the sum is positive.

    In eval mode; laid over the image by bilinear interpolation.
    """

    kind = "grad_cam"
    title = "Grad-CAM"
    help = "Which region of the chosen image speaks for a class, by the maps of a deep layer."
    formula = (
        r"L = \mathrm{ReLU}\Big(\sum_k \alpha_k A_k\Big),\quad "
        r"\alpha_k = \frac{1}{HW} \sum_{ij} \frac{\partial s}{\partial A_{kij}}"
    )
    source = "R. Selvaraju et al., Grad-CAM: visual explanations from deep networks, ICCV 2017"
    group = "Convolution"
    Params = GradCamParams
    data_shape = DataShape.EXAMPLES
    is_quick = True
    shows_sample = True
    example = {"class_number": 3}

    def lacks(self, plan: Plan) -> Lack | None:
        """Only for images that are classified by a network with maps."""
        if last_maps(plan) is None:
            return lacks_pictures(plan) or Lack(text="No layer of this network gives maps.")
        return lacks_pictures(plan)

    def analyse(self, context: AnalysisContext, params: GradCamParams) -> Frame:
        """A group for each class, with the one image in it."""
        context.network.eval()
        node = layer_of(context.plan, params.node)
        shown, names = shown_image(context), context.facts.class_names
        share_k = probabilities(context, shown)
        items = [
            ExamplesItem(
                node=names[number],
                title=f"{node}, for {names[number]}",
                examples=[
                    heat_example(context, shown, self._heat(context.network, shown.inputs, node, number), share_k)
                ],
                low=float(shown.raw.min()),
                high=float(shown.raw.max()),
            )
            for number in classes_to_show(context, share_k, params.class_number)
        ]
        return context.frame(
            self, items, split="validation", mode="eval", num_samples=1, sample=view_of(context, shown)
        )

    @staticmethod
    def _heat(network: Network, inputs: Tensor, node: str, number: int) -> Tensor:
        small_hw = grad_cam(network, inputs, node, number)
        size = tuple(inputs.shape[2:])
        return interpolate(small_hw[None, None], size=size, mode="bilinear", align_corners=False)[0, 0]


def grad_cam(network: Network, inputs: Tensor, node: str, number: int) -> Tensor:
    """[H, W] of the layer's own size, for one image [1, C, H, W]; zeros where the score does not hang on the layer."""
    kept: dict[str, Tensor] = {}
    hook = network.layers[node].register_forward_hook(lambda _module, _read, given: kept.update(maps=given))
    try:
        with torch.enable_grad():
            score = score_of(network(inputs), number)
            (slope,) = torch.autograd.grad(score, kept["maps"], allow_unused=True)
    finally:
        hook.remove()
    maps_chw = kept["maps"][0].detach()
    if slope is None:
        return torch.zeros(maps_chw.shape[1:])
    weight_c = slope[0].mean((1, 2))
    return (weight_c[:, None, None] * maps_chw).sum(0).relu()
