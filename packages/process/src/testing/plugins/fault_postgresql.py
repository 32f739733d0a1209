"""The PostgreSQL plugin of fault's guide. It listens on the given port, prints the types of messages, and passes every chunk through."""

import sys
import uuid
from concurrent import futures

import grpc

import plugin_pb2
import plugin_pb2_grpc


def types(data):
    """Returns the types of the messages in a chunk that begins with a message."""
    found, at = "", 0
    while at + 5 <= len(data):
        found += chr(data[at])
        at += 1 + int.from_bytes(data[at + 1 : at + 5], "big")
    return found


class PostgreSQLPlugin(plugin_pb2_grpc.PluginServiceServicer):
    def HealthCheck(self, request, context):
        return plugin_pb2.HealthCheckResponse(healthy=True, message="")

    def GetPluginInfo(self, request, context):
        return plugin_pb2.GetPluginInfoResponse(
            name="PostgreSQLPlugin", version="1.0.0", author="Someone", url="https://plugin.example", platform="python"
        )

    def GetPluginCapabilities(self, request, context):
        return plugin_pb2.GetPluginCapabilitiesResponse(
            can_handle_http_forward=False,
            can_handle_tunnel=False,
            protocols=[plugin_pb2.GetPluginCapabilitiesResponse.SupportedProtocol.POSTGRESQL],
        )

    def ProcessTunnelData(self, request, context):
        stream = uuid.UUID(request.id, version=4)
        print(stream, request.side, request.direction, types(request.chunk), flush=True)
        return plugin_pb2.ProcessTunnelDataResponse(pass_through=plugin_pb2.PassThrough(chunk=request.chunk))


server = grpc.server(futures.ThreadPoolExecutor(max_workers=10))
plugin_pb2_grpc.add_PluginServiceServicer_to_server(PostgreSQLPlugin(), server)
port = server.add_insecure_port(f"127.0.0.1:{sys.argv[1]}")
server.start()
print(port, flush=True)
server.wait_for_termination()
