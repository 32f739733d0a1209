// Package balancer answers the functions of a load balancer. A plugin embeds Balancer, and replaces what it does otherwise.
package balancer

// Balancer has a method for each function of the contract.
type Balancer struct{}
