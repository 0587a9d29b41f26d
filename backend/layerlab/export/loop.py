"""The training loop as code: batches, evaluations, and what is done to the gradient."""

from collections.abc import Iterator

from layerlab_schemas.run import EarlyStoppingSpec, RegularizationSpec, RunSpec

from layerlab.export.augmenting import Augmented
from layerlab.export.learning import Learning

STREAMS = '''
def derive(*names: str | int) -> int:
    """A seed that depends on SEED and names, so that no two parts of the run share their random numbers."""
    digest = blake2b(digest_size=8)
    for part in (SEED, *names):
        text = str(part).encode()
        digest.update(len(text).to_bytes(4, "big") + text)
    return int.from_bytes(digest.digest(), "big") >> 1


def stream(name: str) -> torch.Generator:
    """The random numbers of one part of the run."""
    return torch.Generator().manual_seed(derive(name))
'''.strip()

MOMENT = '''
class Moment(NamedTuple):
    """Where the run stands before a step."""

    step: int
    epoch: int
    num_steps: int
    steps_per_epoch: int
    memory: dict[str, float]
'''.strip()

_MIXED = 'torch.randperm(num_samples, generator=stream(f"shuffle {epoch}"))'
_IN_ORDER = "torch.arange(num_samples)"

_BATCHES = '''
def batches(num_samples: int, epoch: int) -> list[Tensor]:
    """The sample numbers of each batch of an epoch."""
    order = {order}
    {given}
'''.strip()
_ALL = "return list(order.to(DEVICE).split(BATCH_SIZE))"
_NO_SINGLE = "return [batch for batch in order.to(DEVICE).split(BATCH_SIZE) if len(batch) > 1]  # a norm needs two"
_FULL = '''
def batches(num_samples: int, epoch: int) -> list[Tensor]:
    """The sample numbers of the one batch of an epoch: all."""
    return [torch.arange(num_samples, device=DEVICE)]
'''.strip()

_EVALUATE = '''
@torch.no_grad()
def evaluate(model: Model, inputs: Tensor, targets: Tensor) -> tuple[float, float]:
    """Mean loss and {words} of all {whole}."""
    model.eval()
    loss, {name}, num_chunks = 0.0, 0.0, -(-len(inputs) // 512)
    for x, y in zip(inputs.tensor_split(num_chunks), targets.tensor_split(num_chunks)):
        output = model(x)
        loss += loss_of(output, y).item() * {counted}
        {name} += {measured}
    model.train()
    return loss / {total}, {name} / {total}
'''.strip()


def write_batches(spec: RunSpec, *, drop_single: bool, full_batch: bool) -> str:
    """The function ``batches``."""
    if full_batch:
        return _FULL
    order = _MIXED if spec.data.shuffle else _IN_ORDER
    return _BATCHES.format(order=order, given=_NO_SINGLE if drop_single else _ALL)


def write_evaluate(*, of_classes: bool, at_each_step: bool) -> str:
    """The function ``evaluate``."""
    over = {"whole": "samples", "counted": "len(x)", "total": "len(inputs)"}
    if at_each_step:
        over = {"whole": "steps that have an answer", "counted": "num_answers(y)", "total": "num_answers(targets)"}
        right = "(answers(output, y) == y).sum().item()"
        return _EVALUATE.format(words="share of right answers", name="accuracy", measured=right, **over)
    if of_classes:
        right = "(predicted(output) == y).float().mean().item() * len(x)"
        return _EVALUATE.format(words="share of right answers", name="accuracy", measured=right, **over)
    off = "(output - y).abs().mean().item() * len(x)"
    return _EVALUATE.format(words="mean absolute error", name="error", measured=off, **over)


