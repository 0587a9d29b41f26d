"""What a network or its data lack for a measurement, in a sentence, with what would mend it where one click would."""

from layerlab_schemas.graph import Lack

from layerlab.graph.drops import has_dropout
from layerlab.graph.norms import has_norms
from layerlab.graph.plan import Plan

NO_SAMPLE = Lack(text="There is no validation sample to show.")


def lacks_norm(plan: Plan) -> Lack | None:
    """Where there is no norm, alone or inside a block."""
    return None if has_norms(plan) else Lack(text="This network has no normalisation layer.", offer="add_norm")


def lacks_dropout(plan: Plan) -> Lack | None:
    """Where there is no dropout. It goes before the last layer, so there must be something before that."""
    if has_dropout(plan):
        return None
    return Lack(text="This network has no dropout.", offer="add_dropout" if len(plan.nodes) > 1 else None)


def lacks_plane(plan: Plan) -> Lack | None:
    """Where the data are no points in a plane."""
    is_plane = plan.data.input_kind == "points" and plan.data.input_shape == [2]
    return None if is_plane else Lack(text="The data are not points in a plane.")


def lacks_validation(plan: Plan) -> Lack | None:
    """Where there are no samples to judge by."""
    return None if plan.data.num_validation > 0 else Lack(text="There are no validation samples to judge by.")


def lacks_sample(plan: Plan) -> Lack | None:
    """Where there is no validation sample to show."""
    return None if plan.data.num_validation > 0 else NO_SAMPLE


def lacks_classes(plan: Plan, *, most: int | None = None, what: str = "") -> Lack | None:
    """Where numbers are predicted, or more than ``most`` classes, of which ``what`` would be too fine to read."""
    num = len(plan.data.class_names)
    if num == 0:
        return Lack(text="There are no classes: the network predicts numbers.")
    if most is None or num <= most:
        return None
    return Lack(text=f"With {num} classes {what} would be too fine to read.")


def lacks_numbers(plan: Plan) -> Lack | None:
    """Where classes are predicted."""
    is_number = not plan.data.class_names
    return None if is_number else Lack(text="The network predicts classes, and this is drawn for numbers only.")


def lacks_layer(plan: Plan, *kinds: str, called: str) -> Lack | None:
    """Where no node is of one of these kinds."""
    has_one = any(node.layer.kind in kinds for node in plan.nodes)
    return None if has_one else Lack(text=f"This network has no {called}.")


def lacks_recurrent(plan: Plan) -> Lack | None:
    """Where there is no recurrent layer."""
    has_one = any(node.layer.is_recurrent for node in plan.nodes)
    return None if has_one else Lack(text="This network has no recurrent layer.")
