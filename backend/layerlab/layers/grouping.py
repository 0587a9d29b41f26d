"""How many groups a group norm has where nobody says."""

#: The number of groups of the paper.
_USUAL_GROUPS = 32


def usual_groups(channels: int) -> int:
    """The most groups, up to 32, that divide ``channels`` and leave two or more channels in each; else 1."""
    most = min(_USUAL_GROUPS, channels // 2)
    return next((groups for groups in range(most, 0, -1) if channels % groups == 0), 1)