def write_train(
    spec: RunSpec, learning: Learning, augmented: Augmented | None, *, validates: bool, of_classes: bool
) -> str:
    """The function ``train``."""
    stopping = spec.training.early_stopping if validates else None
    every = spec.training.eval_every or "steps_per_epoch"
    watched = list(_watched(stopping, "accuracy" if of_classes else "error", learning)) if validates else []
    lines = [
        "def train() -> Model:",
        '    """Trains from the start; says how it goes at every evaluation."""',
        "    torch.manual_seed(SEED)",
        "    model = Model()",
        "    initialise(model)",
        "    model.to(DEVICE)",
        *(_LOADED if augmented is None else _LOADED_RAW),
        f"    optimizer = {learning.optimizer}",
        "    steps_per_epoch = len(batches(len(inputs), 0))",
        f"    num_steps = {_num_steps(spec)}",
        "    step, epoch, memory = 0, 0, {}",
        *(["    best, best_step, waited, kept = math.inf, 0, 0, None"] if stopping else []),
        "    while step < num_steps:",
        *([] if augmented is None else ["        position = 0"]),
        "        for batch in batches(len(inputs), epoch)[: num_steps - step]:",
        *(f"            {line}" for line in [*_rate(learning), *_batch(spec, augmented)]),
        *(f"            {line}" for line in _update(spec.regularization, learning, _loss(spec, augmented))),
        "            step += 1",
        f"            if step % {every} == 0 or step == num_steps:",
        *(f"                {line}" for line in [*_said(validates), *watched]),
        "        epoch += 1",
        *(_restored(stopping) if stopping else []),
        "    return model",
    ]
    return "\n".join(lines)


def _rate(learning: Learning) -> Iterator[str]:
    """The rate of the step to come, the same for all weights."""
    yield "moment = Moment(step, epoch, num_steps, steps_per_epoch, memory)"
    warm = f" * min(1.0, (step + 1) / {learning.warmup + 1})" if learning.warmup else ""
    yield f"rate = scheduled(LR, moment){warm}"
    yield "for group in optimizer.param_groups:"
    yield '    group["lr"] = rate'


_LOADED = ("    inputs, targets, validation_inputs, validation_targets = (part.to(DEVICE) for part in load_data())",)
_LOADED_RAW = (
    "    *parts, preprocessing = load_data()",
    "    inputs, targets, validation_inputs, validation_targets = (part.to(DEVICE) for part in parts)",
    "    preprocessing = preprocessing.to(torch.device(DEVICE))",
)


def _batch(spec: RunSpec, augmented: Augmented | None) -> Iterator[str]:
    """What the network reads in this step, where it is not just taken out of what is ready."""
    if augmented is None:
        return
    given = "values, shares" if augmented.mixes else "values"
    yield f"{given} = augmented(inputs[batch], epoch, position)"
    yield "position += len(batch)"
    yield "x = preprocessing.apply(values)"
    yield "y = x" if spec.data.target == "input" else "y = targets[batch]"


def _loss(spec: RunSpec, augmented: Augmented | None) -> str:
    """The loss of the batch."""
    if augmented is None:
        return "loss_of(model(inputs[batch]), targets[batch])"
    shared = augmented.mixes and spec.data.target == "label"
    return "mixed_loss(model(x), y, shares)" if shared else "loss_of(model(x), y)"


def _update(wanted: RegularizationSpec, learning: Learning, loss: str) -> Iterator[str]:
    """Loss, gradient and step; an optimizer that looks again gets them as a function."""
    seeded = 'torch.manual_seed(derive(f"dropout {step}"))  # the same masks in all looks'
    if learning.looks_again and learning.draws:
        yield seeded
    yield f"loss = {loss}"
    yield "if not math.isfinite(loss.item()):"
    yield '    raise SystemExit(f"The loss became {loss.item()} at step {step + 1}.")'
    if learning.looks_again:
        yield from _look(wanted, learning, seeded, loss)
        yield "optimizer.step(look)"
        return
    yield "optimizer.zero_grad()"
    yield "loss.backward()"
    yield from _regularized(wanted)
    if learning.decay:
        yield "with torch.no_grad():"
        yield "    for weight in model.parameters():"
        yield f"        weight.mul_(1 - rate * {learning.decay!r})"
    yield "optimizer.step()"


