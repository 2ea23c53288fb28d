"""KEEP: of all results of a framework what an Assessment holds, so that it stays a file that one can send."""

from assessor.domain import Rated, Result


def kept(rated: Rated) -> Rated:
    """What an Assessment keeps: sums line by line under the default variant, of others their end alone."""
    default = rated.results[0].variant
    results = tuple(r if r.variant == default else _end(r) for r in rated.results)
    return rated.model_copy(update={"results": results, "target": rated.target and _end(rated.target)})


def _end(result: Result) -> Result:
    return result.model_copy(update={"sum": result.sum.model_copy(update={"of": ()})})
