"""The words that sheets use, in Chinese and English: headings, types, orders, scales, states. Pure."""

import re
import unicodedata
from fractions import Fraction
from typing import NamedTuple

from assessor.domain import Function, Order, RegisterType, exact
from assessor.interpret import QUANTITY
from connectors.profiles.families import FunctionCode

HEADINGS: dict[str, str] = {
    "address": "地址 寄存器 寄存器地址 寄存器号 起始地址 通讯地址 modbus地址 modbus寄存器 plc地址 "
    "软元件 点位地址 变量地址 逻辑地址 十进制地址 编号地址 address register registeraddress "
    "registernumber modbusaddress modbusregister startaddress startregister reg regaddress "
    "logicaladdress device plcaddress",
    "name": "名称 点名 变量名 变量名称 参数 参数名称 信号名称 测点名称 点位名称 标签 标签名 数据名称 "
    "name label tag tagname point pointname parameter signal variable variablename symbol",
    "type": "类型 数据类型 数据格式 格式 type datatype dataformat format",
    "length": "长度 寄存器数 寄存器个数 字数 length size registers words count numberofregisters",
    "unit": "单位 工程单位 unit units engineeringunit uom",
    "scale": "比例 系数 倍率 比例系数 倍数 分辨率 缩放 scale scaling factor multiplier scalefactor resolution",
    "divisor": "增益 除数 gain divisor divider",
    "decimals": "小数位 小数位数 小数点 decimals decimalplaces digits",
    "offset": "偏移 偏移量 offset 偏置",
    "fc": "功能码 读功能码 寄存器类型 区 functioncode fc function registertype readfunctioncode area",
    "order": "字节序 字节顺序 字序 byteorder wordorder endian endianness",
    "bit": "位 位号 bit bitnumber bitposition",
    "access": "读写 读写属性 属性 权限 access rw readwrite r/w",
    "states": "状态 状态说明 枚举 取值 states enumeration enum values",
    "about": "描述 内容 项目 说明 description",
    "note": "备注 注释 注 remark remarks note notes comment comments",
}  # fmt: skip
"""Headings by the field they stand for, lower case, without blanks and without what stands in brackets."""
FIELDS = {heading: field for field, headings in HEADINGS.items() for heading in headings.split()}

_TYPES: dict[str, str] = {
    "u16": "u16 uint16 uint16t uint word ushort unsignedshort unsignedint16 unsigned16 无符号16位 16位无符号 "
    "16位无符号整数 无符号短整型 无符号16位整数 无符号16位整型 16位无符号整型 "
    "无符号整数 无符号整型 unsignedint unsigned16bit 字",
    "s16": "s16 int16 int16t int short signedint16 signed16 signedshort 有符号16位 16位有符号 16位有符号整数 "
    "16位有符号整型 有符号16位整数 有符号16位整型 短整型 整数 整型 有符号整数 有符号整型 integer signed16bit",
    "u32": "u32 uint32 uint32t dword udint ulong unsignedint32 unsigned32 unsignedlong 无符号32位 32位无符号 "
    "32位无符号整数 32位无符号整型 无符号32位整数 无符号长整型 双字",
    "s32": "s32 int32 int32t dint long signedint32 signed32 signedlong 有符号32位 32位有符号 32位有符号整数 "
    "32位有符号整型 有符号32位整数 长整型 双整数 双整型 双字整数",
    "u64": "u64 uint64 uint64t ulint lword qword unsignedint64 unsigned64 无符号64位 "
    "64位无符号 64位无符号整数",
    "s64": "s64 int64 int64t lint signedint64 signed64 有符号64位 64位有符号 64位有符号整数",
    "f32": "f32 real float float32 float32bit single ieee754 浮点 浮点数 浮点型 单精度 单精度浮点 单精度浮点数 "
    "32位浮点 32位浮点数 32位单精度浮点数",
    "f64": "f64 lreal double float64 双精度 双精度浮点 双精度浮点数 64位浮点 64位浮点数",
    "bcd16": "bcd bcd16 bcd码 16位bcd 16位bcd码 wordbcd",
    "bcd32": "bcd32 dbcd 32位bcd 32位bcd码 dwordbcd",
    "bool": "bool boolean bit 位 布尔 布尔量 布尔型 开关量 线圈 coil 离散量 digital",
    "text": "string ascii char text 字符串 字符 文本",
}  # fmt: skip
TYPES = {word: kind for kind, words in _TYPES.items() for word in words.split()}
_FC: dict[FunctionCode, str] = {
    1: "1 01 01h 0x01 fc1 fc01 0x coil coils 线圈 输出线圈 coilstatus",
    2: "2 02 02h 0x02 fc2 fc02 1x discrete discreteinput discreteinputs 离散输入 输入状态 inputstatus",
    3: "3 03 03h 0x03 fc3 fc03 4x holding holdingregister holdingregisters 保持寄存器",
    4: "4 04 04h 0x04 fc4 fc04 3x input inputregister inputregisters 输入寄存器",
}
FCS = {word: fc for fc, words in _FC.items() for word in words.split()}
_ORDERS: dict[Order, str] = {
    "ABCD": "abcd bigendian big 大端 大端模式 高字在前 高位在前 高字前 hilo msbfirst 高字节在前",
    "CDAB": "cdab 低字在前 低字前 lohi wordswap wordswapped 字交换",
    "BADC": "badc byteswap byteswapped 字节交换",
    "DCBA": "dcba",
}
"""'Little endian' is missing on purpose: some makers mean CDAB by it, others DCBA. So are orders in digits, which
some count from the high byte and some from the low one."""
ORDERS = {word: order for order, words in _ORDERS.items() for word in words.split()}
SPARE = re.compile(r"备用|预留|保留|reserved?\b|spare\b|unused\b|not used", re.IGNORECASE)
_ALARM = re.compile(r"报警|告警|故障|异常|急停|alarm|fault|error|trip", re.IGNORECASE)
_SETPOINT = re.compile(r"设定|给定|目标值|set ?point|\bset\b|\bsp\b", re.IGNORECASE)
_STATE = re.compile(r"(?<!\d)(\d{1,5})\s*[=:：＝\-]\s*(?!\s|\d)([^;；,，。\n/=:：]+)")


