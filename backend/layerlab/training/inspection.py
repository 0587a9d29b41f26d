"""The check of a whole spec: everything that would keep it from training, found before a worker starts."""

from dataclasses import dataclass, field
from typing import Any

from layerlab_schemas.graph import CheckResult, DataMemory
from layerlab_schemas.problems import Problem, Severity
from layerlab_schemas.run import CheckRequest, DataSpec, KindSpec, RunSpec, TrainingSpec

from layerlab import losses, optimizers, schedules
from layerlab.errors import SpecError
from layerlab.graph.check import check
from layerlab.graph.plan import Plan
from layerlab.layers.base import Site
from layerlab.training.augmenting import AugmentChoice, find_augment
from layerlab.training.choice import LossChoice, OptimizerChoice, ScheduleChoice, choose
from layerlab.training.data import TrainingData, facts_for, prepare
from layerlab.training.device import find_device
from layerlab.training.memory import megabytes
from layerlab.training.moments import input_moments
from layerlab.training.regularize import check_penalties
from layerlab.training.sampler import smallest_batch

DEFAULT_LOSSES = {"classification": "cross_entropy", "regression": "mse"}


@dataclass(kw_only=True)
class Findings:
    """What was found: problems, and of the parts those that are right."""

    problems: list[Problem] = field(default_factory=list)
    data: TrainingData | None = None
    augment: tuple[AugmentChoice, ...] = ()
    loss: LossChoice | None = None
    optimizer: OptimizerChoice | None = None
    schedule: ScheduleChoice | None = None
    check: CheckResult = field(default_factory=lambda: CheckResult(ok=False))
    plan: Plan | None = None

    def result(self) -> CheckResult:
        """All of it in the words of the wire: problems of the parts first, then those of the graph."""
        problems = [*self.problems, *self.check.problems]
        ok = all(problem.severity is not Severity.ERROR for problem in problems) and self.plan is not None
        return self.check.model_copy(update={"ok": ok, "problems": problems})


def inspect(request: CheckRequest | RunSpec) -> CheckResult:
    """Every problem of a spec, and what is known of its network. Nothing is raised, no weights are made."""
    return examine(request).result()


def examine(request: CheckRequest | RunSpec) -> Findings:
    """The check, with the parts that it read on the way."""
    found = Findings()
    seed = request.training.seed if isinstance(request, RunSpec) else 0
    try:
        found.data = prepare(request.data, None, seed)
    except SpecError as error:
        found.problems += error.problems()
    found.augment, problems = find_augment(request.data.augment, found.data.facts if found.data else None)
    found.problems += problems
    found.loss = _loss(request.loss, found)
    if found.data is not None:
        _check_graph(request, found, found.data)
    if isinstance(request, RunSpec):
        _check_run(request, found)
    return found


def _loss(spec: KindSpec | None, found: Findings) -> LossChoice | None:
    """The loss, its own default filled in, when it fits the data."""
    task = found.data.facts.task if found.data else "classification"
    try:
        chosen: LossChoice = choose(losses.REGISTRY, spec or KindSpec(kind=DEFAULT_LOSSES[task]), path="loss")
    except SpecError as error:
        found.problems += error.problems()
        return None
    if found.data is None:
        return chosen
    refusal = chosen.kind.refuses(len(found.data.facts.class_names)) if task in chosen.kind.tasks else None
    if task not in chosen.kind.tasks:
        refusal = f"{chosen.kind.kind} is for {chosen.kind.tasks[0]}, and {found.data.facts.title} is {task}."
    if refusal is None:
        return chosen
    hint = f"Use {DEFAULT_LOSSES[task]}, the default for {task}."
    found.problems.append(
        Problem(
            code="loss_does_not_fit",
            path="loss.kind",
            message=refusal,
            hint=hint,
            expected=DEFAULT_LOSSES[task],
            got=chosen.kind.kind,
        )
    )
    return None


def _check_graph(request: CheckRequest | RunSpec, found: Findings, data: TrainingData) -> None:
    """The graph, on batches as they will be."""
    if found.loss is not None:
        data = found.data = with_loss(data, found.loss)
    is_full_batch = _is_full_batch(request)
    if is_full_batch and data.facts.memory is not None and data.facts.memory.is_streamed:
        found.problems.append(_full_batch_too_large(data.facts.memory))
    batch_size = data.num_train if is_full_batch else request.data.batch_size
    smallest = smallest_batch(data.num_train, batch_size)
    found.check, found.plan = check(
        request.graph,
        data.facts,
        init=request.init,
        smallest_batch=smallest,
        inputs=input_moments(data.train_inputs),
    )
    if batch_size > data.num_train:
        found.problems.append(_large_batch(request.data, data))
    if found.plan is not None and data.num_validation == 1:
        found.problems += _single_validation(found.plan)


