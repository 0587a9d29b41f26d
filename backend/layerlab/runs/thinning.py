"""Which checkpoints of a run stay: the newest, and earlier ones spread over the whole run, within a budget of bytes."""

from collections.abc import Mapping, Sequence

#: The newest so many stay as long as the budget allows, in case one is damaged.
NEWEST = 3
#: Never more than this, however small they are.
KEPT = 40


def surplus(sizes: Mapping[int, int], budget: int) -> list[int]:
    """The steps whose checkpoints are to go.

    What goes first is the one whose neighbours lie closest together, so that the rest stay spread evenly; then the
    older ones of the newest three. The newest always stays, even where it alone is larger than the budget.

    Args:
        sizes: Bytes of each checkpoint, by step.
        budget: Bytes that all of them may take.
    """
    kept = dict(sorted(sizes.items()))
    gone: list[int] = []
    while len(kept) > 1 and (len(kept) > KEPT or sum(kept.values()) > budget):
        gone.append(_least_missed(list(kept)))
        del kept[gone[-1]]
    return gone


def _least_missed(steps: Sequence[int]) -> int:
    """Of at least two steps going up."""
    spread = steps[:-NEWEST]
    if len(spread) < 2:
        return steps[0]
    places = range(1, len(spread))  # the first one stays: it is where the run begins
    return steps[min(places, key=lambda place: (steps[place + 1] - steps[place - 1], place))]
