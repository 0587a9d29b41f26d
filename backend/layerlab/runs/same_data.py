"""A run trains on what it started with: its folder remembers what that was."""

import json
from pathlib import Path

from layerlab.errors import LayerlabError
from layerlab.runs.folders import DATA
from layerlab.training.fingerprint import fingerprint
from layerlab.training.training_data import TrainingData


class OtherData(LayerlabError):
    """The data are not those that the run started with."""

    code = "other_data"


def check_data(data: TrainingData, directory: Path) -> None:
    """Nothing where these are the data of the run; remembers them where it has none yet.

    Raises:
        OtherData: They are not.
    """
    if (directory / DATA).exists():
        compare_data(data, directory)
    else:
        (directory / DATA).write_text(json.dumps(fingerprint(data)), encoding="utf-8")


def compare_data(data: TrainingData, directory: Path) -> None:
    """Nothing where these are the data of the run, or it never had any; leaves its folder as it is.

    Raises:
        OtherData: They are not.
    """
    file, found = directory / DATA, fingerprint(data)
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else found
    if known == found:
        return
    title = data.facts.title
    counts = [(one["num_train"], one["num_validation"]) for one in (known, found)]
    if counts[0] == counts[1]:
        message = f"The samples of {title} are not those that this run started with."
    else:
        before, now = (f"{train} training and {validation} validation samples" for train, validation in counts)
        message = f"This run started with {before} of {title}; there are {now} now."
    raise OtherData(message, hint="Bring the files back as they were to go on with it, or start a new run.")
