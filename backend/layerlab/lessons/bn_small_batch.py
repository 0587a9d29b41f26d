"""Batch norm over two samples: statistics that are mostly chance."""

from typing import Any

from layerlab_schemas.lesson import Chapter, Lesson, LessonMark, LessonPanel, LessonRemedy

from layerlab.lessons.base import DIGITS, on_images, run, stack

PARTS: dict[str, Any] = {
    "data": DIGITS | {"batch_size": 2},
    "optimizer": {"kind": "sgd", "lr": 0.01},
    "training": {"epochs": None, "max_steps": 1000, "eval_every": 50},
}

LESSON = Lesson(
    id="bn-small-batch",
    title="Batch norm over two samples",
    chapter=Chapter.NORMALISATION,
    place=1,
    diagnoses=["small_batch"],
    setup="Two hidden layers of 32 units on handwritten digits, each with batch norm and ReLU. A batch holds two "
    "samples.",
    question="Which validation accuracy is reached in 1 000 steps?",
    choices=[
        "About 95 %: batch norm makes training easier",
        "About 90 %, as with any other norm",
        "Less than 60 %",
        "10 %: nothing is learned at all",
    ],
    right=2,
    spec=run(
        "Batch norm over two samples", graph=on_images(stack(2, 32, "relu", norm={"kind": "batch_norm"})), **PARTS
    ),
    notice=[
        LessonMark(
            panel="norm_statistics", text="The mean of each batch jumps about the running mean, by chance alone."
        ),
        LessonMark(panel="accuracy", text="The validation accuracy comes nowhere near that of a healthy net."),
        LessonMark(panel="loss", text="The training loss is as restless: with two samples it is chance as well."),
    ],
    panels=[
        LessonPanel(id="norm_statistics", columns=2),
        LessonPanel(id="accuracy"),
        LessonPanel(id="loss"),
    ],
    explanation=[
        "In training, batch norm takes mean and variance of each unit from the batch. A mean of N samples is off by",
        r"$$\mathrm{std}(\mu_{\mathrm{batch}}) = \frac{\sigma}{\sqrt{N}}, \qquad N = 2: \; 0.71 \, \sigma$$",
        "With two samples there is worse: whatever the two values are, the smaller one becomes about −1 and the larger "
        "one about +1. Only the order is left of them, and each sample is seen through the other one.",
        "In evaluation the running statistics are used in their place: the net then sees values such as it never saw "
        "in training. Group norm takes its statistics within each sample, so the batch does not matter, and training "
        "and evaluation are the same.",
    ],
    remedy=LessonRemedy(
        label="Use group norm",
        text="Four groups of eight units in the place of the batch; all else is the same, two samples a batch too. "
        "About nine digits of ten are read correctly.",
        spec=run(
            "Group norm over two samples",
            graph=on_images(stack(2, 32, "relu", norm={"kind": "group_norm", "num_groups": 4})),
            **PARTS,
        ),
    ),
    source="Y. Wu, K. He, Group normalization, ECCV 2018",
)
