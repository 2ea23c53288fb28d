"""Does a value fit a question? The one place that decides it for every kind of form."""

from fractions import Fraction

from assessor.domain import Message, Question, Text, plain


def off_scale(question: Question, value: object) -> Message | None:
    """What is wrong with a value or a target of this question; None where nothing is, or none was given."""
    if value is None or isinstance(value, str):
        return None
    options = [option.id for option in question.options]
    several = isinstance(value, tuple)
    if several != (question.kind == "several"):
        name = "one_value" if several else "option_list"
        return Message(id=f"forms.{name}", params={"question": question.id, "known": ", ".join(options)})
    if isinstance(value, tuple):
        strange = [name for name in value if name not in options or value.count(name) > 1]
        params: dict[str, str | int | Text] = {"question": question.id, "known": ", ".join(options)}
        return Message(id="forms.unknown_option", params=params | {"id": strange[0]}) if strange else None
    assert isinstance(value, Fraction)
    if value in (question.scale or [value]) and 0 <= value <= (question.top or value):
        whole = question.kind != "count" or value.denominator == 1
        return None if whole else Message(id="forms.not_whole", params={"question": question.id})
    params = {"question": question.id, "value": plain(value), "allowed": allowed(question)}
    return Message(id="forms.off_scale", params=params)


def allowed(question: Question) -> str:
    """The values that a question takes, in words for an error."""
    if question.scale is not None:
        return ", ".join(plain(value) for value in question.scale)
    return "0 …" if question.top is None else f"0 … {plain(question.top)}"
