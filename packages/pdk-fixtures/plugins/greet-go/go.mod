module greet-go

go 1.24
