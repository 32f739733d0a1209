package balancer

import (
	"errors"
	"strconv"

	"load-balancer-go/kit"
)

// configuredNumber returns a configured number between two bounds.
func configuredNumber(key string, otherwise, smallest, largest float64) (float64, error) {
	text, isThere := kit.Config(key)
	if !isThere {
		return otherwise, nil
	}
	json, err := kit.ParseJSON(text)
	if err != nil {
		return 0, err
	}
	value, isNumber := json.Number()
	if !isNumber || value < smallest || value > largest {
		return 0, errors.New("a configured number is out of range")
	}
	return value, nil
}

// ConfiguredCount returns a configured whole number of at most nine digits.
func ConfiguredCount(key string, otherwise, smallest, largest uint64) (uint64, error) {
	text, isThere := kit.Config(key)
	if !isThere {
		return otherwise, nil
	}
	value, err := strconv.ParseUint(text, 10, 64)
	if err != nil || len(text) > 9 || value < smallest || value > largest {
		return 0, errors.New("a configured count is none, or out of range")
	}
	return value, nil
}

// ConfiguredFlag returns a configured `true` or `false`. The default is `false`.
func ConfiguredFlag(key string) (bool, error) {
	text, isThere := kit.Config(key)
	if isThere && text != "true" && text != "false" {
		return false, errors.New("a configured switch is neither true nor false")
	}
	return text == "true", nil
}

// configuredMap returns a configured JSON object from texts to texts.
func configuredMap(key string) (kit.Map[string], error) {
	text, isThere := kit.Config(key)
	if !isThere {
		return nil, nil
	}
	json, err := kit.ParseJSON(text)
	if err != nil {
		return nil, err
	}
	if json.Kind() != kit.JSONObject {
		return nil, errors.New("a configured map is no JSON object")
	}
	var texts kit.Map[string]
	for _, member := range json.Members() {
		text, isText := member.Value.Text()
		if !isText {
			return nil, errors.New("a configured map has a value that is no string")
		}
		texts = append(texts, kit.Entry[string]{Key: member.Key, Value: text})
	}
	return texts, nil
}
