"""Dropout before batch norm: the variance of training is not that of evaluation."""

from typing import Any

from layerlab_schemas.lesson import Chapter, Lesson, LessonMark, LessonPanel, LessonRemedy

from layerlab.lessons.base import DIGITS, run

DROP: dict[str, Any] = {"id": "drop", "kind": "dropout", "p": 0.8}
FIRST: list[Any] = [
    {"kind": "flatten"},
    {"id": "linear1", "kind": "linear", "out_features": 64},
    {"id": "relu1", "kind": "relu"},
]
SECOND: list[Any] = [
    {"id": "linear2", "kind": "linear", "out_features": 64},
    {"id": "norm", "kind": "batch_norm"},
    {"id": "relu2", "kind": "relu"},
]
LOGITS: dict[str, Any] = {"id": "logits", "kind": "linear", "out_features": 10}
PARTS: dict[str, Any] = {
    "data": DIGITS,
    "optimizer": {"kind": "sgd", "lr": 0.1},
    "training": {"epochs": 15},
}

LESSON = Lesson(
    id="norm-place",
    title="Dropout before batch norm",
    chapter=Chapter.NORMALISATION,
    place=2,
    diagnoses=["dropout_before_norm"],
    setup="Two hidden layers of 64 units on handwritten digits. Dropout with p = 0.8 comes after the first one, "
    "batch norm is in the second one. In evaluation dropout is off.",
    question="How large is the variance of what the norm gets in evaluation, compared with training?",
    choices=["The same", "About a third", "About three times as large", "It is 0"],
    right=1,
    spec=run("Dropout before batch norm", graph=[*FIRST, DROP, *SECOND, LOGITS], **PARTS),
    notice=[
        LessonMark(
            panel="dropout_scaling",
            text="What dropout keeps is made five times as large, so the mean stays as it was and the spread grows.",
        ),
        LessonMark(
            panel="norm_statistics",
            text="The running variance, which the evaluation divides by, is that of training, with dropout on.",
        ),
        LessonMark(panel="loss", text="Note where the validation loss ends, to compare it with the remedy."),
    ],
    panels=[
        LessonPanel(id="dropout_scaling"),
        LessonPanel(id="norm_statistics"),
        LessonPanel(id="loss"),
        LessonPanel(id="accuracy"),
    ],
    explanation=[
        "Dropout sets a value to 0 with probability p and divides it by 1 − p otherwise. The mean stays, the mean "
        "square does not:",
        r"$$E\!\left[\tilde{x}^2\right] = (1 - p) \left(\frac{x}{1 - p}\right)^{\!2} = \frac{x^2}{1 - p}$$",
        "So the variance grows up to 1/(1 − p) = 5 times, less where the mean is far from 0, as after a ReLU: here "
        "about three times. Batch norm learns this variance as its running variance. In evaluation dropout is off, "
        "the true variance is a third of it, and the norm makes everything too small.",
        "Dropout behind the last norm does no such harm, for no statistics are taken after it.",
    ],
    remedy=LessonRemedy(
        label="Put dropout behind the norm",
        text="Dropout stands before the last layer, with the same p. The norm gets the same variance in training and "
        "evaluation, and the validation loss ends lower.",
        spec=run("Dropout behind batch norm", graph=[*FIRST, *SECOND, DROP, LOGITS], **PARTS),
    ),
    source="X. Li, S. Chen, X. Hu, J. Yang, Understanding the disharmony between dropout and batch normalization by "
    "variance shift, CVPR 2019",
)
