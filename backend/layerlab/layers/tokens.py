"""Tokens as numbers without learning: one-hot vectors and bags of words."""

from collections.abc import Sequence
from typing import TypeVar

import torch
from layerlab_schemas.base import Boolean
from layerlab_schemas.graph import CheckedData
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import nn

from layerlab.layers.base import Code, LayerKind, Shape, Site, Width, sources_of
from layerlab.layers.counting import BagOfWordsModule, OneHotModule, bag_of_words
from layerlab.params import Params


class OneHotParams(Params):
    """Fields of ``one_hot``, named as in ``torch.nn.functional.one_hot``."""

    num_classes: Width | None = Field(
        default=None, description="How many different tokens there are; taken from the data when left out."
    )


class BagOfWordsParams(OneHotParams):
    """Fields of ``bag_of_words``."""

    normalize: Boolean = Field(default=False, description="Give shares of the sequence instead of counts.")


P = TypeVar("P", bound=OneHotParams)


class Tokens(LayerKind[P]):
    """What both share: they read whole numbers and must know how many there are."""

    group = "tokens"
    takes_index = True

    def complete(self, params: P, data: CheckedData) -> P:
        """Takes the number of tokens from the data where it is left out."""
        if params.num_classes is not None or data.num_tokens is None:
            return params
        return params.model_copy(update={"num_classes": data.num_tokens})

    def check_inputs(self, params: P, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses an unknown number of tokens, and fewer places than the data has tokens."""
        return site.needs_tokens_known("num_classes", params.num_classes)


_DATA = {"dataset": "parity", "params": {"length": 10, "samples": 200, "encoding": "token"}}


class OneHot(Tokens[OneHotParams]):
    """[T] tokens → [T, num_classes]."""

    kind = "one_hot"
    title = "One-hot"
    help = "Writes each token as a row of zeros with a single 1 at its number: all tokens are equally far apart."
    formula = r"y_{t,v} = [x_t = v]"
    source = "PyTorch, torch.nn.functional.one_hot"
    Params = OneHotParams
    example = {
        "data": _DATA,
        "graph": [
            {"kind": "one_hot"},
            {"kind": "gru", "hidden_size": 8},
            {"kind": "linear", "out_features": 2},
        ],
    }

    def build(self, params: OneHotParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """A ``OneHotModule``."""
        assert params.num_classes is not None
        return OneHotModule(params.num_classes)

    def output_shape(self, params: OneHotParams, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """[T, num_classes]."""
        assert params.num_classes is not None
        return (*input_shapes[0], params.num_classes)

    def code(self, params: OneHotParams, input_shapes: Sequence[Shape]) -> Code:
        """``one_hot``."""
        return Code(call=f"nn.functional.one_hot({{0}}, {params.num_classes}).float()")


class BagOfWords(Tokens[BagOfWordsParams]):
    """[T] tokens → [num_classes]. Padding is not counted."""

    kind = "bag_of_words"
    title = "Bag of words"
    help = "Counts how often each token comes. The order is lost; what a text is about often is not."
    formula = r"y_v = \sum_t [x_t = v]"
    source = "Z. Harris, Distributional structure, Word 10 (1954)"
    reads_masks = True
    is_local = False
    Params = BagOfWordsParams
    example = {"data": _DATA, "graph": [{"kind": "bag_of_words"}, {"kind": "linear", "out_features": 2}]}

    def build(
        self, params: BagOfWordsParams, input_shapes: Sequence[Shape], *, generator: torch.Generator
    ) -> nn.Module:
        """A ``BagOfWordsModule``."""
        assert params.num_classes is not None
        return BagOfWordsModule(params.num_classes, params.normalize)

    def output_shape(self, params: BagOfWordsParams, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """[num_classes]."""
        assert params.num_classes is not None
        return (params.num_classes,)

    def code(self, params: BagOfWordsParams, input_shapes: Sequence[Shape]) -> Code:
        """A sum of ones."""
        chosen = ", normalize=True" if params.normalize else ""
        call = f"bag_of_words({{0}}, {params.num_classes}{chosen}, masks={{masks}})"
        return Code(call=call, definitions=sources_of(bag_of_words))
