"""The augmentations of a run as code."""

from collections.abc import Sequence
from dataclasses import dataclass

from layerlab.export.transplant import Transplant
from layerlab.losses.base import LossKind
from layerlab.training.augmenting import AugmentChoice
from layerlab.training.choice import LossChoice

_BEGIN = '''
def augmented(raw: Tensor, epoch: int, position: int) -> {gives}:
    """{words}; chance depends on SEED, epoch and position alone."""
    values = (raw.float() - {low!r}) / {span!r}
'''.strip()
_SEEDED = """
    with torch.random.fork_rng(devices=[values.device] if values.is_cuda else []):
""".strip("\n")
_CHANCE = """
        torch.manual_seed(chance := derive("augment", epoch, position, {place}))
""".strip("\n")
_CHANGED = """
        values = {name}(values, generator=torch.Generator().manual_seed(chance))
""".strip("\n")
_MIXED = """
        mixed = {name}(values, generator=torch.Generator().manual_seed(chance))
        values, partner, own = mixed.inputs, mixed.partner_b, mixed.own_share_b
        shares = [(places, weight * own) for places, weight in shares] + [
            (places[partner], weight[partner] * (1 - own)) for places, weight in shares
        ]
""".strip("\n")
_ALL_OWN = "    shares = [(torch.arange(len(raw), device=raw.device), torch.ones(len(raw), device=raw.device))]"
_MIXED_LOSS = '''
def mixed_loss(output: Tensor, targets: Tensor, shares: list[tuple[Tensor, Tensor]]) -> Tensor:
    """The mean loss of samples that have shares of several labels."""
    total = sum((weight * each(output, targets[places])).sum() for places, weight in shares)
    return total / len(targets)
'''.strip()


@dataclass(frozen=True, kw_only=True)
class Augmented:
    """What the training loop must know: the functions as text, and whether labels are shared."""

    texts: tuple[str, ...]
    mixes: bool


def write_augment(
    chosen: Sequence[AugmentChoice],
    loss: LossChoice,
    needed: Transplant,
    *,
    value_range: tuple[float, float],
    shares_labels: bool,
) -> Augmented | None:
    """The functions ``augmented`` and, where labels are shared, ``mixed_loss``; None where nothing is augmented.

    Args:
        chosen: Which, in order.
        loss: Of the run.
        needed: Gets what they are made of.
        value_range: Least and greatest raw value.
        shares_labels: False where the network is to give back what it reads, so that there are no labels.
    """
    if not chosen:
        return None
    mixes = any(one.kind.mixes for one in chosen)
    low, high = value_range
    gives = "tuple[Tensor, list[tuple[Tensor, Tensor]]]" if mixes else "Tensor"
    words = "Raw samples after all augmentations" + (", and whose labels they have in which shares" if mixes else "")
    lines = [_BEGIN.format(gives=gives, words=words, low=low, span=high - low), *([_ALL_OWN] if mixes else []), _SEEDED]
    for place, one in enumerate(chosen):
        name = _write_kind(one, place, needed)
        form = _MIXED if one.kind.mixes else _CHANGED
        lines += [_CHANCE.format(place=place), form.format(name=name)]
    back = f"values * {high - low!r} + {low!r}"
    lines.append(f"    return {back}, shares" if mixes else f"    return {back}")
    if not (mixes and shares_labels):
        return Augmented(texts=("\n".join(lines),), mixes=mixes)
    needed.function(LossKind.__module__, "has_steps")
    needed.method(loss.kind, loss.params, "each", "each")
    return Augmented(texts=("\n".join(lines), _MIXED_LOSS), mixes=mixes)


def _write_kind(chosen: AugmentChoice, place: int, needed: Transplant) -> str:
    """The function of one kind with its fields, and its name: two uses of a kind are two functions."""
    suffix = f"_{place + 1}"
    own = Transplant(suffix=suffix)
    name = f"{chosen.kind.kind}{suffix}"
    own.method(chosen.kind, chosen.params, "mix" if chosen.kind.mixes else "apply", name)
    needed.take(own)
    return name
