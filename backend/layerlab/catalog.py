"""The catalogue: every kind of every family, and the ready experiments. Forms and documentation are made from it."""

from layerlab_schemas.catalog import Catalog

from layerlab import (
    __version__,
    analyses,
    augment,
    datasets,
    diagnoses,
    inits,
    layers,
    losses,
    optimizers,
    probes,
    schedules,
)
from layerlab.experiments import EXPERIMENTS


def build_catalog() -> Catalog:
    """All of it, families in the order in which a palette lists them."""
    families = (layers, inits, optimizers, schedules, losses, datasets, augment, probes, analyses, diagnoses)
    kinds = [kind for family in families for kind in family.REGISTRY.describe()]
    return Catalog(version=__version__, kinds=kinds, experiments=list(EXPERIMENTS))
