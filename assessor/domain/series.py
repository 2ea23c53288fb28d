"""The values of one tag in order of time, for indicators that need more than figures."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Series(NamedTuple):
    """Good values of one tag, as columns of one length; rows without a value are not among them."""

    at: NDArray[np.int64]
    """When each was received: ns UTC by the laptop's clock, rising."""
    source: NDArray[np.int64]
    """When its source says it was; the least int64 where it does not say."""
    value: NDArray[np.float64]
    """Numbers as they are, flags as 0 and 1; NaN for texts."""
    key: NDArray[np.int64] | None = None
    """Equal where the values of this tag are, be they numbers or texts: where a text changed can be seen."""


SeriesOf = Callable[[int], Series | None]
"""The series of a tag by its id; None where it has no Good value."""
