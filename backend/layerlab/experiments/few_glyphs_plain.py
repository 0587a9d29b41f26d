"""Too few images and no augmentation: learnt by heart."""

from layerlab_schemas.catalog import Experiment

from layerlab.experiments.few_glyphs import few_glyphs

EXPERIMENT = Experiment(
    id="few_glyphs_plain",
    title="Few letters: overfitting",
    summary="120 letters are soon learnt by heart; of 1 080 others under 60 % are right, and their loss rises.",
    group="Augmentation",
    spec=few_glyphs("Few letters", []),
)
