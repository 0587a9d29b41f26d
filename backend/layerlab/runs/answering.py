"""The inspector's work: check graphs, describe the catalogue, look at datasets, write scripts."""

import logging
from typing import Any

import torch
from layerlab_schemas.run import CheckRequest, RunSpec
from layerlab_schemas.server import AugmentBatchRequest, AugmentGalleryRequest, PreviewRequest, ScheduleRequest

from layerlab.analyses.asking import check_analysis
from layerlab.catalog import build_catalog
from layerlab.checking import check
from layerlab.errors import LayerlabError
from layerlab.export.samples import samples
from layerlab.export.script import python_script
from layerlab.gallery.augmentations import augmentation_gallery
from layerlab.gallery.batch import first_batch
from layerlab.runs import process
from layerlab.runs.encode import pack_frame
from layerlab.runs.inbox import Inbox
from layerlab.runs.refusing import accept, refuse
from layerlab.runs.wire import Channel, Message
from layerlab.training.preview import preview
from layerlab.training.rates import preview_rates

log = logging.getLogger(__name__)


def answer_questions(channel: Channel, inbox: Inbox, *, threads: int, memory_bytes: int) -> None:
    """Answer until the server hangs up; a question that fails gets a problem for an answer."""
    torch.set_num_threads(1)
    process.set_limits(memory_bytes)
    while True:
        question = inbox.take(None)
        assert question is not None
        try:
            reply = accept(question, _answer(question))
        except Exception as error:
            if not isinstance(error, LayerlabError):
                log.exception("The question %s failed", question["type"])
            reply = refuse(question, error)
        channel.send(reply)


def _answer(question: Message) -> Any:
    match question["type"]:
        case "check":
            fields = question["request"]
            kind = RunSpec if "training" in fields else CheckRequest
            return check(kind.model_validate(fields)).model_dump(mode="json")
        case "catalog":
            return build_catalog().model_dump(mode="json")
        case "preview":
            return preview(PreviewRequest.model_validate(question["request"])).model_dump(mode="json")
        case "augment gallery":
            return pack_frame(augmentation_gallery(AugmentGalleryRequest.model_validate(question["request"])))
        case "augment batch":
            return pack_frame(first_batch(AugmentBatchRequest.model_validate(question["request"])))
        case "python":
            return python_script(RunSpec.model_validate(question["request"]))
        case "samples":
            return samples(RunSpec.model_validate(question["request"]))
        case "analysis":
            run = RunSpec.model_validate(question["run"])
            return check_analysis(run, question["analysis"], question["params"])
        case "rates":
            return preview_rates(ScheduleRequest.model_validate(question["request"])).model_dump(mode="json")
    raise AssertionError(f"an inspector cannot {question['type']}")
