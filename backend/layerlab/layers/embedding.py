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
        if params.num_embeddings is None:
            message = f"{site.node} needs num_embeddings; the data does not say how many tokens there are."
            hint = "Set num_embeddings to the largest token plus 1."
            return [site.problem("missing_field", message, field="num_embeddings", hint=hint)]
        if site.num_tokens is not None and params.num_embeddings < site.num_tokens:
            message = f"{site.node} has {params.num_embeddings} vectors, and the data has {site.num_tokens} tokens."
            return [
                site.problem(
                    "too_few_embeddings",
                    message,
                    field="num_embeddings",
                    expected=f"at least {site.num_tokens}",
                    got=params.num_embeddings,
                    hint=f"Set num_embeddings to {site.num_tokens}.",
                    mend=site.mend("num_embeddings", site.num_tokens),
                )
            ]
        return []

    def build(self, params: EmbeddingParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``nn.Embedding``: tokens [N, T] → vectors [N, T, embedding_dim]."""
        assert params.num_embeddings is not None
        return nn.Embedding(params.num_embeddings, params.embedding_dim)

    def code(self, params: EmbeddingParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.Embedding``."""
        return Code(written(nn.Embedding, params.num_embeddings, params.embedding_dim))
