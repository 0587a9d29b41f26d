"""The module of batch norm, which whole blocks use too."""

from torch import Tensor, nn

from layerlab.errors import BatchTooSmall


class BatchNormModule(nn.BatchNorm1d):
    """Batch norm of features [N, F], images [N, C, H, W] and, per feature, sequences [N, T, F]."""

    def _check_input_dim(self, input: Tensor) -> None:
        """Any number of axes will do; the graph check has seen to the rest."""

    def forward(self, x: Tensor) -> Tensor:
        """The same shape, normalised.

        Raises:
            BatchTooSmall: Statistics of the batch were needed and a channel has one value only.
        """
        if (self.training or not self.track_running_stats) and x.numel() == self.num_features:
            message = "Batch norm needs more than one value for each channel, and this batch has one sample."
            hint = "Use batches of at least 2 samples, or layer_norm, which does not look at the batch."
            raise BatchTooSmall(message, hint=hint)
        if x.dim() == 3:
            return super().forward(x.transpose(1, 2)).transpose(1, 2)
        return super().forward(x)
