module load-balancer-go

go 1.24
