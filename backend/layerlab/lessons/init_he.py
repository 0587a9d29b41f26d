"""ReLU layers whose weights are too large: everything grows without measure."""

from typing import Any

from layerlab_schemas.lesson import Chapter, Lesson, LessonMark, LessonPanel, LessonRemedy

from layerlab.lessons.base import NOISE, run, stack

PARTS: dict[str, Any] = {
    "data": NOISE,
    "graph": stack(10, 500, "relu"),
    "optimizer": {"kind": "adam", "lr": 0.001},
    "training": {"epochs": None, "max_steps": 60},
}

LESSON = Lesson(
    id="init-he",
    title="Signals that explode, and He's start",
    chapter=Chapter.INITIALISATION,
    place=4,
    diagnoses=["exploding_gradients"],
    setup="Ten hidden layers of 500 ReLU units. The 500 inputs are drawn from N(0, 1), every weight from "
    "N(0, 0.2²). Nothing bounds a ReLU from above.",
    question="By which factor does the spread of the activations grow from one layer to the next?",
    choices=["It stays about the same", "About 1.4 times", "About 3.2 times", "About 10 times"],
    right=2,
    spec=run("Signals that explode", init={"scheme": "normal", "std": 0.2}, **PARTS),
    notice=[
        LessonMark(panel="activations", step=0, text="At step 0 the spread grows about tenfold over every two layers."),
        LessonMark(
            panel="gradient_norms",
            step=0,
            text="The gradient grows just so on its way back: about 10⁵ times from the last layer to the first.",
        ),
        LessonMark(panel="loss", text="The loss starts at several hundred thousand; guessing would cost 2.30."),
    ],
    panels=[
        LessonPanel(id="activations", rows=2, columns=2, options={"rows": "activations"}),
        LessonPanel(id="gradient_norms"),
        LessonPanel(id="loss"),
    ],
    explanation=[
        "A ReLU sets one half of its inputs to 0, so half of the mean square is left. With n inputs and weights of "
        "variance σ² each layer gives",
        r"$$E[a_l^2] = \frac{n \sigma^2}{2} \, E[a_{l-1}^2] = \frac{500 \cdot 0.04}{2} \, E[a_{l-1}^2] = 10 \, "
        r"E[a_{l-1}^2]$$",
        "The spread grows by √10 ≈ 3.2 a layer, and by 10⁵ over ten. The gradient meets the same "
        "weights on its way back and grows in the same measure, so one step of plain SGD with a usual rate would throw "
        "the weights far away. Here Adam trains, which divides each gradient by its usual size.",
        "The factor is 1 for σ² = 2/n. That is the start of He et al., which Layerlab calls Kaiming normal: "
        "the one for ReLU.",
    ],
    remedy=LessonRemedy(
        label="Start from Kaiming normal",
        text="The spread stays at about 0.8 in all ten layers, and the gradient is about as large in the first layer "
        "as in the last. The labels are pure chance, so only the loss of the training samples falls.",
        spec=run("Explosion mended: Kaiming normal", init={"scheme": "kaiming_normal"}, **PARTS),
    ),
    source="K. He, X. Zhang, S. Ren, J. Sun, Delving deep into rectifiers, ICCV 2015",
)
