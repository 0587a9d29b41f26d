"""What the supervisor refuses, each a full sentence with its own code. The api gives each its HTTP status."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from layerlab_schemas.graph import CheckResult
from layerlab_schemas.problems import Problem

from layerlab.errors import LayerlabError


class RunRefusal(LayerlabError):
    """Something asked of the runs that cannot be done."""

    code = "refused"


class NoSuchRun(RunRefusal):
    """There is no run of that id."""

    code = "run_not_found"

    def __init__(self, run: str) -> None:
        super().__init__(f"There is no run called {run[:80]}. It may have been deleted.")


class NotNow(RunRefusal):
    """The run's state does not allow it."""

    code = "not_now"


class KeyUsed(RunRefusal):
    """An Idempotency-Key came again with another body."""

    code = "idempotency_key_used"


class TooMany(RunRefusal):
    """A limit on runs is reached."""

    code = "too_many_runs"


class NoSuchAnalysis(RunRefusal):
    """There is no analysis of that id in the run."""

    code = "analysis_not_found"

    def __init__(self, analysis: str) -> None:
        text = (
            f"There is no analysis called {analysis[:80]}. The server keeps the latest of a run until it is restarted."
        )
        super().__init__(text, hint="Ask for it again.")


class NoFrameYet(RunRefusal):
    """An analysis that is not done has no frame."""

    code = "no_frame_yet"


class NotReady(RunRefusal):
    """The processes that train are starting, ending, or did not answer."""

    code = "not_ready"


class NoSuchUpload(RunRefusal):
    """There is no upload of that id."""

    code = "upload_not_found"

    def __init__(self, upload: str) -> None:
        super().__init__(f"There is no upload called {upload[:80]}. It may have been deleted.")


class FileRefused(RunRefusal):
    """A file that cannot be taken or read."""

    code = "file_refused"


class FileTooLarge(RunRefusal):
    """A file over its limit."""

    code = "file_too_large"


class NoSpace(RunRefusal):
    """The disk, or what of it uploads may take, is full."""

    code = "no_space"


class CannotUse(RunRefusal):
    """A spec, a change or a request with problems, each with its place.

    Attributes:
        check: All that was found out about a spec, where one was checked.
    """

    code = "invalid_spec"
    check: CheckResult | None = None

    def __init__(
        self, message: str, problems: Sequence[Problem], *, code: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message, code=code, hint=hint)
        self._problems = list(problems)

    @classmethod
    def of(cls, problem: Mapping[str, Any]) -> Self:
        """What a child says against a question, in the fields of ``ProblemDetails``."""
        errors = [Problem.model_validate(entry) for entry in problem.get("errors", [])]
        return cls(problem["detail"], errors, code=problem.get("code"))

    def problems(self) -> list[Problem]:
        """All problems, warnings too."""
        return list(self._problems)
