"""A plugin that implements go-plugin's protocol in Python, with grpcio only. Like those of pygo-plugin, it has only the health service."""

import sys
from concurrent import futures

import grpc

values = {}


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(data):
    """Reads the fields of a message that has only text and bytes."""
    found, at = {}, 0
    while at < len(data):
        tag, at = varint(data, at)
        length, at = varint(data, at)
        found[tag >> 3] = data[at : at + length]
        at += length
    return found


def field(number, value):
    length, head = len(value), bytes([number << 3 | 2])
    while length >= 0x80:
        head += bytes([length & 0x7F | 0x80])
        length >>= 7
    return head + bytes([length]) + value


def get(request, context):
    key = fields(request).get(1, b"")
    if key not in values:
        context.abort(grpc.StatusCode.NOT_FOUND, "secret: no such key")
    return field(1, values[key] + b" from Python")


def put(request, context):
    found = fields(request)
    values[found.get(1, b"")] = found.get(2, b"")
    return b""


def check(request, context):
    if fields(request).get(1) != b"plugin":
        context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
    return b"\x08\x01"


def methods(service, **handlers):
    return grpc.method_handlers_generic_handler(
        service, {name: grpc.unary_unary_rpc_method_handler(run) for name, run in handlers.items()}
    )


server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
server.add_generic_rpc_handlers((methods("proto.KV", Get=get, Put=put), methods("grpc.health.v1.Health", Check=check)))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(f"1|1|tcp|127.0.0.1:{port}|grpc", flush=True)
server.wait_for_termination()
