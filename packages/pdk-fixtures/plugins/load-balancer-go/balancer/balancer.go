// Package balancer implements the functions of a load balancer. A plugin embeds Balancer and overrides the methods that it changes.
package balancer

// Balancer has a method for each function of the contract.
type Balancer struct{}
