"""Whether the heads of an attention divide its features."""

from layerlab_schemas.problems import Problem

from layerlab.layers.base import Site, count_text, largest_divisor


def check_heads(site: Site, num_heads: int, features: int) -> list[Problem]:
    """A problem where the features cannot be shared out evenly."""
    if features % num_heads == 0:
        return []
    fitting = largest_divisor(features, num_heads)
    message = f"{site.node} cannot share out {count_text(features)} features from {site.source} "
    message += f"among {count_text(num_heads)} heads."
    return [
        site.problem(
            "heads_do_not_divide",
            message,
            field="num_heads",
            expected=f"a divisor of {features}",
            got=num_heads,
            hint=f"Set num_heads to {fitting}, or change the features to a multiple of {count_text(num_heads)}.",
            mend=site.mend("num_heads", fitting),
        )
    ]
