"""Weights that start too large: tanh units at the ends of their range."""

from typing import Any

from layerlab_schemas.lesson import Chapter, Lesson, LessonMark, LessonPanel, LessonRemedy

from layerlab.lessons.base import NOISE, run, stack

PARTS: dict[str, Any] = {
    "data": NOISE,
    "graph": stack(10, 500, "tanh"),
    "optimizer": {"kind": "adam", "lr": 0.001},
    "training": {"epochs": None, "max_steps": 60},
}

LESSON = Lesson(
    id="init-large",
    title="Weights that start too large",
    chapter=Chapter.INITIALISATION,
    place=3,
    diagnoses=["saturated_units"],
    setup="Ten hidden layers of 500 tanh units. The 500 inputs are drawn from N(0, 1), and so is every weight.",
    question="Which share of the outputs of a tanh layer lies beyond ±0.99?",
    choices=["About 1 %", "About a third", "About 90 %", "All of them"],
    right=2,
    spec=run("Weights that start too large", init={"scheme": "normal", "std": 1.0}, **PARTS),
    notice=[
        LessonMark(
            panel="activations",
            step=0,
            text="The outputs sit at −1 and 1, with a spread of about 0.98 in every layer; few are in between.",
        ),
        LessonMark(
            panel="gradient_norms",
            step=0,
            text="The gradient does not come back well either: it grows about 3.5 times at each layer.",
        ),
        LessonMark(panel="loss", text="The loss starts above 30, far above ln(10) ≈ 2.30, and hardly falls."),
    ],
    panels=[
        LessonPanel(id="activations", rows=2, columns=2, options={"rows": "activations"}),
        LessonPanel(id="gradient_norms"),
        LessonPanel(id="loss"),
    ],
    explanation=[
        "A sum of 500 terms of spread 1 has a spread of √500 ≈ 22. Only sums within ±2.65 give an "
        "output within ±0.99, and that is fewer than one in ten:",
        r"$$P(|z| < 2.65) \approx 0.09 \quad \text{for} \quad z \sim N(0, 22^2), \qquad "
        r"\tanh'(z) = 1 - a^2 < 0.02 \quad \text{where} \quad |a| > 0.99$$",
        "Where a unit is saturated its curve is flat: it passes next to no gradient, and hardly changes with its "
        "inputs. The error comes back through the few units in between alone. Weights of size 1 then add it up so "
        "strongly that it even grows, about 3.5 times a layer, but it says little about what most units should do.",
        "The cure is the same as for weights that are too small: a variance of 1/n, here a spread of 1/√500 ≈ 0.045 "
        "in the place of 1.",
    ],
    remedy=LessonRemedy(
        label="Start from Xavier normal",
        text="No layer is saturated at the start: the spread goes from 0.63 down to about 0.22, and the first loss is "
        "near ln(10). The labels are pure chance, so only the loss of the training samples falls.",
        spec=run("Large weights mended: Xavier normal", init={"scheme": "xavier_normal"}, **PARTS),
    ),
    source="X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS "
    "2010",
)
