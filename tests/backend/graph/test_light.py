"""A check costs milliseconds from the first one on: it never imports PyTorch's compiler, which takes seconds."""

import subprocess
import sys
from pathlib import Path

CODE = """
import sys
from layerlab.graph.check import check
from layerlab.graph.compile import compile_network
from layerlab.layers import REGISTRY
from layerlab_schemas.graph import InitSpec
from tests.backend.graph.building import nodes
from tests.backend.graph.random_graphs import random_graph

kinds = set()
for seed in range(60):
    specs, data = random_graph(seed)
    kinds |= {spec["kind"] for spec in specs}
    _, plan = check(nodes(*specs), data)
    compile_network(plan, init=InitSpec(scheme="kaiming_normal"), seed=seed)
assert kinds == {kind.kind for kind in REGISTRY}
print([name for name in ("torch._dynamo", "sympy") if name in sys.modules])
"""


def test_no_layer_brings_the_compiler_in():
    root = Path(__file__).resolve().parents[3]
    answer = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False, cwd=root)
    assert (answer.stdout, answer.stderr) == ("[]\n", "")
