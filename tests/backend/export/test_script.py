"""A script trains as the run does: the same start, batches, losses and evaluations, step by step."""

import pytest
from layerlab import inits, layers, losses, optimizers, schedules
from layerlab.errors import SpecError
from layerlab.export.script import python_script
from layerlab.training.assemble import assemble
from layerlab_schemas.run import RunSpec

from tests.backend.export.written import assert_alike, named, run, trained, without_dropout

SMALL = [{"kind": "linear", "out_features": 6}, {"kind": "tanh"}]


def assert_same(spec: RunSpec) -> None:
    assert_alike(run(spec), trained(spec))


def small(**parts) -> RunSpec:
    data = {"dataset": "spiral", "params": {"samples": 120}, "batch_size": 32}
    body = {"data": data, "graph": [*SMALL, {"kind": "linear", "out_features": 2}], **parts}
    training = {"epochs": 2, "eval_every": 1, "device": "cpu", **body.pop("training", {})}
    return RunSpec.model_validate({**body, "training": training})


@pytest.mark.parametrize("scheme", ["kaiming_normal", "dcgan", "sparse"])
@pytest.mark.parametrize("kind", list(layers.REGISTRY), ids=lambda kind: kind.kind)
def test_every_layer_starts_alike(kind, scheme):
    spec = RunSpec.model_validate({**kind.example, "init": {"scheme": scheme}})
    names = named(python_script(spec))
    model = names["Model"]()
    names["initialise"](model)
    ours = {name.removeprefix("layers."): value for name, value in assemble(spec).network.state_dict().items()}
    theirs = model.state_dict()
    assert list(theirs) == list(ours)
    assert [name for name, value in ours.items() if not theirs[name].equal(value)] == []


@pytest.mark.parametrize("kind", list(layers.REGISTRY), ids=lambda kind: kind.kind)
def test_every_layer_trains_alike(kind):
    training = {"max_steps": 2, "eval_every": 1, "device": "cpu"}
    optimizer = {"kind": "sgd", "lr": 0.05}  # Adam makes steps even of the rounding where a gradient is 0
    spec = RunSpec.model_validate({**kind.example, "training": training, "optimizer": optimizer})
    assert_same(without_dropout(spec))


@pytest.mark.parametrize("kind", list(optimizers.REGISTRY), ids=lambda kind: kind.kind)
def test_every_optimizer(kind):
    assert_same(small(optimizer=kind.example))


@pytest.mark.parametrize("kind", list(schedules.REGISTRY), ids=lambda kind: kind.kind)
def test_every_schedule(kind):
    assert_same(small(optimizer={"kind": "sgd", "lr": 0.2}, schedule=kind.example))


@pytest.mark.parametrize("kind", list(losses.REGISTRY), ids=lambda kind: kind.kind)
def test_every_loss(kind):
    outputs = kind.output_shape(2, (1,))[0]
    is_regression = "classification" not in kind.tasks
    data = {"dataset": "plane_regression" if is_regression else "spiral", "params": {"samples": 120}}
    graph = [*SMALL, {"kind": "linear", "out_features": 1 if is_regression else outputs}]
    assert_same(small(data=data, graph=graph, loss=kind.example))


@pytest.mark.parametrize("kind", list(inits.REGISTRY), ids=lambda kind: kind.kind)
def test_every_init_starts_with_the_same_weights(kind):
    spec = small(init=kind.example)
    names = named(python_script(spec))
    model = names["Model"]()
    names["initialise"](model)
    ours = assemble(spec).network.state_dict()
    theirs = model.state_dict()
    assert [name.removeprefix("layers.") for name in ours] == list(theirs)
    assert all(theirs[name.removeprefix("layers.")].equal(value) for name, value in ours.items())


