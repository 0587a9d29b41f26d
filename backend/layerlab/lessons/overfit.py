"""A large net on few samples: it learns them by heart."""

from typing import Any

from layerlab_schemas.lesson import Chapter, Lesson, LessonMark, LessonPanel, LessonRemedy

from layerlab.lessons.base import run, stack

PARTS: dict[str, Any] = {
    "data": {
        "dataset": "moons",
        "params": {"samples": 120, "noise": 1.5},
        "validation_fraction": 0.5,
        "batch_size": 16,
    },
    "graph": stack(2, 64, "relu", outputs=2),
    "optimizer": {"kind": "adam", "lr": 0.01},
    "training": {"epochs": 100},
}

LESSON = Lesson(
    id="overfit",
    title="Learned by heart",
    chapter=Chapter.DATA,
    place=3,
    diagnoses=["overfitting"],
    setup="Two moons with so much noise that they overlap. 60 points to train on, 60 others to validate, and a net "
    "with more than 4 000 weights.",
    question="The training loss falls towards 0. What does the validation loss do?",
    choices=[
        "It falls with it",
        "It falls, then stays where it is",
        "It falls, then rises again",
        "It rises from the first step on",
    ],
    right=2,
    spec=run("Learned by heart", **PARTS),
    notice=[
        LessonMark(
            panel="loss",
            text="Where the two curves part, learning by heart begins: orange rises to several times its lowest value.",
        ),
        LessonMark(panel="decision_surface", text="The border bends around single points of noise."),
    ],
    panels=[LessonPanel(id="decision_surface", rows=2, columns=2), LessonPanel(id="loss", columns=2)],
    explanation=[
        "The net has far more weights than there are samples, so it can fit every one, noise and all. What it learns "
        "of the noise is wrong for other points, and it becomes surer of it at each step: cross-entropy punishes sure "
        "mistakes most.",
        r"$$L_{\mathrm{val}}(t) > L_{\mathrm{val}}(t^*), \qquad L_{\mathrm{train}}(t) < L_{\mathrm{train}}(t^*)$$",
        "What helps: more data, a smaller net, dropout, L2, or to stop at t*. Each keeps the border from bending "
        "around single points.",
    ],
    remedy=LessonRemedy(
        label="Set L2 to 0.05",
        text="Large weights cost something now, so the border stays smooth. The training loss is higher, the "
        "validation loss stays low.",
        spec=run("Learned by heart, mended: L2", regularization={"l2": 0.05}, **PARTS),
    ),
    source="L. Prechelt, Early stopping, but when? (1998)",
)
