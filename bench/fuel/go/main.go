// The four workloads of ../README.md in Go.
package main

import (
	"encoding/json"
	"sort"
	"strconv"
	"strings"
)

func main() {}

type row struct {
	ID     int      `json:"id"`
	Name   string   `json:"name"`
	Active bool     `json:"active"`
	Score  float64  `json:"score"`
	Tags   []string `json:"tags"`
}

var (
	data    []byte
	numbers []uint32
	rows    int
)

//go:wasmexport prepare
func prepare(workload, size int32) {
	switch workload {
	case 0:
		data = make([]byte, size)
		for i := range data {
			data[i] = byte(i * 31)
		}
	case 1:
		var text strings.Builder
		text.WriteByte('[')
		for i := 0; text.Len() < int(size); i++ {
			if i > 0 {
				text.WriteByte(',')
			}
			n := strconv.Itoa(i)
			text.WriteString(`{"id":` + n + `,"name":"row ` + n + ` of the table","active":true,"score":` + n + `.25,"tags":["red","green","blue"]}`)
		}
		text.WriteByte(']')
		data = []byte(text.String())
	case 2:
		numbers = make([]uint32, size)
		seed := uint32(1)
		for i := range numbers {
			seed = seed*1664525 + 1013904223
			numbers[i] = seed
		}
	default:
		rows = int(size)
	}
}

//go:wasmexport run
func run(workload int32) int32 {
	switch workload {
	case 0:
		hash := uint32(2166136261)
		for _, b := range data {
			hash = (hash ^ uint32(b)) * 16777619
		}
		return int32(hash)
	case 1:
		var parsed []row
		if err := json.Unmarshal(data, &parsed); err != nil {
			return -1
		}
		return int32(len(parsed))
	case 2:
		sorted := append([]uint32(nil), numbers...)
		sort.Slice(sorted, func(i, j int) bool { return sorted[i] < sorted[j] })
		return int32(sorted[0])
	default:
		var text strings.Builder
		for i := 0; i < rows; i++ {
			text.WriteString("row ")
			text.WriteString(strconv.Itoa(i))
			text.WriteString(" of the table;")
		}
		return int32(text.Len())
	}
}
