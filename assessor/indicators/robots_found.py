"""Robots that were found, against those that the register lists, both ways.

A robot is what the register calls one (`kind`), what is typed by OPC UA for Robotics, or what names itself one on
its nameplate (`DeviceClass`). A listed one that gave values was found; one that names itself something else, and
one that was found and is listed as no robot, count against the register. A listed one that nobody could look at
stays open. Robots are counted by their line in the register or by their controller: one controller may move
several arms.
"""

import re

from assessor.domain import Device, Line, Measurement, Outcome
from assessor.indicators.seen import Seen, SeenAsset
from assessor.indicators.share import line, share, strata, unseen

UNIT = "share"
AREA = "production"
SAMPLES = False
ROBOTICS = "http://opcfoundation.org/UA/Robotics/"
WORDS = re.compile(r"robot|manipulator|motiondevice|机器人|机械手|机械臂", re.IGNORECASE)


def measure(seen: Seen) -> Measurement:
    machines = [m for m in seen.assets if m.asset.in_use]
    lines = [found for m in machines if (found := _judge(m))]
    lines += _strangers(seen)
    return share("robots_found", lines, seen.scope, strata=strata(machines), nothing="no_robot")


def _judge(seen: SeenAsset) -> Line | None:
    """One line of the register; None where neither it nor the machine speaks of a robot."""
    id_, listed = seen.asset.id, WORDS.search(seen.asset.kind) is not None
    if any(_robot(place.device) for place in seen.places):
        return line(id_, Outcome.MET if listed else Outcome.NOT_MET, "robot_both" if listed else "robot_unlisted")
    if not listed:
        return None
    other = next((name for place in seen.places if (name := _class(place.device))), None)
    if other is not None:
        return line(id_, Outcome.NOT_MET, "robot_other", device_class=other)
    if seen.live or seen.read:
        return line(id_, Outcome.MET, "robot_answers")
    if seen.no_interface:
        return line(id_, Outcome.NOT_DETERMINED, "no_interface")
    return unseen(seen)


def _strangers(seen: Seen) -> list[Line]:
    """Endpoints that show robots of no line of the register: a device of its own, or objects beside all
    branches."""
    found = []
    for o in seen.observations:
        robots = [device for device in o.devices if _robot(device)]
        typed = any(c.uri == ROBOTICS and c.instances for c in o.companions)
        if any(device.asset is None for device in robots) or (typed and not robots):
            found.append(line(o.endpoint, Outcome.NOT_MET, "robot_unlisted"))
    return found


def _class(device: Device) -> str | None:
    """What it names itself; None where it does not say."""
    plate = device.nameplate
    return (plate.device_class or "").strip() or None if plate is not None else None


def _robot(device: Device) -> bool:
    typed = ROBOTICS in device.companions
    return device.answered and (typed or WORDS.search(_class(device) or "") is not None)
