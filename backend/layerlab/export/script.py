"""A run as one file of PyTorch that does without Layerlab and trains the same network in the same way."""

import ast
import re
import sys

from layerlab_schemas.run import RunSpec

from layerlab.errors import SpecError
from layerlab.export import loop
from layerlab.export.augmenting import write_augment
from layerlab.export.data import write_data
from layerlab.export.learning import write_learning, write_loss
from layerlab.export.model import write_model
from layerlab.export.start import write_start
from layerlab.export.transplant import Transplant
from layerlab.losses.base import has_steps
from layerlab.training.inspection import examine, needs_batch

#: What the parts of a script may use, by the name that gives it away.
IMPORTS = {
    "Any": "from typing import Any",
    "NamedTuple": "from typing import NamedTuple",
    "blake2b": "from hashlib import blake2b",
    "math": "import math",
    "torch": "import torch",
    "nn": "from torch import nn",
    "Tensor": "from torch import Tensor",
    "functional": "from torch.nn import functional",
    "F": "from torch.nn import functional as F",
    "np": "import numpy as np",
}
#: What a script may need beside PyTorch, by module.
_OTHERS = {"sklearn": "scikit-learn", "numpy": "NumPy", "kornia": "kornia"}


def python_script(spec: RunSpec) -> str:
    """The script. Seeds, start, samples, their order and every setting are those of the run; only dropout draws
    other numbers.

    Raises:
        SpecError: The spec cannot be trained, with every problem.
    """
    found = examine(spec)
    result = found.result()
    if not result.ok:
        raise SpecError(result.problems)
    assert found.plan is not None
    assert found.loss is not None
    assert found.optimizer is not None
    assert found.schedule is not None
    assert found.data is not None
    of_classes = found.plan.data.task == "classification"
    at_each_step = has_steps(found.data.train_targets)
    model = write_model(found.plan)
    data, rules = Transplant(), Transplant()
    load_data = write_data(spec, data)
    start = write_start(found.plan, spec.init, model.attributes, rules)
    write_loss(found.loss, rules, of_classes=of_classes, at_each_step=at_each_step)
    learning = write_learning(found.optimizer, found.schedule, found.plan, rules)
    augmented = write_augment(
        found.augment,
        found.loss,
        rules,
        value_range=found.data.value_range,
        shares_labels=not found.data.gives_back,
    )
    validates = found.plan.data.num_validation > 0
    parts = [
        *model.definitions.values(),
        model.text,
        start,
        *rules.definitions.values(),
        loop.MOMENT,
        loop.write_train(spec, learning, augmented, validates=validates, of_classes=of_classes),
        *([loop.write_evaluate(of_classes=of_classes, at_each_step=at_each_step)] if validates else []),
        loop.write_batches(spec, drop_single=needs_batch(found.plan), full_batch=learning.full_batch),
        *(augmented.texts if augmented else ()),
        load_data,
        *(text for name, text in data.definitions.items() if rules.definitions.get(name) != text),
        loop.STREAMS,
        'if __name__ == "__main__":\n    train()',
    ]
    return _file(spec, found.optimizer.params.lr, parts, data.imports | rules.imports)


def _file(spec: RunSpec, rate: float, parts: list[str], imports: set[str]) -> str:
    constants = "\n".join(_constants(spec, rate))
    # Two constants of one line come as that line twice.
    body = "\n\n\n".join(dict.fromkeys(part.strip("\n") for part in parts))
    lines = imports | _needed(f"{constants}\n{body}")
    said = "\n".join([*lines, body])
    more = [name for module, name in _OTHERS.items() if re.search(rf"^\s*(from|import) {module}\b", said, re.MULTILINE)]
    needs = ", ".join(["PyTorch", *more[:-1]]) + (f" and {more[-1]}" if more else "")
    head = f'"""{_one_line(spec.name)}: written by Layerlab, needs {needs}."""'
    return f"{head}\n\n{_import_text(lines)}\n\n{constants}\n\n\n{body}\n"


def _constants(spec: RunSpec, rate: float) -> list[str]:
    device = '"cuda" if torch.cuda.is_available() else "cpu"' if spec.training.device == "auto" else None
    return [
        f"SEED = {spec.training.seed}",
        f"DEVICE = {device or repr(spec.training.device)}",
        f"BATCH_SIZE = {spec.data.batch_size}",
        *([] if spec.training.epochs is None else [f"EPOCHS = {spec.training.epochs}"]),
        *([] if spec.training.max_steps is None else [f"MAX_STEPS = {spec.training.max_steps}"]),
        f"LR = {rate!r}",
    ]


def _needed(text: str) -> set[str]:
    """Import lines for the names that the text uses."""
    used = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    return {line for name, line in IMPORTS.items() if name in used}


def _import_text(lines: set[str]) -> str:
    """The standard library, then the rest; what comes from one module stands in one line."""
    groups: tuple[list[str], list[str]] = ([], [])
    taken: dict[str, set[str]] = {}
    for line in lines:
        module, _, names = line.removeprefix("from ").partition(" import ")
        if line.startswith("from "):
            taken.setdefault(module, set()).add(names)
    whole = [line for line in lines if line.startswith("import ")]
    whole += [f"from {module} import {', '.join(sorted(names))}" for module, names in taken.items()]
    for line in sorted(whole, key=lambda line: (line.startswith("from"), line)):
        groups[line.split()[1].split(".")[0] not in sys.stdlib_module_names].append(line)
    return "\n\n".join("\n".join(group) for group in groups if group)


def _one_line(text: str) -> str:
    """Text for a docstring: what a user typed must not end it."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(plain.replace("\\", "/").replace('"', "'").split()) or "Untitled"
