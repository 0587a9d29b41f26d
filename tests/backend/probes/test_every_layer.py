"""Every probe can look at every layer: at the start and after a step of its example."""

import pytest
from layerlab import probes
from layerlab.layers import REGISTRY
from layerlab_schemas.run import RunSpec

from tests.backend.probes.watching import watched


@pytest.mark.parametrize("kind", [kind.kind for kind in REGISTRY])
def test_all_probes_measure_it(kind):
    example = REGISTRY.get(kind).describe().example
    spec = RunSpec.model_validate({**example, "training": {"max_steps": 1, "seed": 1}})
    looked = set()
    for assembly, context, _ in watched(spec):
        for probe in probes.REGISTRY:
            if not probe.applies(assembly.plan):
                continue
            frame = probe.measure(context)
            if frame is not None:
                looked.add(probe.kind)
    assert {"activations", "weights", "weight_gradients"} <= looked