def _is_full_batch(request: CheckRequest | RunSpec) -> bool:
    """True where the optimizer takes all samples in each step; a check without one knows no better than the batch."""
    kind = request.optimizer.kind if isinstance(request, RunSpec) else ""
    return kind in optimizers.REGISTRY and optimizers.REGISTRY.get(kind).full_batch


def _full_batch_too_large(memory: DataMemory) -> Problem:
    return Problem(
        code="full_batch_too_large", path="optimizer.kind", field="kind", expected=f"at most {megabytes(memory.limit)}",
        message=f"It takes all samples in each step, and together they do not fit into {megabytes(memory.limit)}.",
        hint="Choose another optimizer, or start the server with a larger LAYERLAB_DATA_MEGABYTES.",
    )  # fmt: skip


def with_loss(data: TrainingData, loss: LossChoice) -> TrainingData:
    """The same data, asking for what the loss wants of the last node."""
    return data.told(facts_for(data.facts, data.train_targets, loss.kind))


def _large_batch(spec: DataSpec, data: TrainingData) -> Problem:
    return Problem(
        severity=Severity.WARNING, code="large_batch", path="data.batch_size", field="batch_size",
        message=f"Each step takes all {data.num_train} samples: batch_size {spec.batch_size} is more.",
        expected=f"at most {data.num_train}", got=str(spec.batch_size), hint="Take a smaller batch_size.",
    )  # fmt: skip


def needs_batch(plan: Plan) -> bool:
    """True where a node cannot train on a batch of one sample."""
    return any(node.check_batch(1, _NOWHERE) for node in plan.nodes)


_NOWHERE = Site(node="", path="", inputs=())


def _single_validation(plan: Plan) -> list[Problem]:
    """Norms that look at the batch in evaluation too cannot do with a validation set of one."""
    return [
        Problem(
            code="batch_too_small",
            path="data.validation_fraction",
            node=node.id,
            field="validation_fraction",
            message=f"{node.id} has no running statistics, so it cannot evaluate the single validation sample.",
            hint="Set validation_fraction higher, or track_running_stats of the norm to true.",
        )
        for node in plan.nodes
        if getattr(node.params, "track_running_stats", True) is False and node.check_batch(1, _NOWHERE)
    ]


def _check_run(spec: RunSpec, found: Findings) -> None:
    """What only a whole run has."""
    chosen: dict[str, Any] = {}
    for name, registry, part in (
        ("optimizer", optimizers.REGISTRY, spec.optimizer),
        ("schedule", schedules.REGISTRY, spec.schedule),
    ):
        try:
            chosen[name] = choose(registry, part, path=name)
        except SpecError as error:
            found.problems += error.problems()
    found.optimizer, found.schedule = chosen.get("optimizer"), chosen.get("schedule")
    try:
        find_device(spec.training.device)
    except SpecError as error:
        found.problems += error.problems()
    found.problems += check_penalties(spec.regularization) + check_length(spec.training, found.data)
    if found.schedule is not None:
        found.problems += _check_watching(found.schedule, found.data)


def check_length(training: TrainingSpec, data: TrainingData | None) -> list[Problem]:
    """What keeps a run from ending, or early stopping from working."""
    problems = []
    if training.epochs is None and training.max_steps is None:
        message = "The run has no end: neither epochs nor max_steps is given."
        problems.append(
            Problem(code="no_end", path="training.epochs", field="epochs", message=message, hint="Set epochs to 20.")
        )
    if training.early_stopping is not None and data is not None and data.num_validation == 0:
        message = "Early stopping watches the validation loss, and there are no validation samples."
        hint = "Set data.validation_fraction to 0.2, or leave early_stopping out."
        problems.append(Problem(code="no_validation", path="training.early_stopping", message=message, hint=hint))
    return problems


def _check_watching(schedule: ScheduleChoice, data: TrainingData | None) -> list[Problem]:
    """A schedule that goes by the validation loss needs one."""
    if not schedule.kind.watches_validation or data is None or data.num_validation > 0:
        return []
    message = f"{schedule.kind.kind} watches the validation loss, and there are no validation samples."
    hint = "Set data.validation_fraction to 0.2, or choose another schedule."
    return [Problem(code="no_validation", path="schedule.kind", field="kind", message=message, hint=hint)]
