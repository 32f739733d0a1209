// greet version 1 in Go: {"name"} to {"text"}.
package main

import "greet-go/kit"

func init() { kit.Serve(plugin{}) }

func main() {}

type plugin struct{}

func (plugin) Greet(request kit.GreetRequest) (kit.GreetResponse, error) {
	return kit.GreetResponse{Text: "hello, " + request.Name}, nil
}
