"""Changes in time, on clips whose frames tell their number."""

import numpy as np
import torch

from tests.backend.augment.changing import chance, changed, even

FRAMES = 8


def clips(num=50):
    """[num, T, 1, 2, 2]: frame t of clip n is 0.1 t + 0.001 n."""
    times = torch.arange(FRAMES).reshape(1, -1, 1, 1, 1) / 10
    return (times + torch.arange(num).reshape(-1, 1, 1, 1, 1) / 1000).expand(num, FRAMES, 1, 2, 2).clone()


def times_of(played):
    """[num, T] the frame that is seen at each moment; all pixels of it must agree."""
    own = torch.arange(len(played)).reshape(-1, 1, 1, 1, 1) / 1000
    times = (played - own) * 10
    torch.testing.assert_close(times, times[..., :1, :1].expand_as(times))
    return times[:, :, 0, 0, 0]


def test_time_runs_backwards():
    np.testing.assert_array_equal(changed("time_reversal", clips()), clips().numpy()[:, ::-1])


def test_speed_is_the_slope_and_ends_stand_still():
    generator = chance()
    speed = 1.5 ** even(-1, 1, 50, generator)
    start = torch.rand(50, generator=generator) * (FRAMES - 1) * (1 - speed)
    wanted = [
        np.interp(first + rate * np.arange(FRAMES), np.arange(FRAMES), np.arange(FRAMES))
        for first, rate in zip(start.tolist(), speed.tolist(), strict=True)
    ]
    times = times_of(changed("speed_change", clips(), speed=0.5))
    np.testing.assert_allclose(times.numpy(), np.array(wanted), atol=1e-4)
    slow = times[speed < 1]
    torch.testing.assert_close(slow.diff(), speed[speed < 1, None].expand(-1, FRAMES - 1), atol=1e-4, rtol=0)


def test_a_lost_frame_is_the_one_before():
    lost = torch.rand(2000, FRAMES, generator=chance()) < 0.4
    times = times_of(changed("frame_dropping", clips(2000), rate=0.4)).round().long()
    for n in range(0, 2000, 97):
        shown = 0
        for t in range(FRAMES):
            shown = t if t > 0 and not lost[n, t] else shown
            assert times[n, t] == shown
    assert (times[:, 0] == 0).all()
    share = (times[:, 1:] != torch.arange(1, FRAMES)).double().mean().item()
    assert abs(share - 0.4) < 0.02


def test_a_temporal_crop_is_a_stretch_that_then_stands_still():
    times = times_of(changed("temporal_crop", clips(500), scale=0.5)).round().long()
    starts, lengths = times[:, 0], times[:, -1] - times[:, 0] + 1
    steps = torch.arange(FRAMES)
    assert torch.equal(times, starts[:, None] + torch.minimum(steps, lengths[:, None] - 1))
    assert (lengths.min(), lengths.max()) == (5, 8)
    assert (starts.min(), (starts + lengths).max()) == (0, FRAMES)
    assert (starts[lengths == 5].unique()).tolist() == [0, 1, 2, 3]
