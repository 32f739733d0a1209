"""The echo plugin of fault's guide. It listens on the given port. Its answer to tunnel data uses fields that the message does not have."""

import sys
from concurrent import futures

import grpc

import plugin_pb2
import plugin_pb2_grpc


class EchoPlugin(plugin_pb2_grpc.PluginServiceServicer):
    def HealthCheck(self, request, context):
        return plugin_pb2.HealthCheckResponse(healthy=True, message="")

    def GetPluginInfo(self, request, context):
        return plugin_pb2.GetPluginInfoResponse(
            name="EchoPlugin", version="1.0.0", author="Someone", url="https://plugin.example", platform="python"
        )

    def GetPluginCapabilities(self, request, context):
        return plugin_pb2.GetPluginCapabilitiesResponse(
            can_handle_http_forward=True, can_handle_tunnel=True, protocols=[]
        )

    def ProcessHttpRequest(self, request, context):
        return plugin_pb2.ProcessHttpRequestResponse(
            action=plugin_pb2.ProcessHttpRequestResponse.Action.CONTINUE, modified_request=request.request
        )

    def ProcessHttpResponse(self, request, context):
        return plugin_pb2.ProcessHttpResponseResponse(
            action=plugin_pb2.ProcessHttpResponseResponse.Action.CONTINUE, modified_response=request.response
        )

    def ProcessTunnelData(self, request, context):
        return plugin_pb2.ProcessTunnelDataResponse(
            action=plugin_pb2.ProcessTunnelDataResponse.Action.PASS_THROUGH, modified_chunk=request.chunk
        )


server = grpc.server(futures.ThreadPoolExecutor(max_workers=10))
plugin_pb2_grpc.add_PluginServiceServicer_to_server(EchoPlugin(), server)
port = server.add_insecure_port(f"127.0.0.1:{sys.argv[1]}")
server.start()
print(port, flush=True)
server.wait_for_termination()
