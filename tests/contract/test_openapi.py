"""The OpenAPI document has every call of this version, with the models of the schemas and documented refusals."""

import re
from pathlib import Path
from typing import Any

import pytest
from layerlab_schemas import generate

#: Method and path, model of the body, model of the answer.
CALLS = [
    ("get", "/api/health", None, "Health"),
    ("post", "/api/links", None, "LaunchLink"),
    ("get", "/api/catalog", None, "Catalog"),
    ("post", "/api/graphs/check", "CheckRequest", "CheckResult"),
    ("get", "/api/datasets", None, "DatasetList"),
    ("post", "/api/datasets", None, "Upload"),
    ("get", "/api/datasets/{upload}", None, "Upload"),
    ("delete", "/api/datasets/{upload}", None, None),
    ("get", "/api/datasets/{upload}/preview", None, "DatasetPreview"),
    ("post", "/api/datasets/{upload}/readings", "TableForm", "Upload"),
    ("post", "/api/datasets/preview", "PreviewRequest", "DatasetPreview"),
    ("post", "/api/augment/gallery", "AugmentGalleryRequest", "Frame"),
    ("post", "/api/augment/batch", "AugmentBatchRequest", "Frame"),
    ("post", "/api/datasets/{dataset}/fetch", None, "Original"),
    ("delete", "/api/datasets/{dataset}/fetch", None, "Original"),
    ("post", "/api/schedules/preview", "ScheduleRequest", "SchedulePreview"),
    ("post", "/api/runs", "RunSpec", "RunView"),
    ("post", "/api/runs/range_test", "RunSpec", "RunView"),
    ("get", "/api/runs/{run}/suggested_rate", None, "SuggestedRate"),
    ("get", "/api/runs", None, "RunList"),
    ("get", "/api/runs/{run}", None, "RunView"),
    ("patch", "/api/runs/{run}", "RunChange", "RunView"),
    ("delete", "/api/runs/{run}", None, None),
    ("post", "/api/runs/{run}/pause", None, "RunView"),
    ("post", "/api/runs/{run}/resume", None, "RunView"),
    ("post", "/api/runs/{run}/step", None, "RunView"),
    ("post", "/api/runs/{run}/stop", None, "RunView"),
    ("get", "/api/runs/{run}/scalars", None, "ScalarsAnswer"),
    ("get", "/api/runs/{run}/frames", None, "Frame"),
    ("get", "/api/runs/{run}/frames/recorded", None, "FrameList"),
    ("get", "/api/runs/{run}/recording", None, "Recording"),
    ("post", "/api/runs/{run}/fork", "ForkRequest", "RunView"),
    ("get", "/api/runs/{run}/checkpoints", None, "CheckpointList"),
    ("post", "/api/runs/{run}/analyses", "AnalysisRequest", "AnalysisView"),
    ("get", "/api/runs/{run}/analyses", None, "AnalysisList"),
    ("get", "/api/runs/{run}/analyses/{analysis}", None, "AnalysisView"),
    ("get", "/api/runs/{run}/analyses/{analysis}/frame", None, "Frame"),
    ("delete", "/api/runs/{run}/analyses/{analysis}", None, None),
    ("get", "/api/lessons", None, "LessonList"),
    ("get", "/api/lessons/{lesson}", None, "Lesson"),
    ("post", "/api/lessons/{lesson}/start", "LessonStart", "RunView"),
    ("post", "/api/comparisons", "ComparisonRequest", "ComparisonView"),
    ("get", "/api/comparisons", None, "ComparisonList"),
    ("get", "/api/comparisons/{comparison}", None, "ComparisonView"),
    ("post", "/api/comparisons/{comparison}/pause", None, "ComparisonView"),
    ("post", "/api/comparisons/{comparison}/resume", None, "ComparisonView"),
    ("post", "/api/comparisons/{comparison}/stop", None, "ComparisonView"),
    ("delete", "/api/comparisons/{comparison}", None, None),
    ("post", "/api/export/python", "RunSpec", None),
    ("post", "/api/export/data", "RunSpec", None),
    ("get", "/api/runs/{run}/export/spec", None, "RunSpec"),
    ("get", "/api/runs/{run}/export/python", None, None),
    ("get", "/api/runs/{run}/export/data", None, None),
]


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The document of the real application; making it touches no run, so it needs no supervisor."""
    from layerlab.api.app import make_app
    from layerlab.api.credentials import Credentials
    from layerlab.api.documents import document
    from layerlab.settings import Settings

    folder: Path = tmp_path_factory.mktemp("data")
    app = make_app(Settings(data_dir=folder), None, Credentials(folder / "token"), port=8000)  # type: ignore[arg-type]
    return document(app)


def model(holder: dict[str, Any] | None) -> str | None:
    """Name of the model in a body or an answer; the input form of a model counts as the model."""
    if not holder or "application/json" not in holder.get("content", {}):
        return None
    reference = holder["content"]["application/json"]["schema"]["$ref"]
    return re.sub(r"-(Input|Output)$", "", reference.rsplit("/", 1)[-1])


@pytest.mark.parametrize(("method", "path", "body", "answer"), CALLS)
def test_a_call_is_documented(document, method, path, body, answer):
    operation = document["paths"][path][method]
    good = next(code for code in operation["responses"] if code.startswith("2"))
    assert model(operation.get("requestBody")) == body
    assert model(operation["responses"][good]) == answer
    assert operation.get("description") or operation.get("summary")


def test_no_call_is_forgotten_here(document):
    documented = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert documented - {("head", "/api/health")} == {(method, path) for method, path, _, _ in CALLS}


@pytest.mark.parametrize(("method", "path"), [(method, path) for method, path, _, _ in CALLS])
def test_a_refusal_is_a_problem(document, method, path):
    responses = document["paths"][path][method]["responses"]
    refusals = {code: answer for code, answer in responses.items() if code.startswith("4")}
    for code, answer in refusals.items():
        (media,) = answer["content"]
        assert media == "application/problem+json", code
        assert answer["content"][media]["schema"]["$ref"].endswith("/ProblemDetails")
    if "{" in path or method == "patch":
        assert "422" in refusals or "409" in refusals


def test_the_messages_of_the_stream_are_in_the_document(document):
    assert set(generate.bundle()["components"]["schemas"]) <= set(document["components"]["schemas"])


def test_references_lead_somewhere(document):
    schemas = document["components"]["schemas"]
    named = set(re.findall(r"'#/components/schemas/([^']+)'", str(document)))
    assert named - set(schemas) == set()
