"""An image file that came from anywhere, as an array of bytes."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from layerlab.datasets.own_file import Unreadable
from layerlab.shelf import Limits

FORMATS = ("PNG", "JPEG", "WEBP")
#: Ends of names of such files, in small letters.
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")

Pixels = NDArray[np.uint8]
_WHITE = (255, 255, 255, 255)


def decode(content: bytes, name: str, *, longest: int, limits: Limits) -> tuple[Pixels, int]:
    """An image [height, width, channels] with one channel where it is grey, and how many pixels the file has.

    Args:
        content: The bytes of a PNG, JPEG or WebP.
        name: For messages.
        longest: A longer side is shortened to this, the other one in proportion.
        limits: How many pixels it may have.

    Raises:
        Unreadable: It is none, is damaged, or has too many pixels.
    """
    Image.MAX_IMAGE_PIXELS = None  # our own limit holds, and warnings would say nothing to anybody
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            num_pixels = image.width * image.height
            if num_pixels > limits.image_pixels:
                most = f"{limits.image_pixels / 1e6:.3g} million"
                text = f"{name} has {image.width} × {image.height} pixels, and {most} are the most."
                raise Unreadable(text, code="image_too_large", hint="Make it smaller.")
            image.draft("RGB", (longest, longest))
            return _as_array(_upright(image, longest)), num_pixels
    except Unreadable:
        raise
    except Exception as error:
        # Decoders raise all sorts of errors over damaged bytes.
        text = f"{name} cannot be read as a PNG, JPEG or WebP image."
        raise Unreadable(text, code="not_an_image", hint="Leave it out, or save it again.") from error


def _upright(image: Image.Image, longest: int) -> Image.Image:
    """Grey or colour, turned as its camera was held, transparent places white, no side longer than ``longest``."""
    image.load()
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        wide = np.asarray(image).astype(np.float64)
        plain = Image.fromarray(np.clip(wide / 257, 0, 255).astype(np.uint8))
    elif image.mode in ("1", "L", "F"):
        plain = image.convert("L")
    elif image.has_transparency_data:
        clear = image.convert("RGBA")
        plain = Image.alpha_composite(Image.new("RGBA", clear.size, _WHITE), clear).convert("RGB")
    else:
        plain = image.convert("RGB")
    if max(plain.size) > longest:
        plain.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return plain


def _as_array(image: Image.Image) -> Pixels:
    pixels = np.asarray(image, np.uint8)
    if pixels.ndim == 2:
        return pixels[:, :, None]
    is_grey = (pixels[:, :, :1] == pixels[:, :, 1:]).all()
    return pixels[:, :, :1] if is_grey else pixels


def squared(pixels: Pixels, size: int, *, channels: int, crop: bool) -> Pixels:
    """The image as [channels, size, size].

    Args:
        pixels: [height, width, 1 or 3].
        size: Side of the result.
        channels: 1 makes it grey (ITU-R 601: 0.299 R + 0.587 G + 0.114 B), 3 gives grey ones three equal channels.
        crop: Take the middle square; else the whole image is stretched to a square.
    """
    image = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    image = image.convert("L" if channels == 1 else "RGB")
    width, height = image.size
    side = min(width, height)
    left, top = ((width - side) // 2, (height - side) // 2) if crop else (0, 0)
    box = (left, top, left + side, top + side) if crop else (0, 0, width, height)
    if box == (0, 0, size, size):
        found = np.asarray(image)
    else:
        found = np.asarray(image.resize((size, size), Image.Resampling.BILINEAR, box=box))
    return found[None] if channels == 1 else found.transpose(2, 0, 1)
