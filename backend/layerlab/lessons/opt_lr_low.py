"""A learning rate that is too low: the net hardly moves."""

from typing import Any

from layerlab_schemas.lesson import Chapter, Lesson, LessonMark, LessonPanel, LessonRemedy

from layerlab.lessons.base import DIGITS, on_images, run, stack

PARTS: dict[str, Any] = {
    "data": DIGITS,
    "graph": on_images(stack(1, 32, "relu")),
    "training": {"epochs": 10},
}

LESSON = Lesson(
    id="opt-lr-low",
    title="A learning rate that is too low",
    chapter=Chapter.OPTIMISATION,
    place=1,
    diagnoses=["rate_too_low"],
    setup="One hidden layer of 32 ReLU units on handwritten digits, a healthy start, and SGD with a rate of 10⁻⁵ "
    "for ten epochs.",
    question="How much of the first loss is gone after ten epochs?",
    choices=["Nearly all of it", "About half", "Less than a tenth", "None: it grows"],
    right=2,
    spec=run("A learning rate that is too low", optimizer={"kind": "sgd", "lr": 1e-5}, **PARTS),
    notice=[
        LessonMark(panel="loss", text="The validation loss falls, but so slowly that it looks like a flat line."),
        LessonMark(
            panel="updates",
            text="A step moves the weights by some 10⁻⁵ of their size; about 10⁻³ is usual.",
        ),
    ],
    panels=[
        LessonPanel(id="loss", columns=2),
        LessonPanel(id="updates"),
        LessonPanel(id="accuracy"),
    ],
    explanation=[
        "SGD moves the weights by the rate times the gradient. How much that is shows best beside the size of the "
        "weights:",
        r"$$\Delta w = -\eta \, \nabla L, \qquad \frac{\|\Delta w\|}{\|w\|} \approx 10^{-3} \text{ is usual}$$",
        "Here it is a hundred times less. Nothing is wrong with net or data, and each step goes downhill; it would "
        "only take thousands of epochs. From the loss alone this is hard to tell from a net that cannot learn; the "
        "size of the updates tells.",
        "A good rate is found by trying rates on a log scale: 0.001, 0.01, 0.1. The best one is often not far below "
        "the one where training becomes unstable.",
    ],
    remedy=LessonRemedy(
        label="Train with rate 0.1",
        text="Ten thousand times the rate, and the same ten epochs: more than nine digits of ten are read correctly.",
        spec=run("The low rate mended: 0.1", optimizer={"kind": "sgd", "lr": 0.1}, **PARTS),
    ),
    source="A. Karpathy, CS231n notes, Neural networks part 3: ratio of weights to updates (2016)",
)
