"""The values of one tag in order of time, for indicators that need more than figures."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:  # whoever makes a series has numpy; of the others many a command has no need of it
    import numpy as np
    from numpy.typing import NDArray


class Series(NamedTuple):
    """Good values of one tag, as columns of one length; rows without a value are not among them."""

    at: "NDArray[np.int64]"
    """When each was received: ns UTC by the laptop's clock, rising. Of an exported record: when it was taken."""
    source: "NDArray[np.int64]"
    """When its source says it was; the least int64 where it does not say."""
    value: "NDArray[np.float64]"
    """Numbers as they are, flags as 0 and 1; NaN for texts."""
    text: "NDArray[Any] | None" = None
    """Texts, None where a row holds none; absent where no row of the tag does."""
    key: "NDArray[np.int64] | None" = None
    """Equal where the values of this tag are, be they numbers or texts: where a text changed can be seen."""
    seconds: "NDArray[np.float64] | None" = None
    """When each came, in seconds from the tag's first row, by the monotonic clock; of a record by its times."""
    held: "NDArray[np.float64] | None" = None
    """Seconds that each stood: until the next row of whatever status, less what could not be looked at. The last
    row of a tag held for nothing: nobody looked again."""

    @property
    def began(self) -> "NDArray[np.float64]":
        """`seconds`, or the same by the laptop's clock where nothing else is known."""
        return (self.at - self.at[0]) / 1e9 if self.seconds is None else self.seconds

    @property
    def stood(self) -> "NDArray[np.float64]":
        """`held`, or the time until the next Good value where nothing else is known."""
        import numpy as np  # noqa: PLC0415

        return np.append(np.diff(self.began), 0.0) if self.held is None else self.held


SeriesOf = Callable[[int], Series | None]
"""The series of a tag by its id; None where it has no Good value."""