@pytest.mark.parametrize(
    "parts",
    [
        {"regularization": {"l1": 0.01, "l2": 0.1, "clip_grad_norm": 0.5}},
        {"data": {"dataset": "moons", "params": {"samples": 90}, "shuffle": False, "subset": 50}},
        {"data": {"dataset": "xor", "params": {"samples": 90}, "validation_fraction": 0.3, "preprocess": "none"}},
        {"data": {"dataset": "moons", "params": {"samples": 90, "first_share": 0.8}, "oversample": True}},
        {"data": {"dataset": "circle", "params": {"samples": 81}, "batch_size": 64}},
        {"training": {"seed": 7, "epochs": None, "max_steps": 9}},
    ],
    ids=lambda parts: next(iter(parts)),
)
def test_every_setting(parts):
    assert_same(small(**parts))


def test_a_norm_leaves_out_a_batch_of_one():
    graph = [{"kind": "linear", "out_features": 6}, {"kind": "batch_norm"}, {"kind": "linear", "out_features": 2}]
    data = {"dataset": "moons", "params": {"samples": 42}, "batch_size": 11, "validation_fraction": 0.2}
    assert_same(small(data=data, graph=graph, training={"epochs": 3}))


def test_statistics_move_once_a_step_of_lbfgs():
    graph = [{"kind": "linear", "out_features": 6}, {"kind": "batch_norm"}, {"kind": "tanh"}]
    graph += [{"kind": "linear", "out_features": 2}]
    assert_same(small(graph=graph, optimizer={"kind": "lbfgs", "lr": 0.1, "max_iter": 4}))


def test_masks_are_the_same_in_all_looks_of_lbfgs():
    """The gradient of a look at the weights where the step began is that of the loss that was printed."""
    graph = [*SMALL, {"kind": "dropout", "p": 0.5}, {"kind": "linear", "out_features": 2}]
    spec = small(graph=graph, optimizer={"kind": "lbfgs", "lr": 0.1, "max_iter": 1}, training={"epochs": 1})
    names, seen = named(python_script(spec)), []
    loss_of = names["loss_of"]
    names["loss_of"] = lambda *given: seen.append(loss_of(*given)) or seen[-1]
    names["train"]()
    assert seen[0].item() == seen[1].item()


def test_it_stops_early_with_the_best_weights():
    stopping = {"patience": 2, "min_delta": 0.0, "restore_best": True}
    spec = small(optimizer={"kind": "sgd", "lr": 3.0}, training={"epochs": 40, "early_stopping": stopping})
    assembly = assemble(spec)
    list(assembly.trainer.steps())
    assert assembly.trainer.step < 40 * 3, "it must stop early for the test to say something"
    model = named(python_script(spec))["train"]()
    for ours, theirs in zip(assembly.network.parameters(), model.parameters(), strict=True):
        assert theirs.detach().numpy() == pytest.approx(ours.detach().numpy(), rel=1e-3, abs=1e-5)


def test_without_validation_it_tells_the_training_loss():
    data = {"dataset": "moons", "params": {"samples": 40}, "validation_fraction": 0.0}
    assert [line[0] for line in run(small(data=data))] == [1, 2]


def test_a_loss_that_is_no_number_ends_it():
    data = {"dataset": "plane_regression", "params": {"samples": 90}}
    graph = [{"kind": "linear", "out_features": 6}, {"kind": "relu"}, {"kind": "linear", "out_features": 1}]
    with pytest.raises(SystemExit, match=r"The loss became (nan|inf) at step \d"):
        run(small(data=data, graph=graph, optimizer={"kind": "sgd", "lr": 1e6}, training={"epochs": 50}))


def test_what_cannot_train_is_refused():
    spec = small(graph=[{"kind": "linear", "out_features": 9}])
    with pytest.raises(SpecError) as refused:
        python_script(spec)
    assert refused.value.problems()


def test_a_name_cannot_become_code():
    spec = small().model_copy(update={"name": '"""\nraise SystemExit\n\x00\\'})
    named(python_script(spec))
