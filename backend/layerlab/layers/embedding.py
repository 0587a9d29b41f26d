"""Embedding: a learned vector for each token."""

from collections.abc import Sequence

import torch
from layerlab_schemas.graph import CheckedData
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import nn

from layerlab.layers.base import Code, LayerKind, Shape, Site, Width, written
from layerlab.params import Params


class EmbeddingParams(Params):
    """Fields of ``embedding``, named as in ``nn.Embedding``."""

    embedding_dim: Width = Field(description="Numbers in the vector of a token.")
    num_embeddings: Width | None = Field(
        default=None, description="How many different tokens there are; taken from the data when left out."
    )


class Embedding(LayerKind[EmbeddingParams]):
    """Its vectors start as N(0, 1), as in PyTorch, whatever the run's scheme says of fans: a lookup has none.

    A scheme without fans (zeros, normal) or one given on the node itself does fill them.
    """

    kind = "embedding"
    title = "Embedding"
    help = "Looks up a learned vector for each token, so that tokens used alike can come to lie close together."
    formula = r"y_t = E_{x_t}"
    source = "Y. Bengio et al., A neural probabilistic language model, JMLR 3 (2003)"
    group = "weights"
    Params = EmbeddingParams
    example = {
        "data": {"dataset": "parity", "params": {"length": 10, "samples": 200, "encoding": "token"}},
        "graph": [
            {"kind": "embedding", "embedding_dim": 4},
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 2},
        ],
    }
    takes_index = True
    has_weights = True
    is_lookup = True

    def complete(self, params: EmbeddingParams, data: CheckedData) -> EmbeddingParams:
        """Takes the number of tokens from the data where it is left out."""
        if params.num_embeddings is not None or data.num_tokens is None:
            return params
        return params.model_copy(update={"num_embeddings": data.num_tokens})

    def check_inputs(self, params: EmbeddingParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses an unknown number of tokens, and fewer vectors than the data has tokens."""
        return site.needs_tokens_known("num_embeddings", params.num_embeddings)

    def build(self, params: EmbeddingParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.Embedding``: tokens [N, T] → vectors [N, T, embedding_dim]."""
        assert params.num_embeddings is not None
        return nn.Embedding(params.num_embeddings, params.embedding_dim)

    def output_shape(self, params: EmbeddingParams, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """[T, embedding_dim]."""
        return (*input_shapes[0], params.embedding_dim)

    def code(self, params: EmbeddingParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.Embedding``."""
        return Code(written(nn.Embedding, params.num_embeddings, params.embedding_dim))
