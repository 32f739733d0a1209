// Plugins that use HashiCorp's go-plugin, for the tests of @plugwire/process. They implement the services of its examples. The
// messages are built from descriptors, so no generated code is needed.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/dynamicpb"
)

var handshake = plugin.HandshakeConfig{ProtocolVersion: 1, MagicCookieKey: "BASIC_PLUGIN", MagicCookieValue: "hello"}

// A unary method. It reads the message of the request and fills the message of the response.
type method func(ctx context.Context, request, response *dynamicpb.Message) error

// served is a plugin with one service.
type served struct {
	plugin.NetRPCUnsupportedPlugin
	register func(broker *plugin.GRPCBroker, server *grpc.Server)
}

func (s *served) GRPCServer(broker *plugin.GRPCBroker, server *grpc.Server) error {
	s.register(broker, server)
	return nil
}

func (s *served) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, connection *grpc.ClientConn) (interface{}, error) {
	return connection, nil
}

func unary(name, request, response string, run method) grpc.MethodDesc {
	return grpc.MethodDesc{
		MethodName: name,
		Handler: func(_ interface{}, ctx context.Context, decode func(interface{}) error, _ grpc.UnaryServerInterceptor) (interface{}, error) {
			in, out := message(request), message(response)
			if err := decode(in); err != nil {
				return nil, err
			}
			return out, run(ctx, in, out)
		},
	}
}

func registerKV(suffix string) func(*plugin.GRPCBroker, *grpc.Server) {
	var values sync.Map
	get := func(ctx context.Context, in, out *dynamicpb.Message) error {
		key := text(in, "key")
		switch key {
		case "panic":
			go panic("on purpose")
			<-ctx.Done()
			return ctx.Err()
		case "cancelled":
			// Waits until the host cancels the call, and stores the reason.
			go func() {
				<-ctx.Done()
				values.Store("seen", []byte(ctx.Err().Error()))
			}()
			time.Sleep(time.Minute)
		case "print":
			fmt.Println("printed to stdout")
			fmt.Fprintln(os.Stderr, "[WARN] printed to stderr")
		}
		value, ok := values.Load(key)
		if !ok {
			return status.Error(codes.NotFound, "secret: no such key")
		}
		set(out, "value", append(value.([]byte), suffix...))
		return nil
	}
	put := func(_ context.Context, in, _ *dynamicpb.Message) error {
		values.Store(text(in, "key"), append([]byte{}, in.Get(field(in, "value")).Bytes()...))
		return nil
	}
	return func(_ *plugin.GRPCBroker, server *grpc.Server) {
		server.RegisterService(&grpc.ServiceDesc{
			ServiceName: "proto.KV",
			HandlerType: (*interface{})(nil),
			Methods:     []grpc.MethodDesc{unary("Get", "GetRequest", "GetResponse", get), unary("Put", "PutRequest", "Empty", put)},
		}, nil)
	}
}

func registerCounter(broker *plugin.GRPCBroker, server *grpc.Server) {
	var mutex sync.Mutex
	counts := map[string]int64{}
	put := func(ctx context.Context, in, _ *dynamicpb.Message) error {
		mutex.Lock()
		defer mutex.Unlock()
		connection, err := broker.Dial(uint32(in.Get(field(in, "add_server")).Uint()))
		if err != nil {
			return err
		}
		defer connection.Close()
		request, response := message("SumRequest"), message("SumResponse")
		set(request, "a", counts[text(in, "key")])
		set(request, "b", in.Get(field(in, "value")).Int())
		if err := connection.Invoke(ctx, "/proto.AddHelper/Sum", request, response); err != nil {
			return err
		}
		counts[text(in, "key")] = response.Get(field(response, "r")).Int()
		return nil
	}
	get := func(_ context.Context, in, out *dynamicpb.Message) error {
		mutex.Lock()
		defer mutex.Unlock()
		set(out, "value", counts[text(in, "key")])
		return nil
	}
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "proto.Counter",
		HandlerType: (*interface{})(nil),
		Methods:     []grpc.MethodDesc{unary("Get", "GetRequest", "CountResponse", get), unary("Put", "CountRequest", "Empty", put)},
	}, nil)
}

func registerStreamer(_ *plugin.GRPCBroker, server *grpc.Server) {
	answers := os.Args[1] == "streamer"
	var written [][]byte
	read := func(_ interface{}, stream grpc.ServerStream) error {
		if err := stream.RecvMsg(message("Empty")); err != nil {
			return err
		}
		for _, chunk := range written {
			out := message("ReadChunk")
			set(out, "read_bytes", chunk)
			if err := stream.SendMsg(out); err != nil {
				return err
			}
		}
		return nil
	}
	write := func(_ interface{}, stream grpc.ServerStream) error {
		written = nil
		for {
			in := message("WriteChunk")
			if err := stream.RecvMsg(in); err == io.EOF {
				if !answers {
					return nil
				}
				return stream.SendMsg(message("Empty"))
			} else if err != nil {
				return err
			}
			written = append(written, append([]byte{}, in.Get(field(in, "bytes_to_write")).Bytes()...))
		}
	}
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "proto.StreamerService",
		HandlerType: (*interface{})(nil),
		Streams: []grpc.StreamDesc{
			{StreamName: "Read", Handler: read, ServerStreams: true},
			{StreamName: "Write", Handler: write, ClientStreams: true},
		},
	}, nil)
}

func main() {
	logger := hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: os.Stderr, JSONFormat: true})
	logger.Warn("starting", "kind", os.Args[1])
	set := func(register func(*plugin.GRPCBroker, *grpc.Server)) plugin.PluginSet {
		return plugin.PluginSet{"served": &served{register: register}}
	}
	config := &plugin.ServeConfig{HandshakeConfig: handshake, GRPCServer: plugin.DefaultGRPCServer}
	switch os.Args[1] {
	case "kv":
		config.Plugins = set(registerKV(""))
	case "counter":
		config.Plugins = set(registerCounter)
	case "streamer", "streamer without an answer":
		config.Plugins = set(registerStreamer)
	case "negotiated":
		config.VersionedPlugins = map[int]plugin.PluginSet{2: set(registerKV(" of 2")), 3: set(registerKV(" of 3"))}
	case "reattach":
		reattach(set(registerKV("")))
		return
	case "host":
		measure(os.Args[0])
		return
	}
	plugin.Serve(config)
}

// reattach serves a plugin to which a host can reattach, and prints its address.
func reattach(plugins plugin.PluginSet) {
	configs, closed := make(chan *plugin.ReattachConfig, 1), make(chan struct{})
	go plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: handshake,
		GRPCServer:      plugin.DefaultGRPCServer,
		Plugins:         plugins,
		Test:            &plugin.ServeTestConfig{Context: context.Background(), ReattachConfigCh: configs, CloseCh: closed},
	})
	config := <-configs
	fmt.Printf(`{"protocol":"%s","protocolVersion":%d,"network":"%s","address":"%s","pid":%d}`+"\n",
		config.Protocol, config.ProtocolVersion, config.Addr.Network(), config.Addr.String(), config.Pid)
	<-closed
}