def _look(wanted: RegularizationSpec, learning: Learning, seeded: str, loss: str) -> Iterator[str]:
    """The function that L-BFGS calls as often as its line search likes."""
    if learning.has_statistics:
        yield "statistics = [buffer.clone() for buffer in model.buffers()]  # they move once a step"
    yield ""
    yield "def look() -> float:"
    yield "    optimizer.zero_grad()"
    if learning.draws:
        yield f"    {seeded}"
    yield f"    again = {loss}"
    yield "    again.backward()"
    yield from (f"    {line}" for line in _regularized(wanted))
    if learning.has_statistics:
        yield "    with torch.no_grad():"
        yield "        for buffer, value in zip(model.buffers(), statistics):"
        yield "            buffer.copy_(value)"
    yield f"    return again.item(){_penalty(wanted)}"
    yield ""


def _penalty(wanted: RegularizationSpec) -> str:
    """What the penalties add to the loss."""
    weights = "for weight in model.parameters() if weight.ndim >= 2)"
    l1 = f" + {wanted.l1!r} * sum(weight.abs().sum().item() {weights}" if wanted.l1 else ""
    l2 = f" + {wanted.l2!r} / 2 * sum(weight.square().sum().item() {weights}" if wanted.l2 else ""
    return l1 + l2


def _num_steps(spec: RunSpec) -> str:
    limits = []
    if spec.training.epochs is not None:
        limits.append("EPOCHS * steps_per_epoch")
    if spec.training.max_steps is not None:
        limits.append("MAX_STEPS")
    return limits[0] if len(limits) == 1 else f"min({', '.join(limits)})"


def _regularized(wanted: RegularizationSpec) -> Iterator[str]:
    """Penalties on matrices and kernels, by their gradient; then the limits on the gradient."""
    if wanted.l1 or wanted.l2:
        yield "for weight in model.parameters():"
        yield "    if weight.ndim >= 2 and weight.grad is not None:"
        if wanted.l2:
            yield f"        weight.grad.add_(weight.detach(), alpha={wanted.l2!r})"
        if wanted.l1:
            yield f"        weight.grad.add_(weight.detach().sign(), alpha={wanted.l1!r})"
    if wanted.clip_grad_value:
        yield f"nn.utils.clip_grad_value_(model.parameters(), {wanted.clip_grad_value!r})"
    if wanted.clip_grad_norm:
        yield f"nn.utils.clip_grad_norm_(model.parameters(), {wanted.clip_grad_norm!r})"


def _said(validates: bool) -> Iterator[str]:
    yield 'print(f"step {step}  train loss {loss.item():.6f}", end="' + ("  " if validates else r"\n") + '")'


def _watched(stopping: EarlyStoppingSpec | None, measure: str, learning: Learning) -> Iterator[str]:
    yield f"validation_loss, {measure} = evaluate(model, validation_inputs, validation_targets)"
    yield f'print(f"validation loss {{validation_loss:.6f}}  {measure} {{{measure}:.6f}}")'
    if learning.watches:
        yield "memory = remember(memory, loss=validation_loss, lr=LR)"
    if stopping is None:
        return
    yield "waited += 1"
    yield f"if validation_loss < best - {stopping.min_delta!r}:"
    yield "    best, best_step, waited = validation_loss, step, 0"
    if stopping.restore_best:
        yield "    kept = {name: value.clone() for name, value in model.state_dict().items()}"
    yield f"if waited >= {stopping.patience}:"
    yield '    print(f"Stopped early; the best validation loss was that of step {best_step}.")'
    yield "    num_steps = step"
    yield "    break"


def _restored(stopping: EarlyStoppingSpec) -> Iterator[str]:
    if stopping.restore_best:
        yield "    if kept is not None:"
        yield "        model.load_state_dict(kept)"
