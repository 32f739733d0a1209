package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"sort"
	"strconv"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// measure is a host in Go for the benchmark of processes. It calls the kv plugin of this program a number of times and prints the
// duration of each call in microseconds.
func measure(program string) {
	calls, _ := strconv.Atoi(os.Args[2])
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  handshake,
		Plugins:          plugin.PluginSet{"served": &served{}},
		Cmd:              exec.Command(program, "kv"),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         os.Args[3] == "tls",
		Logger:           hclog.NewNullLogger(),
	})
	defer client.Kill()
	protocol, err := client.Client()
	if err != nil {
		panic(err)
	}
	raw, err := protocol.Dispense("served")
	if err != nil {
		panic(err)
	}
	connection := raw.(*grpc.ClientConn)
	put, get := message("PutRequest"), message("GetRequest")
	set(put, "key", "key")
	set(put, "value", make([]byte, 100))
	set(get, "key", "key")
	if err := connection.Invoke(context.Background(), "/proto.KV/Put", put, message("Empty")); err != nil {
		panic(err)
	}
	times := make([]float64, 0, calls)
	for done := 0; done < calls; done++ {
		started := time.Now()
		if err := connection.Invoke(context.Background(), "/proto.KV/Get", get, message("GetResponse")); err != nil {
			panic(err)
		}
		times = append(times, float64(time.Since(started).Nanoseconds())/1000)
	}
	sort.Float64s(times)
	_ = json.NewEncoder(os.Stdout).Encode(times)
}
