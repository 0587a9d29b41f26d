"""What the weights of sequence layers say: spectra, embeddings in a plane, positions."""

import math

import numpy as np
import pytest
import torch
from layerlab.probes.embedding_plane import principal_plane
from layerlab.training.assemble import assemble
from layerlab_schemas.run import RunSpec

from tests.backend.probes.watching import array, context_of, measure

DATA = {"dataset": "parity", "params": {"encoding": "token", "length": 6, "samples": 100}}
EMBED = {"id": "embedding", "kind": "embedding", "embedding_dim": 8}
SCORES = {"id": "scores", "kind": "linear", "out_features": 2}


def made(*graph, data=DATA):
    body = {"data": data, "graph": list(graph), "training": {"max_steps": 1, "seed": 5}}
    assembly = assemble(RunSpec.model_validate(body))
    return assembly, context_of(assembly)


def named(item):
    return {series.name: array(series.y) for series in item.series}


def test_spectrum_of_each_gate():
    assembly, context = made(EMBED, {"id": "lstm", "kind": "lstm", "hidden_size": 7}, SCORES)
    values, radii = measure("recurrent_spectrum", context).items
    whole = assembly.network.layers["lstm"].weight_hh_l0.detach().numpy()
    gates = ["input gate", "forget gate", "candidate", "output gate"]
    blocks = dict(zip(gates, whole.reshape(4, 7, 7), strict=True))
    assert (values.node, radii.node, radii.x_names) == ("lstm · singular values", "lstm · spectral radius", gates)
    for gate, block in blocks.items():
        assert named(values)[gate] == pytest.approx(np.linalg.svd(block)[1], abs=1e-6)
    expected = [np.abs(np.linalg.eigvals(block)).max() for block in blocks.values()]
    assert named(radii)["spectral radius"] == pytest.approx(expected, abs=1e-6)
    assert set(named(values)["1"]) == {1.0}


def test_spectrum_of_a_known_matrix():
    """A rotation times 0.9 stretches nothing and has the radius 0.9; a nilpotent one stretches and has radius 0."""
    assembly, context = made(EMBED, {"id": "rnn", "kind": "rnn", "hidden_size": 2}, SCORES)
    weight = assembly.network.layers["rnn"].weight_hh_l0
    with torch.no_grad():
        weight.copy_(0.9 * torch.tensor([[math.cos(1), -math.sin(1)], [math.sin(1), math.cos(1)]]))
    values, radii = measure("recurrent_spectrum", context).items
    assert named(values)["state"] == pytest.approx([0.9, 0.9], abs=1e-6)
    assert named(radii)["spectral radius"] == pytest.approx([0.9], abs=1e-6)
    with torch.no_grad():
        weight.copy_(torch.tensor([[0.0, 3.0], [0.0, 0.0]]))
    values, radii = measure("recurrent_spectrum", context).items
    assert named(values)["state"] == pytest.approx([3, 0])
    assert named(radii)["spectral radius"] == pytest.approx([0], abs=1e-6)


def test_what_has_no_spectrum_is_left_out():
    large = {"id": "large", "kind": "rnn", "hidden_size": 257, "output": "sequence"}
    small = {"id": "small", "kind": "gru", "hidden_size": 4}
    assembly, context = made(EMBED, large, small, SCORES)
    assert {item.node.split(" ")[0] for item in measure("recurrent_spectrum", context).items} == {"small"}
    with torch.no_grad():
        assembly.network.layers["small"].weight_hh_l0[0, 0] = math.nan
    first, _ = measure("recurrent_spectrum", context).items
    assert list(named(first)) == ["update gate", "candidate", "1"]


# --- embeddings -------------------------------------------------------------------------------------------------------


def test_principal_components_are_those_of_the_covariance():
    torch.manual_seed(3)
    table = torch.randn(30, 6, dtype=torch.float64) * torch.tensor([3.0, 2, 1, 1, 0.5, 0.1])
    places, shares = principal_plane(table)
    sizes, vectors = np.linalg.eigh(np.cov(table.numpy().T))
    assert shares.numpy() == pytest.approx(sizes[::-1][:2] / sizes.sum())
    for component, vector in zip(places.T.numpy(), vectors.T[::-1], strict=False):
        sign = np.sign(vector[np.abs(vector).argmax()])
        assert component == pytest.approx((table - table.mean(0)).numpy() @ (sign * vector))


def test_the_picture_does_not_flip_between_two_looks():
    torch.manual_seed(3)
    table = torch.randn(30, 6, dtype=torch.float64) * torch.tensor([3.0, 2, 1, 1, 0.5, 0.1])
    before, _ = principal_plane(table)
    for seed in range(20):
        torch.manual_seed(seed)
        after, _ = principal_plane(table + 1e-3 * torch.randn_like(table))
        assert (after - before).abs().max() < 0.05
    mirrored, _ = principal_plane(-table)
    torch.testing.assert_close(mirrored, -before)


def test_few_features_and_equal_vectors_have_their_place():
    places, shares = principal_plane(torch.tensor([[1.0], [3.0], [2.0]]))
    torch.testing.assert_close(places, torch.tensor([[-1.0, 0], [1, 0], [0, 0]]))
    assert shares.tolist() == [1, 0]
    places, shares = principal_plane(torch.ones(4, 3))
    assert (places == 0).all()
    assert shares.tolist() == [0, 0]


def test_tokens_have_their_names():
    data = {"dataset": "grammar_text", "params": {"length": 8, "samples": 60}}
    assembly, context = made(EMBED, {"id": "scores", "kind": "linear", "out_features": 29}, data=data)
    (item,) = measure("embedding_plane", context).items
    places, shares = principal_plane(assembly.network.layers["embedding"].weight.detach().double())
    assert item.names == assembly.data.facts.vocabulary
    assert array(item.x) == pytest.approx(places[:, 0].numpy(), abs=1e-5)
    assert array(item.y) == pytest.approx(places[:, 1].numpy(), abs=1e-5)
    assert item.x_title == f"component 1 ({100 * float(shares[0]):.0f} % of the variance)"


# --- positions --------------------------------------------------------------------------------------------------------


def test_sines_and_cosines():
    _, context = made(EMBED, {"id": "where", "kind": "positional_encoding"}, {"kind": "global_avg_pool"}, SCORES)
    (item,) = measure("position_table", context).items
    wave = [math.sin, math.cos]
    expected = [[wave[f % 2](t / 10000 ** ((f - f % 2) / 8)) for f in range(8)] for t in range(6)]
    assert array(item.values) == pytest.approx(np.array(expected), abs=1e-6)
    assert (item.signed, item.high, item.low) == (True, pytest.approx(1.0), pytest.approx(-1.0))


def test_learned_positions_are_the_weight():
    learned = {"id": "where", "kind": "positional_encoding", "encoding": "learned"}
    assembly, context = made(EMBED, learned, {"kind": "global_avg_pool"}, SCORES)
    (item,) = measure("position_table", context).items
    assert (array(item.values) == assembly.network.layers["where"].weight.detach().numpy()).all()
