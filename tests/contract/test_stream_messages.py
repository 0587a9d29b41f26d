"""Stream messages and specs: what the schemas accept and refuse."""

import json
from datetime import UTC, datetime

import pytest
from layerlab_schemas import run, stream
from pydantic import TypeAdapter, ValidationError

CLIENT = TypeAdapter[stream.ClientMessage](stream.ClientMessage)
SERVER = TypeAdapter[stream.ServerMessage](stream.ServerMessage)
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "message",
    [
        {"type": "subscribe", "run": "r1", "probes": ["scalars", "activations"], "from_seq": 4},
        {"type": "subscribe", "run": "r1"},
        {"type": "unsubscribe", "run": "r1"},
        {"type": "ping"},
    ],
)
def test_a_client_may_say(message):
    assert CLIENT.validate_python(message).type == message["type"]


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"type": "steal"},
        {"type": "subscribe"},
        {"type": "subscribe", "run": ""},
        {"type": "subscribe", "run": "r1", "from_seq": -1},
        {"type": "subscribe", "run": "r1", "from_seq": True},
        {"type": "subscribe", "run": "r1", "probes": ["x"] * 65},
        {"type": "ping", "extra": 1},
    ],
)
def test_a_client_may_not_say(message):
    with pytest.raises(ValidationError):
        CLIENT.validate_python(message)


def test_numbers_that_json_cannot_hold_travel_as_null_with_a_flag():
    scalars = {"train/loss": run.Series(steps=[1, 2], values=[0.5, None], non_finite={"2": "nan"})}
    message = stream.ScalarsMessage(type="scalars", run="r1", seq=1, step=2, time=NOW, scalars=scalars)
    text = message.model_dump_json()
    assert json.loads(text, parse_constant=pytest.fail)["scalars"]["train/loss"]["values"] == [0.5, None]
    assert SERVER.validate_json(text) == message


@pytest.mark.parametrize("lr_like", [True, "0.1", None, float("nan"), float("inf")])
def test_a_number_must_be_a_number(lr_like):
    with pytest.raises(ValidationError):
        run.RegularizationSpec(l2=lr_like)


def test_only_dataset_and_graph_have_no_default():
    spec = run.RunSpec.model_validate({"data": {"dataset": "digits"}, "graph": [{"kind": "linear"}]})
    assert spec.optimizer.kind == "adam"
    assert spec.data.batch_size == 64
    for missing in ({"graph": [{"kind": "linear"}]}, {"data": {"dataset": "digits"}}, {"data": {}, "graph": []}):
        with pytest.raises(ValidationError):
            run.RunSpec.model_validate(missing)


def test_a_whole_float_is_an_integer_but_a_fraction_is_not():
    assert run.DataSpec.model_validate({"dataset": "digits", "batch_size": 32.0}).batch_size == 32
    with pytest.raises(ValidationError):
        run.DataSpec.model_validate({"dataset": "digits", "batch_size": 32.5})
