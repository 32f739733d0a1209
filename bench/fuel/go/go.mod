module plugwire.invalid/fuel

go 1.24
