"""Classes of very different sizes: a high accuracy that says little."""

from typing import Any

from layerlab_schemas.lesson import Chapter, Lesson, LessonMark, LessonPanel, LessonRemedy

from layerlab.lessons.base import run, stack

MOONS: dict[str, Any] = {"dataset": "moons", "params": {"first_share": 0.95, "noise": 1.5, "samples": 1000}}
PARTS: dict[str, Any] = {
    "graph": stack(1, 16, "tanh", outputs=2),
    "init": {"scheme": "xavier_normal"},
    "optimizer": {"kind": "adam", "lr": 0.01},
    "training": {"epochs": 20},
}

LESSON = Lesson(
    id="data-imbalance",
    title="One class in twenty",
    chapter=Chapter.DATA,
    place=2,
    diagnoses=["label_imbalance"],
    setup="Two moons that overlap. 95 % of the points are blue, 5 % orange. A small net is right about 95 times of "
    "100.",
    question="How many of the orange points does it find?",
    choices=["About 95 %", "About three in four", "About half", "Fewer than one in three"],
    right=3,
    spec=run("One class in twenty", data=MOONS, **PARTS),
    notice=[
        LessonMark(panel="accuracy", text="The accuracy looks good: about 95 %. So does a net that always says blue."),
        LessonMark(
            panel="class_accuracy", text="Look at each class alone: blue is nearly always right, orange seldom."
        ),
        LessonMark(panel="confusion", text="Most orange points are in the wrong cell of their row."),
    ],
    panels=[
        LessonPanel(id="accuracy"),
        LessonPanel(id="class_accuracy"),
        LessonPanel(id="confusion", columns=2),
    ],
    explanation=[
        "The loss is a mean over all samples. Where the moons overlap nineteen blue points speak against one orange, "
        "so saying blue is the best answer there:",
        r"$$\text{accuracy} = 0.95 \cdot \text{acc}_{\mathrm{blue}} + 0.05 \cdot \text{acc}_{\mathrm{orange}}$$",
        "If orange is the illness and blue the healthy, this net is useless, and its accuracy does not tell. Look at "
        "the accuracy of each class, or at their mean.",
        "Drawing each class equally often makes them count the same. It costs accuracy on blue; whether that is worth "
        "it depends on what a mistake costs.",
    ],
    remedy=LessonRemedy(
        label="Train on equal shares",
        text="Orange points are repeated until both classes are of one size. Most orange points are found now, some "
        "blue ones are lost, and the accuracy over all is lower.",
        spec=run("Trained on equal shares", data=MOONS | {"oversample": True}, **PARTS),
    ),
    source="H. He, E. Garcia, Learning from imbalanced data, IEEE TKDE 21 (2009)",
)
