"""Too few images, new ones made by elastic deformation."""

from layerlab_schemas.catalog import Experiment

from layerlab.experiments.few_glyphs import few_glyphs

EXPERIMENT = Experiment(
    id="few_glyphs_elastic",
    title="Few letters, elastic deformation",
    summary="The same 120 letters, bent anew at every step as handwriting varies: nearly 70 % in place of 60 %.",
    group="Augmentation",
    spec=few_glyphs("Few letters, elastic", [{"kind": "elastic"}]),
)
