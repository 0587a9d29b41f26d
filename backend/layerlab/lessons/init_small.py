"""Weights that start too small: signal and gradient fade from layer to layer."""

from typing import Any

from layerlab_schemas.lesson import Chapter, Lesson, LessonMark, LessonPanel, LessonRemedy

from layerlab.lessons.base import NOISE, run, stack

PARTS: dict[str, Any] = {
    "data": NOISE,
    "graph": stack(10, 500, "tanh"),
    "optimizer": {"kind": "sgd", "lr": 0.01},
    "training": {"epochs": None, "max_steps": 60},
}

LESSON = Lesson(
    id="init-small",
    title="Weights that start too small",
    chapter=Chapter.INITIALISATION,
    place=2,
    diagnoses=["vanishing_gradients"],
    setup="Ten hidden layers of 500 tanh units. The 500 inputs are drawn from N(0, 1), every weight from N(0, 0.01²).",
    question="What happens to the spread of the activations from layer 1 to layer 10?",
    choices=[
        "It stays about the same",
        "It halves at each layer",
        "It shrinks about 4.5 times at each layer",
        "It grows until the units saturate",
    ],
    right=2,
    spec=run("Weights that start too small", init={"scheme": "normal", "std": 0.01}, **PARTS),
    notice=[
        LessonMark(
            panel="activations",
            step=0,
            text="At step 0 read the spread of each layer at the right of its curve: 0.21, 0.048, 0.011 … down to "
            "about 3·10⁻⁷.",
        ),
        LessonMark(
            panel="gradient_norms",
            step=0,
            text="On its way back the gradient fades in the same measure: the first layers get next to nothing.",
        ),
        LessonMark(panel="loss", text="So the loss stays at ln(10) ≈ 2.30, step after step."),
    ],
    panels=[
        LessonPanel(id="activations", rows=2, columns=2, options={"rows": "activations"}),
        LessonPanel(id="gradient_norms"),
        LessonPanel(id="loss"),
    ],
    explanation=[
        "A unit adds up n inputs, each times a weight of spread σ. While the sums are small, tanh(z) ≈ z, "
        "so each layer multiplies the spread by the same factor:",
        r"$$\frac{\mathrm{std}(a_l)}{\mathrm{std}(a_{l-1})} \approx \sigma\sqrt{n} = 0.01 \cdot \sqrt{500} \approx "
        r"0.224 \approx \frac{1}{4.5}$$",
        "After ten layers that is about 3·10⁻⁷. The error that comes back meets the same weights and the "
        "same factor, so the first layer gets a gradient some million times smaller than the last one.",
        "A factor of 1 needs a variance of 1/n. Xavier's start takes 2/(inputs + outputs), "
        "which is the same where layers are equally wide, and a compromise between the way forward and the way back "
        "where they are not.",
    ],
    remedy=LessonRemedy(
        label="Start from Xavier normal",
        text="The spread falls only from 0.63 to about 0.22, for tanh bends what is large, and gradients reach the "
        "first layer. The labels are pure chance, so the net can only learn the training samples by heart: their loss "
        "falls, that of the others does not.",
        spec=run("Small weights mended: Xavier normal", init={"scheme": "xavier_normal"}, **PARTS),
    ),
    source="X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS "
    "2010",
)
