"""The residual net of 20 layers."""

from layerlab.experiments.deep_layout import deep_experiment

EXPERIMENT = deep_experiment(
    id="resnet20_shapes",
    title="ResNet-20",
    name="ResNet-20 on shapes",
    summary="The same twenty layers with a shortcut around every two: gradients reach the first layer undiminished.",
    residual=True,
    learning_rate=0.02,
)
