"""How many steps a spec asks for, known before a worker says so."""

from math import ceil

from layerlab_schemas.run import RunSpec

#: Optimizers that take all samples in each step; the server cannot ask their kinds, which need torch.
FULL_BATCH = frozenset({"gd", "lbfgs"})


def planned_steps(spec: RunSpec, num_train: int) -> tuple[int, int]:
    """Steps in all, and steps of one pass over ``num_train`` samples. Epochs and max_steps: the earlier wins."""
    batch_size = num_train if spec.optimizer.kind in FULL_BATCH else spec.data.batch_size
    per_epoch = max(1, ceil(num_train / batch_size))
    limits = []
    if spec.training.epochs is not None:
        limits.append(spec.training.epochs * per_epoch)
    if spec.training.max_steps is not None:
        limits.append(spec.training.max_steps)
    return min(limits, default=0), per_epoch
