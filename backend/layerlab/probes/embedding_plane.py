"""Embeddings in two dimensions: tokens that are used alike come to lie close together."""

from typing import Any, ClassVar

import torch
from layerlab_schemas.frames import DataShape, Frame, ScatterItem
from layerlab_schemas.graph import CheckedData, Lack
from torch import Tensor, nn

from layerlab.graph.lacks import lacks_layer
from layerlab.graph.plan import Plan
from layerlab.probes.base import ProbeContext, ProbeKind, pack

#: Of a longer vocabulary the first so many tokens are told.
MOST_TOKENS = 500


class EmbeddingPlane(ProbeKind):
    """The vectors of each embedding on the two directions in which they differ most (principal components).

    The sign of a direction is free; it is taken so that its largest loading is positive. So the picture does not flip
    from one look to the next, as long as the same loading is the largest.
    """

    kind = "embedding_plane"
    title = "Embeddings"
    help = "The vector of each token, seen from where they differ most. Tokens that are used alike move together."
    formula = r"z_v = V_2^\top (E_v - \bar E)"
    source = "K. Pearson, On lines and planes of closest fit to systems of points in space (1901)"
    group = "Sequences"
    data_shape = DataShape.SCATTER
    example: ClassVar[Any] = {
        "data": {"dataset": "grammar_text", "params": {"length": 12, "samples": 200}},
        "graph": [{"kind": "embedding", "embedding_dim": 8}, {"kind": "linear", "out_features": 29}],
    }

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where there is an embedding."""
        return lacks_layer(plan, "embedding", called="embedding")

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """A point for each token, named by it."""
        network = context.network
        tables = {
            node.id: module.weight.detach().cpu().double()
            for node in network.plan.nodes
            if isinstance(module := network.layers[node.id], nn.Embedding)
        }
        items = [_item(node, table, context.facts) for node, table in tables.items() if table.isfinite().all()]
        return context.frame(self, items) if items else None


def _item(node: str, table_vd: Tensor, facts: CheckedData) -> ScatterItem:
    places_v2, shares_2 = principal_plane(table_vd)
    titles = [f"component {k + 1} ({100 * share:.0f} % of the variance)" for k, share in enumerate(shares_2.tolist())]
    names = _names(len(table_vd), facts)
    return ScatterItem(
        node=node,
        x_title=titles[0],
        y_title=titles[1],
        x=pack(places_v2[:MOST_TOKENS, 0]),
        y=pack(places_v2[:MOST_TOKENS, 1]),
        names=names[:MOST_TOKENS],
    )


def _names(num_tokens: int, facts: CheckedData) -> list[str]:
    """Tokens as the data write them; a table with more rows than the data have tokens has numbers."""
    words = facts.vocabulary[:num_tokens]
    return [*words, *map(str, range(len(words), num_tokens))]


def principal_plane(table_vd: Tensor) -> tuple[Tensor, Tensor]:
    """Rows [V, D] on their first two principal components, [V, 2], and each component's share of the variance, [2].

    What there is no second component of is 0. The loading of largest size of each component is positive; of several of
    one size the first.
    """
    centred_vd = table_vd - table_vd.mean(0)
    left_vk, size_k, right_kd = torch.linalg.svd(centred_vd, full_matrices=False)
    largest_k1 = right_kd.abs().argmax(1, keepdim=True)
    sign_k = torch.where(right_kd.gather(1, largest_k1)[:, 0] < 0, -1.0, 1.0)
    places_vk = left_vk * size_k * sign_k
    total = size_k.square().sum()
    shares_k = size_k.square() / total if total > 0 else torch.zeros_like(size_k)
    missing = max(0, 2 - len(size_k))
    return nn.functional.pad(places_vk[:, :2], (0, missing)), nn.functional.pad(shares_k[:2], (0, missing))
