package main

import (
	"bytes"
	"testing"

	"rich/kit"
)

func TestHandlerOutsideOfWebAssembly(t *testing.T) {
	request, err := kit.ParseEchoFigureRequest(`{"radius":2.5,"shape":"circle"}`)
	if err != nil || request.Circle == nil || request.Circle.Radius != 2.5 {
		t.Fatal(request, err)
	}
	if _, err := (plugin{}).EchoFigure(request); err != nil {
		t.Fatal(err)
	}
	_, err = kit.ParseEchoFigureRequest(`{"shape":"cube"}`)
	if err == nil || err.Error() != `message.shape: expected "circle", "square" or "nothing"` {
		t.Fatal(err)
	}
}

func TestBase64(t *testing.T) {
	for length := range 100 {
		raw := make([]byte, length)
		for at := range raw {
			raw[at] = byte(at*37 + length)
		}
		decoded, err := kit.DecodeBase64(kit.EncodeBase64(raw))
		if err != nil || !bytes.Equal(decoded, raw) {
			t.Fatal(length, decoded, err)
		}
	}
	for _, bad := range []string{"A", "AA", "AAA", "AA==A", "A===", "====", "AB==", "AAB=", "AA-_", "AA =", "AAAA====", "=AAA", "A=AA"} {
		if _, err := kit.DecodeBase64(bad); err == nil {
			t.Fatal(bad)
		}
	}
}

func TestJSON(t *testing.T) {
	value := kit.MustParseJSON(` {"n":1.50, "big":18446744073709551615,"list":[true,null,"\u00fc"],"o":{}}`)
	if number, isThere := value.Get("n"); !isThere || number.String() != "1.50" {
		t.Fatal(number)
	}
	big, _ := value.Get("big")
	if exact, isExact := big.Unsigned(); !isExact || exact != 1<<64-1 {
		t.Fatal(exact)
	}
	list, _ := value.Get("list")
	items := list.Items()
	if text, isText := items[2].Text(); len(items) != 3 || !isText || text != "ü" {
		t.Fatal(items)
	}
	made := kit.JSONOfMembers(
		kit.Entry[kit.JSON]{Key: "a", Value: kit.JSONOfList(kit.JSONOfUnsigned(1), kit.JSONOfText("\n"), kit.JSON{})},
		kit.Entry[kit.JSON]{Key: "b", Value: kit.JSONOfNumber(-1e-7)},
	)
	if made.String() != `{"a":[1,"\n",null],"b":-1e-7}` || made.Kind() != kit.JSONObject {
		t.Fatal(made)
	}
	for _, bad := range []string{"", "[1,]", "{}x", `{"a":1,"a":1}`, "nul", "+1", "\"\x01\"", "\"\xff\""} {
		if _, err := kit.ParseJSON(bad); err == nil {
			t.Fatal(bad)
		}
	}
}

func TestMap(t *testing.T) {
	var counts kit.Map[int]
	counts.Set("one", 1)
	counts.Set("two", 2)
	counts.Set("one", 3)
	if one, isThere := counts.Get("one"); !isThere || one != 3 || len(counts) != 2 {
		t.Fatal(counts)
	}
}
