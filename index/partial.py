"""The part of an ONNX file that makes one of its inner values, cut out without the onnx package: the file is a message of
protocol buffers (https://protobuf.dev/programming-guides/encoding/), and only four of its fields matter here
(https://github.com/onnx/onnx/blob/main/onnx/onnx.proto: ModelProto.graph = 7; GraphProto.node = 1, initializer = 5,
output = 12)."""

from __future__ import annotations

from collections.abc import Iterator

_GRAPH, _NODE, _INITIALIZER, _OUTPUT = 7, 1, 5, 12
_INPUTS_OF_NODE, _OUTPUTS_OF_NODE, _NAME_OF_TENSOR = 1, 2, 8
_FLOAT = bytes([1 << 3, 1])  # TypeProto.Tensor { elem_type: FLOAT }
Field = tuple[int, memoryview, memoryview]  # number, content, the field as it stands


def up_to(model: bytes, value: str) -> bytes:
    """The model with `value`, a tensor of 32-bit floats, as its only output, and nothing that comes after it. Nodes stand in the
    order in which they are computed, as ONNX asks. Raises ValueError where no node makes it."""
    made = bytearray()
    for number, content, whole in _fields(memoryview(model)):
        made += _field(_GRAPH, _graph(content, value)) if number == _GRAPH else whole
    return bytes(made)


def _graph(graph: memoryview, value: str) -> bytes:
    kept: list[memoryview] = []
    needed: set[bytes] = set()
    for number, content, whole in _fields(graph):
        if number != _NODE:
            continue
        kept.append(whole)
        needed |= {bytes(name) for field, name, _ in _fields(content) if field == _INPUTS_OF_NODE}
        if any(field == _OUTPUTS_OF_NODE and bytes(name) == value.encode() for field, name, _ in _fields(content)):
            break
    else:
        raise ValueError(f"the model makes no value {value}")
    made = bytearray().join(kept)
    for number, content, whole in _fields(graph):
        if number == _INITIALIZER:
            names = {bytes(name) for field, name, _ in _fields(content) if field == _NAME_OF_TENSOR}
            made += whole if names & needed else b""
        elif number not in {_NODE, _OUTPUT}:
            made += whole
    return bytes(made + _field(_OUTPUT, _field(1, value.encode()) + _field(2, _field(1, _FLOAT))))


def _fields(message: memoryview) -> Iterator[Field]:
    at = 0
    while at < len(message):
        start = at
        key, at = _number(message, at)
        begin = at
        match key & 7:
            case 0:
                _, at = _number(message, at)
            case 1:
                at += 8
            case 2:
                length, begin = _number(message, at)
                at = begin + length
            case 5:
                at += 4
            case other:
                raise ValueError(f"no protocol buffer has a field of wire type {other}")
        yield key >> 3, message[begin:at], message[start:at]


def _number(message: memoryview, at: int) -> tuple[int, int]:
    """A base-128 number, and where it ends."""
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def _field(number: int, content: bytes) -> bytes:
    return _base128(number << 3 | 2) + _base128(len(content)) + content


def _base128(value: int) -> bytes:
    made = bytearray()
    while value > 127:
        made.append(value & 127 | 128)
        value >>= 7
    made.append(value)
    return bytes(made)
