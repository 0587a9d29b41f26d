"""Logistic regression, the smallest network there is."""

from layerlab_schemas.catalog import Experiment
from layerlab_schemas.run import RunSpec

EXPERIMENT = Experiment(
    id="logistic_breast_cancer",
    title="Logistic regression",
    summary="One linear unit tells malignant from benign tumours by 30 measurements: 96 % within a second.",
    group="Tables",
    spec=RunSpec.model_validate(
        {
            "name": "Logistic regression on breast cancer",
            "data": {"dataset": "breast_cancer", "batch_size": 32},
            "graph": [{"id": "score", "kind": "linear", "out_features": 1}],
            "init": {"scheme": "zeros"},
            "loss": {"kind": "bce"},
            "optimizer": {"kind": "sgd", "lr": 0.05},
            "regularization": {"l2": 0.01},
            "training": {"epochs": 100, "seed": 0},
        }
    ),
)
