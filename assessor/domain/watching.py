"""What the watch over quality goes by: every limit from which on a programme office asks, with its reason."""

from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.noun import Exact, Noun, Share, Status, Text

Count = Annotated[int, Field(ge=1)]
Factor = Annotated[Exact, Field(gt=1)]


class Watched(Noun):
    """What every part has: why its limits are as they are, and how well that is founded."""

    why: Text
    status: Status


class ProofLimits(Watched):
    """One file in two factories."""

    least_bytes: Count
    """Smaller files say too little to be told apart."""
    most_factories: Annotated[int, Field(ge=2)]
    """A file found in more factories than this is taken for a public form or a template."""


class CopyLimits(Watched):
    """Answers of two factories that agree beyond what their levels explain."""

    least_factories: Count
    """Fewer do not tell what is usual."""
    least_questions: Count
    """That both answered with a degree."""
    least_texts: Count
    """Reasons in the same words, to the same questions, from which on to ask whatever the degrees say."""
    least_letters: Count
    """Shorter reasons are no texts."""
    text_factories: Annotated[int, Field(ge=2)]
    """A reason found in more factories than this is a usual phrase."""
    seed: int
    """Of the pairs that the spread between honest factories is read from."""


class JumpLimits(Watched):
    """Two assessments of one plant that lie far apart."""

    months: Count
    """Two assessments further apart in time are not compared."""
    levels_up: Annotated[int, Field(ge=0)]
    """More levels up than this are asked about."""
    levels_down: Annotated[int, Field(ge=0)]
    answers: Count
    """Answers that went from nothing to in full without any new proof."""
    answers_share: Share
    """Of those that were nothing before, from this share on."""
    machines: Factor
    """The number of machines grew or shrank by more than this factor."""
    least_machines: Count
    """Below so many on both sides a factor says nothing."""
    robots: Factor
    least_robots: Count


class AssessorLimits(Watched):
    """An assessor whose assessments lie far from those of peers."""

    least: Count
    """Assessments, below which nothing is said of anybody."""
    least_assessors: Annotated[int, Field(ge=2)]
    peers: Count
    """Assessments of an industry and size below which the wider group stands in."""
    difference: Annotated[Exact, Field(gt=0)]
    """In levels, shrunk towards none; what is smaller is not asked about, however sure."""
    draws: Count
    """Permutations."""
    seed: int


class ProductLimits(Watched):
    """Plans that lead to what their own diagnoser sells or represents."""

    least: Count
    """Plans, below which nothing is said of anybody."""
    difference: Share
    """Of a plan, above the same share in everybody else's plans."""


class AgreementLimits(Watched):
    """Agreement between assessors."""

    goal: Exact
    """Kappa to aim for."""
    source: Text
    least_pairs: Count
    """Pairs of grades, below which a kappa is shown and not asked about."""
    least_factories: Count
    """From which these come: of one factory whose grades are nearly all the same kappa is low whoever rates."""


class Watching(Noun):
    """The file of all limits."""

    format: Literal["assessor-watching/1"]
    chance: Annotated[Exact, Field(gt=0, lt=1)]
    """Each part that reckons by chance asks about an honest portfolio at most this often."""
    chance_why: Text
    proofs: ProofLimits
    copied: CopyLimits
    jumps: JumpLimits
    assessors: AssessorLimits
    own_products: ProductLimits
    agreement: AgreementLimits
