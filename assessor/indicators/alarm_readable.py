"""Alarm points whose text says what is wrong, of all alarm points: not a bare code, number or word of bits.

Looked at are the name, the description, its message, and the texts that the point itself
showed. A text says something where four letters or two Chinese characters are left once words such as alarm,
fault and code and all numbers are gone. The name of a Modbus register is its map's word, not the device's, so
those are left out. The words of an MTConnect condition are not kept in sampling, so those stay open. A text may
be made elsewhere, from a list of codes in a panel or a system: a bare code speaks against no answer.
"""

from collections import defaultdict
from collections.abc import Callable
from functools import cache

from assessor.domain import EvidenceClass, Line, Measurement, Outcome
from assessor.indicators.alarms import ACTIVE, about_alarms, condition, is_alarm, says
from assessor.indicators.data_points import SeenTag
from assessor.indicators.names import listed, place, words
from assessor.indicators.seen import Seen
from assessor.indicators.share import line, share

UNIT = "share"
AREA = "data"
MESSAGE = listed("message msg text alarmtext description")
MESSAGE_ZH = listed("信息 文本 内容 描述")
MOST = 200
"""Different texts of one point that are looked at."""
Beside = dict[tuple[str, str], list[SeenTag]]
Shows = Callable[[int], bool]
"""Does a data point, by its id, show texts that say something?"""


def measure(seen: Seen) -> Measurement:
    read = [(tag, False) for tag in seen.tags] + [(one.seen, True) for one in seen.recorded]
    read = [(tag, kept) for tag, kept in read if not tag.endpoint.protocol.startswith("modbus")]
    messages: Beside = defaultdict(list)
    for tag, _ in read:
        if _is_message(tag):
            messages[tag.tag.endpoint, _holder(tag)].append(tag)

    @cache  # one message may stand beside many alarms
    def shows(id_: int) -> bool:
        return says(*_shown(seen, id_))

    lines = [_judge(tag, messages, shows, kept) for tag, kept in read if is_alarm(tag)]
    return share("alarm_readable", lines, seen.scope, nothing="no_alarm_points")


def _judge(tag: SeenTag, messages: Beside, shows: Shows, kept: bool) -> Line:
    path = tag.tag.path
    own = condition(path)
    beside = _of(tag, messages[tag.tag.endpoint, _holder(tag)])
    if tag.endpoint.protocol != "mtconnect" and says(place(own)[1]):
        found = line(path, Outcome.MET, "alarm_named")
    elif tag.endpoint.protocol != "mtconnect" and says(tag.tag.description):
        found = line(path, Outcome.MET, "alarm_described")
    elif any(shows(one.tag.id) for one in (tag, *beside)):
        found = line(path, Outcome.MET, "alarm_texts")
    elif tag.endpoint.protocol == "mtconnect":
        found = line(path, Outcome.NOT_DETERMINED, "alarm_text_not_kept")
    else:
        found = line(path, Outcome.NOT_MET, "alarm_bare").model_copy(update={"tested": False})
    return found.model_copy(update={"evidence": EvidenceClass.EXPORTED}) if kept else found


def _holder(tag: SeenTag) -> str:
    """What holds a point and the message beside it."""
    own = condition(tag.tag.path)
    return own if own != tag.tag.path else place(own)[0]


def _of(alarm: SeenTag, messages: list[SeenTag]) -> list[SeenTag]:
    """The messages of this alarm: called as it is, else the only one there is, where it is about alarms."""
    name = _bare(place(alarm.tag.path)[1])
    own = [one for one in messages if name and _bare(place(one.tag.path)[1]) == name]
    if own or len(messages) != 1:
        return own
    about = alarm.tag.path.endswith(ACTIVE) or about_alarms(place(messages[0].tag.path)[1])
    return messages if about else []


def _bare(name: str) -> list[str]:
    """A name without the words that call it a message."""
    for word in MESSAGE_ZH:
        name = name.replace(word, " ")
    return [word for word in words(name) if word not in MESSAGE]


def _is_message(tag: SeenTag) -> bool:
    name = place(tag.tag.path)[1]
    return words(name)[-1:] != () and (words(name)[-1] in MESSAGE or any(word in name for word in MESSAGE_ZH))


def _shown(seen: Seen, id_: int) -> list[str]:
    """Texts that a point showed."""
    series = seen.series(id_)
    if series is None or series.text is None:
        return []
    return list(dict.fromkeys(text for text in series.text.tolist() if text))[:MOST]
