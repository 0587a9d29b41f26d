"""The loss before the first step: what guessing costs, or something is wrong."""

from typing import Any

from layerlab_schemas.lesson import Chapter, Lesson, LessonMark, LessonPanel, LessonRemedy

from layerlab.lessons.base import DIGITS, on_images, run, stack

LARGE: dict[str, Any] = {"scheme": "normal", "std": 0.5}
HIDDEN = on_images(stack(1, 64, "relu"))
PARTS: dict[str, Any] = {
    "data": DIGITS,
    "optimizer": {"kind": "sgd", "lr": 0.05},
    "training": {"epochs": 5},
}

LESSON = Lesson(
    id="init-loss",
    title="The first loss",
    chapter=Chapter.INITIALISATION,
    place=5,
    diagnoses=["first_loss"],
    setup="One hidden layer of 64 ReLU units on handwritten digits, ten classes that are about equally frequent. Every "
    "weight is drawn from N(0, 0.5²).",
    question="What is the cross-entropy at step 0, before anything is learned?",
    choices=["About 0.1", "About 2.3, which is ln(10)", "More than 10", "It cannot be told"],
    right=2,
    spec=run("The first loss", graph=HIDDEN, init=LARGE, **PARTS),
    notice=[
        LessonMark(
            panel="loss",
            text="The curve starts far above 10 and falls steeply: the first steps only unlearn what chance put in.",
        ),
        LessonMark(
            panel="activations",
            step=0,
            text="At step 0 the scores that the last layer gives are far from 0, in the tens.",
        ),
    ],
    panels=[
        LessonPanel(id="loss", columns=2),
        LessonPanel(id="activations", columns=2),
    ],
    explanation=[
        "A net that knows nothing should give each of K classes the same probability. Then the loss is the same for "
        "every sample, whatever its class:",
        r"$$L_0 = -\ln \frac{1}{K} = \ln K, \qquad \ln 10 \approx 2.30$$",
        "Large weights give large scores, and softmax makes them sure: nearly all probability goes to one class, which "
        "nine times of ten is the wrong one. To be sure and wrong costs about the distance between the scores, here "
        "more than 10.",
        "So the first loss is a test that costs nothing: much more than ln(K) tells that the start of the weights, "
        "or the size of the inputs, is wrong.",
    ],
    remedy=LessonRemedy(
        label="Start the last layer small",
        text="The hidden layer starts from Kaiming normal, and the last one from N(0, 0.01²). All scores are near "
        "0, and the first loss is 2.30.",
        spec=run(
            "The first loss, mended",
            graph=[*HIDDEN[:-1], HIDDEN[-1] | {"init": {"scheme": "normal", "std": 0.01}}],
            init={"scheme": "kaiming_normal"},
            **PARTS,
        ),
    ),
    source="A. Karpathy, A recipe for training neural networks (2019): verify loss at init",
)
