"""What a network answered to samples with classes, against what is true."""

from dataclasses import dataclass

from torch import Tensor

from layerlab.losses.base import NO_ANSWER


@dataclass(frozen=True, kw_only=True, eq=False)
class Answers:
    """Class numbers, [M] or, where a sequence is answered at each step, [M, T].

    Attributes:
        true: The targets; −100 asks for no answer.
        given: What the network answered.
        num_classes: K.
    """

    true: Tensor
    given: Tensor
    num_classes: int

    def confusion(self) -> Tensor:
        """[K, K] counts of all answers on the CPU, rows true, columns predicted."""
        wanted = self.true != NO_ANSWER
        places = self.true[wanted] * self.num_classes + self.given[wanted]
        return places.bincount(minlength=self.num_classes**2).reshape(self.num_classes, self.num_classes).cpu()
