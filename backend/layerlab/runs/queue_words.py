"""The words for a place in the queue."""

_ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth")


def place_in_queue(place: int) -> str:
    """``2`` gives "Third in the queue."; the first place is 0."""
    if place < len(_ORDINALS):
        return f"{_ORDINALS[place]} in the queue."
    number = place + 1
    last_two, last = number % 100, number % 10
    ending = "th" if last_two in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(last, "th")
    return f"{number}{ending} in the queue."
