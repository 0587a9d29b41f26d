"""The trainer: a plain generator, an update or several in a call, one report. It knows nobody who watches."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any, TypeVar

import torch
from layerlab_schemas.run import KindSpec, RegularizationSpec, RunChange, RunEvent, RunSpec, RunState
from torch import Tensor

from layerlab import optimizers
from layerlab.figures import count
from layerlab.graph.network import Network
from layerlab.schedules.base import Memory, Moment
from layerlab.training.augmenting import AugmentChoice, heard, told
from layerlab.training.batches import Batch, Batches
from layerlab.training.changes import Settings, change_nodes, plan_settings, set_weights
from layerlab.training.choice import LossChoice, OptimizerChoice, ScheduleChoice, choose
from layerlab.training.compilation import Compilation, Engine
from layerlab.training.data import TrainingData
from layerlab.training.divergence import diverged
from layerlab.training.objective import Look, Objective, Repeated
from layerlab.training.report import BlockReport, Evaluation, Outcome, Report, StepReport
from layerlab.training.sampler import Sampler
from layerlab.training.state import State, copied, load_network, load_optimizer, network_tensors, optimizer_state
from layerlab.training.validation import Validation
from layerlab.training.weights import find_weights

R = TypeVar("R", StepReport, BlockReport)


class Trainer:
    """Trains a network on data. All arguments but the spec are already on one device.

    Everything that a step depends on is in ``state()``: a trainer made alike and given that state goes on bit for
    bit as this one would have (on the CPU, with the same number of threads).

    Attributes:
        network: In train mode between steps, with the gradients of the latest step in place.
        data: What it learns from.
        step: Updates done.
        outcome: Why ``steps()`` ended; None while it has not.
        settings: What may change while it trains, as it is now.
        steps_per_epoch: Updates in an epoch, with the present batch size.
        num_steps: Updates when all is done as planned, with the present batch size from here on.
        compilation: The compiled engine, where it does the steps.
        at_most: So many updates may be done in one call; only the compiled engine does more than one.
    """

    steps_per_epoch: int
    num_steps: int

    def __init__(
        self,
        *,
        spec: RunSpec,
        network: Network,
        data: TrainingData,
        loss: LossChoice,
        optimizer: OptimizerChoice,
        schedule: ScheduleChoice,
        augment: Sequence[AugmentChoice] = (),
        needs_batch: bool,
    ) -> None:
        self.network = network.train()
        self.data = data
        self.loss = loss
        self.step = 0
        self.outcome: Outcome | None = None
        self.settings = Settings(
            optimizer=optimizer,
            batch_size=spec.data.batch_size,
            augment=tuple(augment),
            regularization=spec.regularization,
            max_steps_per_second=spec.training.max_steps_per_second,
        )
        self._plan = spec.training
        self._schedule = schedule
        self._memory: Memory = {}
        self._smallest_batch = 2 if needs_batch else 1
        self._parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
        self._objective = Objective(network, loss, self._parameters)
        self._optimizer = optimizer.kind.build(optimizer.params, self._parameters)
        self._sampler = Sampler(
            num_samples=data.num_train,
            batch_size=self._dealt_at_once,
            shuffle=spec.data.shuffle,
            seed=spec.training.seed,
            drop_single=needs_batch,
            device=data.train_inputs.device,
        )
        self._batches = Batches(data, seed=spec.training.seed, augment=augment)
        self._validation = Validation(spec.training, network, data, loss)
        self._count()
        self.at_most = 1
        self.compilation = Compilation(spec.training.engine, network, data, loss)
        self.compilation.decide(self.settings, step=0, num_steps=self.num_steps)

    @property
    def engine(self) -> Engine:
        """What does the next step."""
        return self.compilation.engine_at(self.step)

    @property
    def epoch(self) -> float:
        """Passes over the training data so far, with the fraction."""
        return self._sampler.epoch + self._sampler.position / self._sampler.num_samples

    def _count(self) -> None:
        """Works out how many steps there are; they change when the batch size or the place in the data does."""
        limits = [] if self._plan.max_steps is None else [self._plan.max_steps]
        self.steps_per_epoch = self._sampler.steps_per_epoch
        if self._plan.epochs is not None:
            epochs_left = self._plan.epochs - self._sampler.epoch
            later = (epochs_left - 1) * self.steps_per_epoch
            limits.append(self.step + (self._sampler.batches_left() + later if epochs_left > 0 else 0))
        self.num_steps = min(limits)

    def steps(self) -> Iterator[Report]:
        """Trains: each report tells of one update that has been done, or of several that the compiled engine did in
        one call. The first one, at step 0, is the state before.

        Commands act between two reports. A new iterator goes on where the last one was left. When it ends,
        ``outcome`` says why.
        """
        if self.step == 0 and self._validation.measured_at is None:
            yield StepReport(step=0, epoch=0.0, evaluation=self._validation.measure(0))
        while self.outcome is None and self.step < self.num_steps:
            yield self._advance_compiled() if self.compilation.is_due(self.step) else self._advance()
        if self.outcome is None:
            restored = self._validation.restore_best()
            reason = f"All {count(self.step)} planned steps are done.{restored}" if self.step else "Measured at step 0."
            self.outcome = Outcome(status=RunState.COMPLETED, reason=reason, step=self.step)

    def remembered(self) -> Mapping[Tensor, Mapping[str, Tensor]]:
        """What the optimizer remembers of each weight, by names, in the shape of the weight: to be read only."""
        chosen = self.settings.optimizer
        return chosen.kind.remembered(self._optimizer, chosen.params)

    def upcoming(self) -> Tensor:
        """[B] places in the training part of the samples of the next update."""
        return self._sampler.upcoming()

    def upcoming_batch(self) -> Batch:
        """The batch of the next update, as the network will read it; nothing moves on."""
        return self._make(self._sampler.upcoming(), epoch=self._sampler.epoch, position=self._sampler.position)

    def rehearse(self) -> None:
        """Forward and back on the batch of the next update, without the update: only what the pass itself does.

        Running statistics and the draws of dropout move on; whoever rehearses puts them back.
        """
        self._objective.look(self.upcoming_batch(), self.settings.regularization, in_parts=self._is_full_batch)

    def _advance(self) -> StepReport:
        """One update."""
        learning_rate = self._give_rate(self._rate_at(self.step))
        started = perf_counter()
        epoch_before = self._sampler.epoch
        position_before = self._sampler.position
        batch = self._make(self._sampler.next_batch(), epoch=epoch_before, position=position_before)
        seconds_data = perf_counter() - started

        look = self._step(batch)
        self.step += 1
        facts: dict[str, Any] = {
            "step": self.step, "loss": look.loss, "learning_rate": learning_rate, "batch_size": len(batch),
            "seconds_data": seconds_data, "penalty": look.penalty, "epoch": self.epoch,
            **batch.measure(self.loss, look.output),
        }  # fmt: skip
        return self._judge(StepReport(**facts), look.bad_inputs, epoch_ended=self._sampler.epoch > epoch_before)

    def _advance_compiled(self) -> Report:
        """As many updates as are wanted and as there are until the next evaluation; an eager one if that fails."""
        epoch = self._sampler.epoch
        samples_kb = self._sampler.upcoming_batches(
            min(self.at_most, self._validation.steps_left(self.step, self.num_steps), self.compilation.at_once),
            beyond_epoch=self.rate_is_fixed and not self._validation.follows_epochs,
        )
        if self.network.is_recorded:
            self._look_again(self._make(samples_kb[0], epoch=epoch, position=self._sampler.position))
        num_steps = samples_kb.shape[0]
        num_rates = 1 if self.rate_is_fixed else num_steps
        rates = [self._rate_at(self.step + place) for place in range(num_rates)] * (num_steps // num_rates)
        ran = self.compilation.run(samples_kb, rates, self.settings, self._optimizer)
        if ran is None:
            return self._advance()
        self.step += ran.num_steps
        self._sampler.skip(ran.num_steps * ran.batch_size)
        report = BlockReport(
            step=self.step, epoch=self.epoch, curves=ran.curves, batch_size=ran.batch_size,
            seconds_data=ran.seconds_data,
        )  # fmt: skip
        self._give_rate(report.learning_rate)
        return self._judge(report, ran.bad_inputs, epoch_ended=self._sampler.epoch > epoch)

    def _look_again(self, batch: Batch) -> None:
        """Forward and back once more, before the update: for whoever records what goes through the network."""
        buffers = [buffer.clone() for buffer in self.network.buffers()]
        self._objective.look(batch, self.settings.regularization, in_parts=False)
        with torch.no_grad():
            for buffer, value in zip(self.network.buffers(), buffers, strict=True):
                buffer.copy_(value)

    def _judge(self, report: R, bad_inputs: Tensor | None, *, epoch_ended: bool) -> R:
        """What follows an update: the end where the loss is not finite, else the evaluation that is due."""
        if bad_inputs is not None:
            assert report.loss is not None
            self.outcome = diverged(
                self.network, bad_inputs, loss=report.loss, step=self.step, learning_rate=report.learning_rate or 0.0
            )
            return report
        if not self._validation.is_due(self.step, self.num_steps, epoch_ended=epoch_ended):
            return report
        evaluation = self._validation.measure(self.step)
        if evaluation is None:
            return report
        self._remember(evaluation)
        self.outcome = self._validation.stops(evaluation, self.step)
        events = (self._validation.stopped(self.step),) if self.outcome else ()
        return replace(report, evaluation=evaluation, events=events)

    @property
    def _is_full_batch(self) -> bool:
        return self.settings.optimizer.kind.full_batch

    @property
    def _dealt_at_once(self) -> int | None:
        return None if self._is_full_batch else self.settings.batch_size

    def _make(self, samples_b: Tensor, *, epoch: int, position: int) -> Batch:
        """The batch of these samples at this place in the data."""
        if self._is_full_batch:
            return self._batches.whole(epoch=epoch)
        return self._batches.make(samples_b, epoch=epoch, position=position)

    def _step(self, batch: Batch) -> Look:
        """Loss, gradient and, unless the loss is not finite, the update."""
        chosen, wanted = self.settings.optimizer, self.settings.regularization
        repeated: Repeated | None = None
        if self._is_full_batch:
            repeated = Repeated(self._objective, self.network, batch)
            look = repeated.begin(wanted)
        else:
            look = self._objective.look(batch, wanted, in_parts=False)
        if look.bad_inputs is None:
            chosen.kind.step(self._optimizer, chosen.params, repeated or (lambda: look.total))
        return look

    def _rate_at(self, step: int) -> float:
        """The learning rate of the update after so many steps of this epoch."""
        moment = Moment(
            step=step, epoch=self._sampler.epoch, num_steps=self.num_steps,
            steps_per_epoch=self.steps_per_epoch, memory=self._memory,
        )  # fmt: skip
        return self._schedule.kind.rate(self._schedule.params, self.settings.optimizer.params.lr, moment)

    @property
    def rate_is_fixed(self) -> bool:
        """True where the schedule leaves the learning rate as it is."""
        return self._schedule.kind.kind == "constant" and not getattr(self._schedule.params, "warmup_steps", 0)

    def _give_rate(self, rate: float) -> float:
        """Tell the optimizer."""
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        return rate

    def _remember(self, evaluation: Evaluation) -> None:
        """Tells the schedule how the validation stands."""
        lr = self.settings.optimizer.params.lr
        schedule = self._schedule
        self._memory = schedule.kind.remember(schedule.params, self._memory, loss=evaluation.loss, lr=lr)

    def apply(self, change: RunChange) -> list[RunEvent]:
        """Change what may change, from the next batch on: everything that is asked for, or, when refused, nothing.

        Returns:
            One event for each field that has another value now.

        Raises:
            SpecError: What cannot be, with its place.
        """
        after, moves = plan_settings(change, self.settings, facts=self.data.facts, smallest_batch=self._smallest_batch)
        weights = find_weights(change.weights or [], self.network)
        form = self.compilation.form(self.settings)
        changed = change_nodes(change, self.network)
        if changed:
            self._fields_changed()
        moves += changed
        moves += set_weights(change.weights or [], weights)
        self._adopt(after)
        if form != self.compilation.form(after):
            self.compilation.decide(after, step=self.step, num_steps=self.num_steps)
        return [move.event(self.step) for move in moves]

    def _fields_changed(self) -> None:
        """Nodes have other fields now, so what was written down of the network is no longer it."""
        self._objective.changed()
        self._validation.changed()

    def _adopt(self, after: Settings) -> None:
        """Make the settings those in force; another kind of optimizer starts with an empty state."""
        before, self.settings = self.settings, after
        self.compilation.changed()
        self._sampler.batch_size = self._dealt_at_once
        self._batches.augment = after.augment
        self._count()
        kind, params = after.optimizer.kind, after.optimizer.params
        if kind is not before.optimizer.kind:
            self._optimizer = kind.build(params, self._parameters)
        elif params != before.optimizer.params:
            kind.change(self._optimizer, params)

    def state(self) -> State:
        """A complete copy of everything that the next steps depend on."""
        tensors, optimizer_facts = optimizer_state(self._optimizer, self.network)
        chosen = self.settings.optimizer
        facts = {
            "epoch": self._sampler.epoch,
            "position": self._sampler.position,
            "batch_size": self.settings.batch_size,
            "augment": told(self.settings.augment),
            "regularization": self.settings.regularization.model_dump(),
            "max_steps_per_second": self.settings.max_steps_per_second,
            "optimizer": {
                "kind": chosen.kind.kind,
                "fields": chosen.params.model_dump(exclude_unset=True),
                "state": optimizer_facts,
            },
            "nodes": self.network.live_fields(),
            "early_stopping": self._validation.facts(),
            "schedule": dict(self._memory),
            "schedule_kind": self._schedule.kind.kind,
            "compiled_from": self.compilation.begins,
        }
        tensors |= {f"best.{name}": copied(value) for name, value in self._validation.best_values.items()}
        return State(step=self.step, tensors=tensors | network_tensors(self.network), facts=facts)

    def load_state(self, state: State) -> None:
        """Go on from ``state``, live changes made until then included.

        Raises:
            StateMismatch: The state belongs to another network.
        """
        facts = state.facts
        load_network(self.network, state)
        for node, fields in facts["nodes"].items():
            self.network.change(node, fields)
        self._fields_changed()
        spec = KindSpec.model_validate({"kind": facts["optimizer"]["kind"], **facts["optimizer"]["fields"]})
        chosen: OptimizerChoice = choose(optimizers.REGISTRY, spec, path="optimizer")
        self._optimizer = chosen.kind.build(chosen.params, self._parameters)
        load_optimizer(self._optimizer, self.network, state)
        self.settings = Settings(
            optimizer=chosen,
            batch_size=facts["batch_size"],
            augment=heard(facts.get("augment", [])),
            regularization=RegularizationSpec.model_validate(facts["regularization"]),
            max_steps_per_second=facts["max_steps_per_second"],
        )
        self._memory = facts.get("schedule", {})
        self._go_on_from(state)
        self.compilation.go_on(facts.get("compiled_from"))

    def take_over(self, state: State) -> None:
        """Go on from the state of another run, with the settings of this one: weights, places in the data, memories.

        The optimizer's memory is kept where kind and fixed fields are the same, the schedule's where the kind is.

        Raises:
            StateMismatch: The weights have other names.
        """
        load_network(self.network, state)
        chosen, before = self.settings.optimizer, state.facts["optimizer"]
        if chosen.kind.kind == before["kind"] and _same_fixed_fields(chosen, before["fields"]):
            load_optimizer(self._optimizer, self.network, state)
        if state.facts.get("schedule_kind") == self._schedule.kind.kind:
            self._memory = state.facts["schedule"]
        self._go_on_from(state)
        self.compilation.decide(self.settings, step=self.step, num_steps=self.num_steps)

    def _go_on_from(self, state: State) -> None:
        """The place in the data, what early stopping knows, the step."""
        facts = state.facts
        self._sampler.batch_size = self._dealt_at_once
        self._batches.augment = self.settings.augment
        self._sampler.move_to(facts["epoch"], facts["position"])
        self._validation.go_on(facts["early_stopping"], state.part("best"), step=state.step)
        self.step = state.step
        self._count()
        self.outcome = None


def _same_fixed_fields(chosen: OptimizerChoice, before: Mapping[str, Any]) -> bool:
    """Whether only fields differ that may change while a run trains."""
    other = type(chosen.params).model_validate(before)
    fixed = set(type(chosen.params).model_fields) - set(chosen.params.live_fields())
    return all(getattr(chosen.params, name) == getattr(other, name) for name in fixed)
