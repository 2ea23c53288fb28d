"""The values of one tag in order of time, for indicators that need more than figures."""

from collections.abc import Callable
from typing import Any, NamedTuple

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
    text: NDArray[Any] | None = None
    """Texts, None where a row holds none; absent where no row of the tag does."""
    lasted: NDArray[np.int64] | None = None
    """How long, in ns, until the next row of the tag came, whatever its status; 0 of the last row."""


SeriesOf = Callable[[int], Series | None]
"""The series of a tag by its id; None where it has no Good value."""
