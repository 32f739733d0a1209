// A load balancer plugin. Its functions are in the package balancer.
package main

import (
	"load-balancer-go/balancer"
	"load-balancer-go/kit"
)

func init() { kit.Serve(plugin{}) }

func main() {}

type plugin struct{ balancer.Balancer }

// RequiredCapabilities requires log if the host grants it, because Observe logs.
func (plugin) RequiredCapabilities(granted []string) ([]string, error) {
	for _, capability := range granted {
		if capability == "log" {
			return []string{"log"}, nil
		}
	}
	return nil, nil
}
