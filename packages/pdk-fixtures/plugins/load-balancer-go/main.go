// The plugin of a load balancer: what it does is in the package balancer.
package main

import (
	"load-balancer-go/balancer"
	"load-balancer-go/kit"
)

func init() { kit.Serve(plugin{}) }

func main() {}

type plugin struct{ balancer.Balancer }

// RequiredCapabilities asks for the log where it is granted: observe writes to it.
func (plugin) RequiredCapabilities(granted []string) ([]string, error) {
	for _, capability := range granted {
		if capability == "log" {
			return []string{"log"}, nil
		}
	}
	return nil, nil
}
