"""A learning rate that is too high: where it begins, and how it ends."""

from typing import Any

from layerlab_schemas.lesson import Chapter, Lesson, LessonMark, LessonPanel, LessonRemedy

from layerlab.lessons.base import run

PARTS: dict[str, Any] = {
    "data": {"dataset": "diabetes"},
    "graph": [{"id": "linear1", "kind": "linear", "out_features": 1}],
    # Slow enough to be watched.
    "training": {"epochs": 200, "max_steps_per_second": 25},
}

LESSON = Lesson(
    id="opt-lr",
    title="A learning rate that is too high",
    chapter=Chapter.OPTIMISATION,
    place=2,
    diagnoses=["rate_too_high", "diverged"],
    setup="A single linear layer, ten inputs, squared error: the loss is a bowl. Its steepest direction has the "
    "curvature λ = 8.2. Each step uses all samples, so that chance plays no part.",
    question="From which learning rate on does a step lead further away from the bottom?",
    choices=[
        "0.06, which is about 1/(2λ)",
        "0.12, which is about 1/λ",
        "0.24, which is about 2/λ",
        "From none: smaller steps are only slower",
    ],
    right=2,
    spec=run("A learning rate that is too high", optimizer={"kind": "gd", "lr": 0.3}, **PARTS),
    notice=[
        LessonMark(
            panel="loss",
            text="The rate is 0.3. After some steps the loss doubles at each one; on a log axis that is a straight "
            "line.",
        ),
        LessonMark(panel="weights", text="The weights swing from side to side, further at each step."),
        LessonMark(
            panel="gradient_norms",
            text="A larger step leads to a larger gradient, and that to a larger step, until the numbers are too large "
            "for 32 bits.",
        ),
    ],
    panels=[
        LessonPanel(id="loss", columns=2, options={"scale": "log"}),
        LessonPanel(id="weights"),
        LessonPanel(id="gradient_norms"),
    ],
    explanation=[
        "Along a direction of curvature λ the gradient is λ times the distance d from the bottom. "
        "A step with rate η leaves",
        r"$$d_{t+1} = (1 - \eta\lambda) \, d_t, \qquad |1 - \eta\lambda| < 1 \iff \eta < \frac{2}{\lambda} = "
        r"\frac{2}{8.2} = 0.24$$",
        "With a rate of 1/λ the bottom is reached in one step. Beyond it each step goes too far, to the other "
        "side, and from 2/λ on it lands further away than it was. With 0.3 the distance is multiplied by "
        "|1 − 0.3·8.2| ≈ 1.46 at each step, the loss by its square: 2.1.",
        "In a deep net the curvature changes on the way, but the steepest direction still sets the limit. All others "
        "must wait, which is why momentum, Adam and normalised inputs help.",
    ],
    remedy=LessonRemedy(
        label="Train with rate 0.1",
        text="Below 2/λ the loss falls at each step, to about 0.47.",
        spec=run("The high rate mended: 0.1", optimizer={"kind": "gd", "lr": 0.1}, **PARTS),
    ),
    source="Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, Efficient BackProp (1998), 5",
)
