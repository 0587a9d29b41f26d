"""Too few images, new ones made by affine maps."""

from layerlab_schemas.catalog import Experiment

from layerlab.experiments.few_glyphs import few_glyphs

EXPERIMENT = Experiment(
    id="few_glyphs_affine",
    title="Few letters, affine maps",
    summary="The same 120 letters, slanted, turned, scaled and moved anew at every step: nearly 80 % in place of 60 %.",
    group="Augmentation",
    spec=few_glyphs("Few letters, affine", [{"kind": "affine"}]),
)
