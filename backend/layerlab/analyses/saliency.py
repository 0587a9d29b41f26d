"""Saliency: which pixels the score of a class would change with, if they changed a little."""

import torch
from layerlab_schemas.frames import DataShape, ExamplesItem, Frame
from layerlab_schemas.graph import Lack
from pydantic import Field
from torch import Tensor

from layerlab.analyses.base import AnalysisContext, AnalysisKind
from layerlab.analyses.picturing import (
    classes_to_show,
    heat_example,
    lacks_pictures,
    probabilities,
    score_of,
    shown_image,
    view_of,
)
from layerlab.graph.network import Network
from layerlab.graph.plan import Plan
from layerlab.params import Params


class SaliencyParams(Params):
    """Whose score is looked at."""

    class_number: int | None = Field(
        default=None, ge=0, description="Number of the class, from 0; left out, the likeliest classes one by one."
    )


class Saliency(AnalysisKind[SaliencyParams]):
    """The size of the gradient of a class's score with respect to each pixel, in eval mode; the largest channel counts.

    The score is the network's output for the class, before a softmax of the loss; the pixel is what the network reads,
    after preprocessing.
    """

    kind = "saliency"
    title = "Saliency"
    help = "Where the chosen image would have to change a little to change the score of a class most."
    formula = r"M_{ij} = \max_c \left| \frac{\partial s_k}{\partial x_{cij}} \right|"
    source = "K. Simonyan, A. Vedaldi, A. Zisserman, Deep inside convolutional networks, ICLR workshop 2014"
    group = "Convolution"
    Params = SaliencyParams
    data_shape = DataShape.EXAMPLES
    is_quick = True
    shows_sample = True
    example = {"class_number": 3}

    def lacks(self, plan: Plan) -> Lack | None:
        """Only for images that are classified."""
        return lacks_pictures(plan)

    def analyse(self, context: AnalysisContext, params: SaliencyParams) -> Frame:
        """A group for each class, with the one image in it."""
        context.network.eval()
        shown, names = shown_image(context), context.facts.class_names
        share_k = probabilities(context, shown)
        items = [
            ExamplesItem(
                node=names[number],
                title=f"score of {names[number]}",
                examples=[heat_example(context, shown, saliency(context.network, shown.inputs, number), share_k)],
                low=float(shown.raw.min()),
                high=float(shown.raw.max()),
            )
            for number in classes_to_show(context, share_k, params.class_number)
        ]
        return context.frame(
            self, items, split="validation", mode="eval", num_samples=1, sample=view_of(context, shown)
        )


def saliency(network: Network, inputs: Tensor, number: int) -> Tensor:
    """[H, W] for one image [1, C, H, W]."""
    x = inputs.detach().clone().requires_grad_()
    with torch.enable_grad():
        (gradient,) = torch.autograd.grad(score_of(network(x), number), x)
    return gradient[0].abs().amax(0)