def tidy(text: str) -> str:
    """Lower case, full-width letters made plain, without blanks, hyphens and underscores."""
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", text)).lower()


def heading(text: str) -> str | None:
    """The field that a heading stands for: 'Address (dec)' and '寄存器地址（十进制）' are addresses."""
    bare = re.sub(r"[(\[（【].*?[)\]）】]", "", unicodedata.normalize("NFKC", text))
    return FIELDS.get(tidy(bare)) or next(
        (f for part in re.split(r"[/|\n]", bare) if (f := FIELDS.get(tidy(part)))), None
    )


class Typed(NamedTuple):
    """A type as a sheet names it; `length` are the registers of a text, where the type says so."""

    type: RegisterType
    length: int | None = None


def read_type(text: str) -> Typed | None:
    """'INT', '浮点', 'UINT16', 'STRING[16]' (16 letters are 8 registers); None for a word not known."""
    word = tidy(text)
    if found := re.fullmatch(r"(string|char|ascii|字符串)[\[(（]?(\d{1,3})[\])）]?", word):
        return Typed("text", max(1, (int(found[2]) + 1) // 2))
    kind = TYPES.get(word) or TYPES.get(re.sub(r"[(（\[].*", "", word))
    return None if kind is None else Typed(kind)  # type: ignore[arg-type]


def read_scale(text: str) -> Fraction | None:
    """'0.1', '1/10', '×0.1', '÷10', '/10', '10^-1'; None for what is no factor."""
    word = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower().lstrip("x×*").replace("−", "-")
    if power := re.fullmatch(r"10\^\(?(-?\d)\)?", word):
        return Fraction(10) ** int(power[1])
    try:
        value = exact(word.lstrip("/÷"))
    except ValueError:
        return None
    return None if value == 0 else 1 / value if word[:1] in ("/", "÷") else value


def read_order(text: str) -> Order | None:
    """'CD AB', '高字在前', 'Lo-Hi'; None where it is not said beyond doubt."""
    return ORDERS.get(re.sub(r"[^a-z一-鿿]", "", tidy(text)))


def read_fc(text: str) -> FunctionCode | None:
    """'03', '4x', '保持寄存器', '03H/04H' reads with the first."""
    word = tidy(text)
    return FCS.get(word) or FCS.get(re.split(r"[/,，、(（]", word)[0])


def read_states(text: str) -> dict[int, str]:
    """'0=停机; 1=运行' as a table; nothing where a text does not hold two of them at least."""
    found = {int(number): name.strip() for number, name in _STATE.findall(text) if name.strip()}
    return found if len(found) > 1 else {}


class Use(NamedTuple):
    """What a value is and what it is for, as far as unit, type and name say so."""

    quantity: str | None
    function: Function


def read_use(name: str, unit: str | None, kind: RegisterType, single: bool, states: bool) -> Use:
    """Energy is counted up; a bit or a table of states is a state; names say alarm or set point."""
    quantity = QUANTITY.get("".join((unit or "").split()))
    if single or states or kind == "bool":
        return Use("state", Function.ALARM if _ALARM.search(name) else Function.STATE)
    if _SETPOINT.search(name):
        return Use(quantity, Function.SETPOINT)
    if kind == "text":
        return Use(None, Function.IDENTIFICATION)
    if quantity is None and _ALARM.search(name):
        return Use("state", Function.ALARM)
    return Use(quantity, Function.COUNTER if quantity == "energy" else Function.ACTUAL)
