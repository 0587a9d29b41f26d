"""Inputs of very different sizes: one rate cannot fit all."""

from typing import Any

from layerlab_schemas.lesson import Chapter, Lesson, LessonMark, LessonPanel, LessonRemedy

from layerlab.lessons.base import run, stack

PARTS: dict[str, Any] = {
    "graph": stack(1, 16, "relu", outputs=3),
    "optimizer": {"kind": "sgd", "lr": 0.1},
    "training": {"epochs": 30},
}

LESSON = Lesson(
    id="data-prep",
    title="Inputs that are not normalised",
    chapter=Chapter.DATA,
    place=1,
    diagnoses=["not_normalised"],
    setup="178 wines of three growers, each with 13 measurements as they come: proline is about 750, nonflavanoid "
    "phenols about 0.36. One hidden layer of 16 ReLU units, SGD with rate 0.1.",
    question="What does the training come to?",
    choices=[
        "It learns as usual: the first layer finds the right scale by itself",
        "It learns, but more slowly",
        "It ends at guessing: a loss of about ln(3) ≈ 1.10",
        "The loss becomes NaN",
    ],
    right=2,
    spec=run("Inputs that are not normalised", data={"dataset": "wine", "preprocess": "none"}, **PARTS),
    notice=[
        LessonMark(
            panel="loss",
            text="The first loss is above 100, the first step throws it far up, then it lies at about 1.1.",
        ),
        LessonMark(panel="activations", text="After that step all units of relu1 are dead: 0 for every wine."),
        LessonMark(panel="accuracy", text="The accuracy is that of guessing among three."),
    ],
    panels=[
        LessonPanel(id="loss", options={"scale": "log"}),
        LessonPanel(id="accuracy"),
        LessonPanel(id="activations", columns=2, options={"rows": "activations"}),
    ],
    explanation=[
        "The gradient of a weight of the first layer is proportional to its input, so proline's weights get gradients "
        "a thousand times those of the others. In the loss that is a valley a million times steeper along some "
        "directions:",
        r"$$\frac{\partial L}{\partial w_{ij}} = \delta_i \, x_j, \qquad "
        r"\kappa \approx \frac{\max_j E[x_j^2]}{\min_j E[x_j^2]}$$",
        "A rate that is right for the small inputs is far too large for proline, and one step kills every unit; a rate "
        "that is right for proline would hardly move the rest.",
        "Standardised inputs have mean 0 and variance 1, each of them, by statistics of the training part alone. Then "
        "one rate fits all.",
    ],
    remedy=LessonRemedy(
        label="Standardise the data",
        text="The same net and rate on standardised inputs: more than nine wines of ten are told apart.",
        spec=run("Inputs normalised", data={"dataset": "wine", "preprocess": "standardize"}, **PARTS),
    ),
    source="Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, Efficient BackProp (1998), 4.3",
)
