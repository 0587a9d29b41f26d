"""ReLU units that die by too large a step, and never come back."""

from typing import Any

from layerlab_schemas.lesson import Chapter, Lesson, LessonMark, LessonPanel, LessonRemedy

from layerlab.lessons.base import DIGITS, on_images, run, stack

PARTS: dict[str, Any] = {
    "data": DIGITS,
    "graph": on_images(stack(1, 64, "relu")),
    "training": {"epochs": 8},
}

LESSON = Lesson(
    id="act-dead",
    title="Units that never come back",
    chapter=Chapter.OPTIMISATION,
    place=3,
    diagnoses=["dead_units"],
    setup="One hidden layer of 64 ReLU units on handwritten digits. The rate is 3 for the first epoch, which is far "
    "too much, and 0.06 from the second one on, which is sound. Steps that are too large push units below 0 for every "
    "sample: they are dead.",
    question="What happens to the dead units once the rate is sound?",
    choices=[
        "They come back within an epoch",
        "They come back one by one over the epochs",
        "They stay dead",
    ],
    right=2,
    spec=run(
        "Units that never come back",
        optimizer={"kind": "sgd", "lr": 3.0},
        schedule={"kind": "step", "step_size": 1, "gamma": 0.02},
        **{**PARTS, "training": {"epochs": 8}},
    ),
    notice=[
        LessonMark(
            panel="activations", text="Within the first epoch nearly all units of relu1 are 0 for every sample."
        ),
        LessonMark(panel="learning_rate", text="From the second epoch on the rate is 0.06."),
        LessonMark(
            panel="accuracy", text="The accuracy stays low all the same: the few units that live are all there is."
        ),
    ],
    panels=[
        LessonPanel(id="activations", columns=2, options={"rows": "activations"}),
        LessonPanel(id="accuracy"),
        LessonPanel(id="learning_rate"),
    ],
    explanation=[
        "A ReLU passes no gradient where its input is below 0. A unit that is below 0 for every sample gets none from "
        "any of them, so no step changes its weights:",
        r"$$\forall n: \; w^\top x_n + b \le 0 \;\Rightarrow\; \frac{\partial L}{\partial w} = 0$$",
        "It stays as it is, whatever the rate. Dead units in the first hidden layer are gone for good; deeper down a "
        "unit can come back only when the layers before it change what it gets.",
        "So the cure is to keep units alive: a smaller rate from the start, a warm-up, or a leaky ReLU, which has a "
        "slope of 0.01 below 0, so that a little gradient always passes.",
    ],
    remedy=LessonRemedy(
        label="Train with rate 0.06 from the start",
        text="Hardly a unit dies, and more than nine digits of ten are read correctly.",
        spec=run("A sound rate from the start", optimizer={"kind": "sgd", "lr": 0.06}, **PARTS),
    ),
    source="L. Lu et al., Dying ReLU and initialization: theory and numerical examples, Commun. Comput. Phys. (2020)",
)
