"""What a network writes, token by token, when it is given a beginning."""

from time import thread_time
from typing import Any, ClassVar

import torch
from layerlab_schemas.frames import DataShape, Frame, TextItem
from layerlab_schemas.graph import CheckedData, Lack
from torch import Tensor

from layerlab.errors import BatchTooSmall
from layerlab.graph.lacks import lacks_sample
from layerlab.graph.network import Network
from layerlab.graph.plan import Plan
from layerlab.graph.spelling import spell_tokens
from layerlab.probes.base import ProbeContext, ProbeKind
from layerlab.probes.steps import view_of
from layerlab.seeding import derive

#: It is given so many tokens, or half of the sample where that is shorter, and writes so many more.
GIVEN = 12
WRITTEN = 60
#: A large network stops earlier, after so many seconds of work, for it trains meanwhile.
MOST_SECONDS = 0.15
#: 0 takes the likeliest token.
TEMPERATURES = (0.0, 0.5, 1.0)
#: The answer at a step must not depend on later tokens by more than this.
TOLERANCE = 1e-3


class SampledText(ProbeKind):
    """Goes on writing from the beginning of the chosen validation sample, in eval mode.

    The network reads as many steps as in training; when they are full, the first is dropped for each new one. What is
    drawn comes from a generator of its own, made of the seed of the run and the step.
    """

    kind = "sampled_text"
    title = "Written text"
    help = "The network goes on from the beginning of a sample: always the likeliest token, or drawn by chance."
    formula = r"x_{t+1} \sim \mathrm{softmax}(s_t / \tau)"
    source = "A. Karpathy, The unreasonable effectiveness of recurrent neural networks (2015)"
    group = "Sequences"
    data_shape = DataShape.TEXT
    shows_sample = True
    example: ClassVar[Any] = {
        "data": {"dataset": "grammar_text", "params": {"length": 12, "samples": 200}},
        "graph": [
            {"kind": "embedding", "embedding_dim": 8},
            {"kind": "gru", "hidden_size": 8, "output": "sequence"},
            {"kind": "linear", "out_features": 29},
        ],
    }

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where the answer at each step is one of the tokens that are read, and there is a sample to show."""
        data = plan.data
        answers = [*data.input_shape, len(data.class_names)]
        if not (data.input_kind == "sequence" and data.input_is_index and data.output_shape == answers):
            return Lack(text="The network does not answer with the next token.")
        is_same = len(data.class_names) == len(data.vocabulary) == data.num_tokens and data.padding_token is None
        if data.has_decoder_input or not is_same:
            return Lack(text="What it answers with are not the tokens that it reads.")
        return lacks_sample(plan)

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """An item for each temperature; one that says so where the network cannot write."""
        network, sample = context.network, context.sample
        if not self.applies(network.plan) or sample is None:
            return None
        num_given = min(GIVEN, max(1, sample.inputs.shape[1] // 2))
        generator = torch.Generator().manual_seed(derive(context.seed, self.kind, context.step))
        was_training = network.training
        network.eval()
        try:
            items = _written(network, sample.inputs[0], num_given, generator, context.facts)
        except BatchTooSmall:
            return None
        finally:
            network.train(was_training)
        view = view_of(sample, context.facts)
        return context.frame(self, items, split="validation", mode="eval", num_samples=1, sample=view)


def _written(
    network: Network, tokens_t: Tensor, num_given: int, generator: torch.Generator, facts: CheckedData
) -> list[TextItem]:
    node, given = network.plan.output, _spelt(tokens_t[:num_given], facts)
    if _looks_ahead(network, tokens_t, num_given):
        title = "Each answer depends on later tokens too, so it cannot write one after the other."
        return [TextItem(node=node, title=title, prompt=given, text="")]
    written_bn = write(network, tokens_t, num_given, generator)
    space = " " if any(len(word) > 1 for word in facts.vocabulary) else ""
    return [
        TextItem(
            node=node,
            title=f"temperature {temperature:g}" if temperature else "the likeliest",
            prompt=given + space,
            text=_spelt(row_n, facts),
        )
        for temperature, row_n in zip(TEMPERATURES, written_bn, strict=True)
    ]


def _spelt(tokens_t: Tensor, facts: CheckedData) -> str:
    return spell_tokens(tokens_t, facts) or ""


def _looks_ahead(network: Network, tokens_t: Tensor, num_given: int) -> bool:
    """True where the answers to what is given change with what comes behind it."""
    others_t = tokens_t.clone()
    others_t[num_given:] = (others_t[num_given:] + 1) % (network.plan.data.num_tokens or 1)
    one, other = network(torch.stack([tokens_t, others_t]))[:, :num_given]
    return bool((one - other).abs().max() > TOLERANCE * one.abs().max().clamp(min=1))


def write(network: Network, tokens_t: Tensor, num_given: int, generator: torch.Generator) -> Tensor:
    """[B, N]: what follows the given tokens, a row for each temperature; shorter where time is up or numbers fail."""
    num_steps, num_rows = len(tokens_t), len(TEMPERATURES)
    window_bt = tokens_t.repeat(num_rows, 1)
    window_bt[:, num_given:] = 0
    length, written = num_given, list[Tensor]()
    began = thread_time()
    while len(written) < WRITTEN and thread_time() - began < MOST_SECONDS:
        scores_bv = network(window_bt)[:, length - 1].float().cpu()
        if not scores_bv.isfinite().all():
            break
        next_b = chosen(scores_bv, generator)
        written.append(next_b)
        if length == num_steps:
            window_bt = window_bt.roll(-1, dims=1)
        length = min(num_steps, length + 1)
        window_bt[:, length - 1] = next_b.to(window_bt.device)
    return torch.stack(written, dim=1) if written else torch.zeros(num_rows, 0, dtype=torch.long)


def chosen(scores_bv: Tensor, generator: torch.Generator) -> Tensor:
    """[B] the next token of each row, by its temperature."""
    drawn = [
        torch.multinomial((scores_v / temperature).softmax(-1), 1, generator=generator)
        if temperature
        else scores_v.argmax(-1, keepdim=True)
        for temperature, scores_v in zip(TEMPERATURES, scores_bv, strict=True)
    ]
    return torch.cat(drawn)
