"""All weights zero: every unit is the same unit."""

from typing import Any

from layerlab_schemas.lesson import Chapter, Lesson, LessonMark, LessonPanel, LessonRemedy

from layerlab.lessons.base import DIGITS, on_images, run, stack

PARTS: dict[str, Any] = {
    "data": DIGITS,
    "graph": on_images(stack(2, 32, "tanh")),
    "optimizer": {"kind": "sgd", "lr": 0.1},
    "training": {"epochs": 10},
}

LESSON = Lesson(
    id="init-zero",
    title="All weights start at zero",
    chapter=Chapter.INITIALISATION,
    place=1,
    diagnoses=["symmetric_units"],
    setup="Two hidden layers of 32 tanh units on handwritten digits. Every weight and every bias starts at 0. SGD with "
    "rate 0.1 trains for ten epochs.",
    question="What has the net learned after ten epochs?",
    choices=[
        "As much as any other: the gradients soon make the weights different",
        "The same, only more slowly",
        "Only how frequent the classes are",
        "Nothing: no number in it changes",
    ],
    right=2,
    spec=run("All weights start at zero", init={"scheme": "zeros"}, **PARTS),
    notice=[
        LessonMark(panel="loss", text="The loss stays at ln(10) ≈ 2.30: what guessing costs with ten classes."),
        LessonMark(panel="weights", text="Every weight of every layer is still 0 after each step."),
        LessonMark(panel="weight_gradients", text="Their gradients are exactly 0 too, in every layer."),
    ],
    panels=[
        LessonPanel(id="loss"),
        LessonPanel(id="accuracy"),
        LessonPanel(id="weights"),
        LessonPanel(id="weight_gradients"),
    ],
    explanation=[
        "With zero weights every hidden unit gives 0, whatever comes in. The gradient of a weight is the product of "
        "what comes in and of the error that comes back:",
        r"$$\frac{\partial L}{\partial W_l} = \delta_l \, h_{l-1}^\top, \qquad "
        r"\delta_{l-1} = W_l^\top \delta_l \odot \tanh'(z_{l-1})$$",
        "In the last layer h is 0, so its weights get no gradient. Below it the error is multiplied by weights that "
        "are 0, so nothing comes back. Only the biases of the last layer learn, and they can tell nothing but how "
        "frequent each class is.",
        "Equal weights other than 0 are hardly better: units with the same weights give the same and get the same "
        "gradient, so a layer of 32 is worth one unit for ever. That is why weights start at random; biases may be 0.",
    ],
    remedy=LessonRemedy(
        label="Start from Xavier normal",
        text="The same net from random weights. The units differ from the first step on, and more than nine digits of "
        "ten are read correctly.",
        spec=run("Start from Xavier normal", init={"scheme": "xavier_normal"}, **PARTS),
    ),
    source="I. Goodfellow, Y. Bengio, A. Courville, Deep Learning (2016), 8.4",
)
