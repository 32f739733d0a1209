module guard-go

go 1.24

require load-balancer-go v0.0.0

replace load-balancer-go => ../load-balancer-go
