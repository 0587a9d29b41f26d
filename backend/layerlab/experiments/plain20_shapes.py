"""The plain net of 20 layers: what depth costs without shortcuts."""

from layerlab.experiments.deep_layout import deep_experiment

EXPERIMENT = deep_experiment(
    id="plain20_shapes",
    title="Plain-20",
    name="Plain-20 on shapes",
    summary="Twenty layers one after the other, no shortcuts: compare its training loss with that of ResNet-20.",
    residual=False,
    learning_rate=0.02,
)
