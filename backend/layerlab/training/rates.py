"""The learning rates of a run, before it starts."""

from layerlab_schemas.server import SchedulePreview, ScheduleRequest

from layerlab import optimizers, schedules
from layerlab.errors import SpecError
from layerlab.schedules.base import Moment
from layerlab.training.choice import OptimizerChoice, ScheduleChoice, choose
from layerlab.training.data import prepare
from layerlab.training.inspection import check_length
from layerlab.training.sampler import Sampler

MOST_POINTS = 200
#: Of a longer run only so many steps are computed.
MOST_STEPS = 100_000


def preview_rates(request: ScheduleRequest) -> SchedulePreview:
    """Computed by the schedule that trains, with the steps that the sampler will deal.

    Raises:
        SpecError: Data, optimizer, schedule or length are wrong; one problem for each.
    """
    optimizer: OptimizerChoice = choose(optimizers.REGISTRY, request.optimizer, path="optimizer")
    schedule: ScheduleChoice = choose(schedules.REGISTRY, request.schedule, path="schedule")
    data = prepare(request.data, None, request.training.seed)
    if problems := check_length(request.training, data):
        raise SpecError(problems)
    sampler = Sampler(
        num_samples=data.num_train,
        batch_size=None if optimizer.kind.full_batch else request.data.batch_size,
        shuffle=False,
        seed=0,
        drop_single=False,
    )
    per_epoch = sampler.steps_per_epoch
    limits = (request.training.max_steps, request.training.epochs and request.training.epochs * per_epoch)
    num_steps = min(limit for limit in limits if limit is not None)
    steps = _computed(num_steps)
    rates = [_rate(optimizer, schedule, step, num_steps, per_epoch) for step in steps]
    kept = _worth_drawing(rates)
    unknown_from = schedule.kind.earliest_surprise(schedule.params, request.training.eval_every or per_epoch)
    if unknown_from is not None and unknown_from > num_steps:
        unknown_from = None
    note = f"From step {unknown_from} on it may be lower: that depends on the validation loss."
    return SchedulePreview(
        steps=[steps[place] + 1 for place in kept],
        rates=[rates[place] for place in kept],
        num_steps=num_steps,
        steps_per_epoch=per_epoch,
        unknown_from=unknown_from,
        note=None if unknown_from is None else note,
    )


def _rate(optimizer: OptimizerChoice, schedule: ScheduleChoice, step: int, num_steps: int, per_epoch: int) -> float:
    moment = Moment(step=step, epoch=step // per_epoch, num_steps=num_steps, steps_per_epoch=per_epoch)
    return schedule.kind.rate(schedule.params, optimizer.params.lr, moment)


def _computed(num_steps: int) -> list[int]:
    """Updates done before each step that is computed: all, or evenly spread ones of a very long run."""
    if num_steps <= MOST_STEPS:
        return list(range(num_steps))
    return [round(place * (num_steps - 1) / (MOST_STEPS - 1)) for place in range(MOST_STEPS)]


def _worth_drawing(rates: list[float]) -> list[int]:
    """Places of at most 200 points: half of them evenly spread, the others where the curve bends most."""
    last = len(rates) - 1
    if last < MOST_POINTS:
        return list(range(len(rates)))
    even = {round(place * last / (MOST_POINTS // 2 - 1)) for place in range(MOST_POINTS // 2)}
    inner = (place for place in range(1, last) if place not in even)
    bends = sorted(inner, key=lambda place: -abs(rates[place + 1] - 2 * rates[place] + rates[place - 1]))
    return sorted(even | set(bends[: MOST_POINTS - len(even)]))
