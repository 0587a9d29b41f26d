"""Sigmoids in a deep net: the gradient fades, and the loss stays at that of guessing."""

from typing import Any

from layerlab_schemas.lesson import Chapter, Lesson, LessonMark, LessonPanel, LessonRemedy

from layerlab.lessons.base import DIGITS, on_images, run, stack

PARTS: dict[str, Any] = {
    "data": DIGITS,
    "optimizer": {"kind": "sgd", "lr": 0.05},
    "training": {"epochs": 10},
}

LESSON = Lesson(
    id="act-family",
    title="Four sigmoid layers on a plateau",
    chapter=Chapter.OPTIMISATION,
    place=4,
    diagnoses=["plateau"],
    setup="Four hidden layers of 64 sigmoid units on handwritten digits, weights from Kaiming normal, SGD with rate "
    "0.05.",
    question="Where is the loss after ten epochs?",
    choices=[
        "Near 0: four layers are enough for digits",
        "About 1: it learns, but slowly",
        "At ln(10) ≈ 2.30, as if it guessed",
        "Above the first loss",
    ],
    right=2,
    spec=run("Four sigmoid layers on a plateau", graph=on_images(stack(4, 64, "sigmoid")), **PARTS),
    notice=[
        LessonMark(panel="loss", text="After some steps the loss lies at ln(10) ≈ 2.30 and stays there."),
        LessonMark(
            panel="gradient_norms", text="From the last layer to the first the gradient shrinks at every sigmoid."
        ),
        LessonMark(
            panel="activations",
            text="The first layer spreads by 0.22 at the start, the deeper ones by 0.13: they stay near a half.",
        ),
    ],
    panels=[
        LessonPanel(id="loss"),
        LessonPanel(id="gradient_norms"),
        LessonPanel(id="activations", columns=2, options={"rows": "activations"}),
    ],
    explanation=[
        "The slope of a sigmoid is at most a quarter, and that only at 0:",
        r"$$\sigma'(z) = \sigma(z)\,(1 - \sigma(z)) \le \tfrac{1}{4}$$",
        "Each sigmoid multiplies by its slope: the differences between samples on the way forward, the gradient on the "
        "way back. The weights start too small to make up for it. After "
        "four of them the output hardly depends on the input, so the net does what can be done without it: it gives "
        "each class its share, and that costs ln(10) with ten even classes.",
        "A ReLU has slope 1 wherever it is active. Only the activation is changed in the remedy, and the same net "
        "learns.",
    ],
    remedy=LessonRemedy(
        label="Use ReLU",
        text="The same layers, start and rate with ReLU: more than nine digits of ten are read correctly.",
        spec=run("Four ReLU layers", graph=on_images(stack(4, 64, "relu")), **PARTS),
    ),
    source="X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS "
    "2010",
)
