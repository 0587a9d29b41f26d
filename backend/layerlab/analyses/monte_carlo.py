"""Monte-Carlo dropout: what the network answers to one input when dropout stays on."""

from math import nan

import torch
from layerlab_schemas.frames import DataShape, Frame, LineSeries, LinesItem, SampleView
from layerlab_schemas.graph import Lack
from pydantic import Field
from torch import Tensor

from layerlab.analyses.base import AnalysisContext, AnalysisKind
from layerlab.analyses.noise import CHUNK, part_of, switch_dropout
from layerlab.figures import figure
from layerlab.graph.lacks import lacks_dropout
from layerlab.graph.plan import Plan
from layerlab.params import Params
from layerlab.probes.base import pack, shares

#: Numbers of one answer that are drawn.
MOST_NUMBERS = 128


class MonteCarloParams(Params):
    """How often the network is asked."""

    passes: int = Field(default=50, ge=2, le=1000, description="Forward passes, each with masks of its own; 25 to 100.")


class MonteCarlo(AnalysisKind[MonteCarloParams]):
    """Mean and standard deviation, for each class, of the probabilities that passes with dropout give.

    Norms are in eval mode, so that nothing but the masks differs between passes. The spread is the standard deviation
    over the passes (sample estimate).
    """

    kind = "monte_carlo_dropout"
    title = "Monte-Carlo dropout"
    help = "Asks again and again with dropout on: where the answers differ much, the network is not sure of itself."
    formula = r"\bar p_k = \frac{1}{T} \sum_t p_k^{(t)},\quad s_k^2 = \frac{1}{T-1} \sum_t (p_k^{(t)} - \bar p_k)^2"
    source = "Y. Gal, Z. Ghahramani, Dropout as a Bayesian approximation, ICML 2016"
    group = "Dropout"
    Params = MonteCarloParams
    data_shape = DataShape.LINES
    is_quick = True
    shows_sample = True
    example = {"passes": 50}

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where there is a dropout."""
        return lacks_dropout(plan)

    @torch.no_grad()
    def analyse(self, context: AnalysisContext, params: MonteCarloParams) -> Frame:
        """One item: classes (or outputs, or steps) on x, the mean with its spread, and the answer without dropout."""
        facts = context.facts
        all_inputs, all_targets, split = part_of(context.data)
        index = min(context.sample, len(all_inputs) - 1)
        inputs, targets = all_inputs[index : index + 1], all_targets[index]
        context.network.eval()
        plain = shares(context.network(inputs), facts)[0].double()
        drawn = self._passes(context, inputs, params.passes)
        answers = torch.cat([plain[None], drawn])
        x_names, targeted = _named(facts.class_names, answers, targets)
        mean, spread = drawn_moments(targeted[1:])
        x_title = "class" if facts.class_names and plain.dim() == 1 else "output" if plain.dim() == 1 else "step"
        y_title = "probability" if facts.class_names else "output"
        item = LinesItem(
            node="this input",
            x_title=x_title,
            y_title=y_title if x_title != "step" or not facts.class_names else "probability of the right answer",
            x=pack(torch.arange(len(mean))),
            x_names=x_names,
            series=[
                LineSeries(
                    name="dropout on, mean ± std", y=pack(mean), low=pack(mean - spread), high=pack(mean + spread)
                ),
                LineSeries(name="dropout off", y=pack(targeted[0])),
            ],
            mark="points",
            note=f"{params.passes} passes, norms in eval mode. {_told(x_names, mean, spread)}",
        )
        return context.frame(
            self,
            [item],
            split=split,
            num_samples=1,
            sample=SampleView(index=index, label=_label(facts.class_names, targets)),
        )

    def _passes(self, context: AnalysisContext, inputs: Tensor, passes: int) -> Tensor:
        """[passes, …] answers; the masks of a batch are drawn one by one, so copies of the input are passes."""
        switch_dropout(context.network, is_on=True, seed=context.assembly.spec.training.seed, name=self.kind)
        found: list[Tensor] = []
        for size in (min(CHUNK, passes - start) for start in range(0, passes, CHUNK)):
            found.append(shares(context.network(inputs.expand(size, *inputs.shape[1:])), context.facts).double())
            context.progress(sum(map(len, found)) / passes)
        return torch.cat(found)


def drawn_moments(answers: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation (sample estimate) over the first axis."""
    spread, mean = torch.std_mean(answers, dim=0)
    return mean, spread


def _named(class_names: list[str], answers: Tensor, target: Tensor) -> tuple[list[str], Tensor]:
    """Names on x, and the answers as [passes + 1, places]."""
    if answers.dim() == 3 and class_names:
        wanted = target.clamp(min=0)
        right = answers.gather(2, wanted.expand(len(answers), -1)[..., None])[..., 0]
        right = torch.where(target >= 0, right, torch.full_like(right, nan))[:, :MOST_NUMBERS]
        return [str(step + 1) for step in range(right.shape[1])], right
    flat = answers.flatten(1)[:, :MOST_NUMBERS]
    if len(class_names) == 2 and flat.shape[1] == 1:
        return list(class_names), torch.cat([1 - flat, flat], dim=1)
    if len(class_names) == flat.shape[1]:
        return list(class_names), flat
    return [str(place + 1) for place in range(flat.shape[1])], flat


def _told(names: list[str], mean: Tensor, spread: Tensor) -> str:
    if bool(mean.isnan().any()):
        return ""
    place = int(mean.argmax())
    return f"Highest: {names[place]} at {figure(float(mean[place]))} ± {figure(float(spread[place]))}."


def _label(class_names: list[str], target: Tensor) -> str | None:
    if target.dim() > 0 and target.numel() != 1:
        return None
    return class_names[int(target)] if class_names else f"{float(target):.4g}"
