"""The samples that the network finds hardest and easiest."""

from math import isfinite

import torch
from layerlab_schemas.frames import DataShape, Example, ExamplesItem, Frame
from layerlab_schemas.graph import CheckedData, Lack
from torch import Tensor

from layerlab.graph.lacks import lacks_validation
from layerlab.graph.plan import Plan
from layerlab.graph.spelling import spell_answers, spell_tokens
from layerlab.losses.base import NO_ANSWER, has_steps
from layerlab.probes.base import ProbeContext, ProbeKind, pack, shares
from layerlab.probes.judged import Judged

MOST_EXAMPLES = 24
#: Numbers of all pictures in one frame.
MOST_VALUES = 65_536
#: A sample or a target of more numbers is not spelt out.
MOST_NUMBERS = 4
#: Numbers of a sample that are spelt out; the page shows as many as have room.
MOST_SPELT = 16


class Examples(ProbeKind):
    """The validation samples with the largest and the smallest loss at the newest evaluation."""

    kind = "examples"
    title = "Worst and best"
    help = (
        "The validation samples with the largest and the smallest loss, with label, prediction and probability: "
        "wrong labels, odd samples and what the net has not learnt yet are among the worst."
    )
    formula = r"\operatorname{arg\,sort}_n\, \ell(f(x_n), y_n)"
    source = "A. Karpathy, A Recipe for Training Neural Networks (2019)"
    group = "Results"
    data_shape = DataShape.EXAMPLES

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where there are samples to judge by."""
        return lacks_validation(plan)

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """Two groups. Its step is that of the evaluation."""
        judged = context.judged
        if judged is None or not self.applies(context.network.plan):
            return None
        groups = (("worst", "Worst: largest loss", True), ("best", "Best: smallest loss", False))
        low, high = judged.ends
        items = [
            ExamplesItem(
                node=node,
                title=title,
                examples=[example(judged, index) for index in extremes(judged, largest=largest)],
                low=low,
                high=high,
            )
            for node, title, largest in groups
        ]
        num = len(judged.targets)
        return context.frame(self, items, split="validation", mode="eval", num_samples=num, step=judged.step)


def extremes(judged: Judged, *, largest: bool) -> list[int]:
    """Places of the samples with the largest or smallest loss; one that is no number is the largest of all."""
    ranked_m = judged.losses.nan_to_num(nan=torch.inf, posinf=torch.inf)
    most = MOST_EXAMPLES
    if judged.facts.input_kind in ("image", "video"):
        most = max(1, min(most, MOST_VALUES // (2 * judged.raw[0].numel())))
    order_m = ranked_m.argsort(descending=largest, stable=True)
    return [int(index) for index in order_m[:most]]


def example(judged: Judged, index: int) -> Example:
    """One sample with what the network makes of it."""
    raw, facts = judged.raw[index], judged.facts
    source = raw[0] if facts.has_decoder_input else raw
    still = still_of(raw, facts)
    text = spell_tokens(source, facts)
    return Example(
        index=index,
        image=None if still is None else pack(still),
        frames=pack(raw) if facts.input_kind == "video" else None,
        text=text,
        caption=None if still is not None or text else spelt_sample(raw, facts.feature_names),
        loss=finite(float(judged.losses[index])),
        **_verdict(judged, index),
    )


def still_of(raw: Tensor, facts: CheckedData) -> Tensor | None:
    """The sample as one image [C, H, W], of a clip the frame in the middle; None where it is no picture."""
    if facts.input_kind == "video":
        return raw[len(raw) // 2]
    return raw if facts.input_kind == "image" else None


def _verdict(judged: Judged, index: int) -> dict[str, str | float | bool | None]:
    """Label, prediction, probability of the prediction, and whether it is wrong."""
    target, output = judged.targets[index], judged.outputs[index]
    if not judged.has_classes:
        return {"label": spelt(target), "prediction": spelt(output)}
    names, answer = judged.facts.class_names, judged.answers[index]
    wrong = bool(judged.wrong[index])
    if has_steps(judged.targets):
        wanted_t = target != NO_ANSWER
        label, prediction = (spell_answers(classes, wanted_t, judged.facts) for classes in (target, answer))
        return {"label": label, "prediction": prediction, "wrong": wrong}
    share_k = shares(output, judged.facts)
    share = share_k[int(answer)] if len(share_k) > 1 else share_k[0] if int(answer) else 1 - share_k[0]
    return {
        "label": names[int(target)],
        "prediction": names[int(answer)],
        "probability": finite(float(share)),
        "wrong": wrong,
    }


def spelt(values: Tensor) -> str | None:
    """A few numbers as text; None for more than can be read at a glance."""
    if values.numel() > MOST_NUMBERS:
        return None
    return ", ".join(_short(value) for value in values.flatten())


def spelt_sample(raw: Tensor, names: list[str]) -> str:
    """The first numbers of a sample, with their names where they have any."""
    values = [_short(value) for value in raw.flatten()[:MOST_SPELT]]
    named = [f"{name} {value}" for name, value in zip(names, values, strict=False)] if names else values
    return ", ".join(named) + (", …" if raw.numel() > MOST_SPELT else "")


def _short(value: Tensor) -> str:
    """Three digits, with a true minus."""
    return f"{float(value):.3g}".replace("-", "−")


def finite(value: float) -> float | None:
    """JSON has no NaN."""
    return value if isfinite(value) else None
