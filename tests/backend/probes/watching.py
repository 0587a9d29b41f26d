"""A trainer with a look from outside after each step, as the worker has it."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import torch
from layerlab import probes
from layerlab.probes.base import Confusion, ProbeContext, Sample
from layerlab.runs.judging import judged as judge
from layerlab.runs.telemetry import copied_weights
from layerlab.training.assemble import Assembly, assemble
from layerlab_schemas.frames import PackedArray
from layerlab_schemas.run import RunSpec

NET = [
    {"id": "conv", "kind": "conv2d", "out_channels": 6, "kernel_size": 3, "padding": 1},
    {"id": "norm", "kind": "batch_norm"},
    {"id": "relu", "kind": "relu"},
    {"kind": "max_pool2d", "kernel_size": 2},
    {"kind": "flatten"},
    {"id": "hidden", "kind": "linear", "out_features": 16},
    {"id": "tanh", "kind": "tanh"},
    {"kind": "dropout", "p": 0.3},
    {"id": "logits", "kind": "linear", "out_features": 10},
]


def spec(graph=NET, dataset="digits", **training):
    return RunSpec.model_validate(
        {
            "data": {"dataset": dataset, "batch_size": 32},
            "graph": graph,
            "optimizer": {"kind": "adam", "lr": 0.01},
            "training": {"max_steps": 6, "epochs": None, "seed": 3} | training,
        }
    )


def context_of(
    assembly: Assembly, batch=None, confusion=None, sample=4, before=None, memory=None, judged=None
) -> ProbeContext:
    data = assembly.data
    return ProbeContext(
        run="r",
        step=assembly.trainer.step,
        network=assembly.network,
        batch=batch,
        batch_size=0 if batch is None else len(batch.outputs["input"]),
        probe_inputs=data.validation_inputs[:64],
        probe_split="validation",
        sample=Sample(
            index=sample,
            raw=data.validation_raw[sample : sample + 1],
            inputs=data.validation_inputs[sample : sample + 1],
            target=data.validation_targets[sample : sample + 1],
        ),
        confusion=confusion,
        raw_inputs=data.train_raw,
        preprocess=data.preprocessing.apply,
        probe_targets=data.validation_targets[:64],
        loss=partial(assembly.trainer.loss.kind.batch_value, assembly.trainer.loss.params),
        seed=assembly.spec.training.seed,
        judged=judged,
        train_targets=data.train_targets,
        before=before or {},
        remembered=assembly.trainer.remembered,
        memory={} if memory is None else memory,
    )


def watched(run_spec: RunSpec) -> Iterator[tuple[Assembly, ProbeContext, float | None]]:
    """Each step of a run with what a probe may look at after it."""
    assembly = assemble(run_spec)
    confusion, judged, memory = None, None, {}
    steps = assembly.trainer.steps()
    with assembly.network.recording() as recording:
        before = copied_weights(assembly.network)
        for report in steps:
            if report.evaluation and report.evaluation.confusion is not None:
                confusion = Confusion(
                    step=report.step, counts=report.evaluation.confusion, num_samples=report.evaluation.num_samples
                )
            judged = judge(assembly, report) or judged
            seen = (recording, confusion, 4, before) if report.step else (None, confusion)
            yield assembly, context_of(assembly, *seen, memory=memory, judged=judged), report.loss
            before = copied_weights(assembly.network)


def last(run_spec: RunSpec) -> tuple[Assembly, ProbeContext]:
    *_, (assembly, context, _) = watched(run_spec)
    return assembly, context


def measure(kind: str, context: ProbeContext):
    return probes.REGISTRY.get(kind).measure(context)


def array(packed) -> np.ndarray:
    assert isinstance(packed, PackedArray)
    return np.frombuffer(packed.data, dtype="<i4" if packed.dtype == "int32" else "<f4").reshape(packed.shape)


def evaluated(assembly: Assembly, upto: str) -> torch.Tensor:
    """The output of a node for the probe samples, by running the modules by hand in eval mode."""
    x = assembly.data.validation_inputs[:64]
    assembly.network.eval()
    with torch.no_grad():
        for node in assembly.plan.nodes:
            x = assembly.network.layers[node.id](x)
            if node.id == upto:
                break
    assembly.network.train()
    return x
