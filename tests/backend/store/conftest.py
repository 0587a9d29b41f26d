"""A database with one run, on a plain connection."""

from datetime import UTC, datetime

import pytest
from layerlab.store import database, runs
from layerlab_schemas.graph import CheckResult
from layerlab_schemas.run import RunSpec, RunState


@pytest.fixture
def connection(tmp_path):
    engine = database.writing_engine(tmp_path / "layerlab.db")
    spec = RunSpec.model_validate({"data": {"dataset": "d"}, "graph": [{"kind": "linear"}], "tags": ["a"]})
    with engine.begin() as connection:
        runs.add(
            connection,
            run="r1",
            spec=spec,
            check=CheckResult(ok=True),
            status=RunState.QUEUED,
            num_steps=10,
            steps_per_epoch=5,
            created=datetime.now(UTC),
        )
        yield connection
    engine.dispose()
