package balancer

import (
	"errors"

	"load-balancer-go/kit"
)

// The largest number of keys in rotation.
const mostKeys = 16

type signingKey struct {
	id    string
	bytes []byte
	json  kit.JSON
}

// signerState is kept by the host between calls: `{"keys":[…],"counter":0}`. The counter is the index of the key in use.
type signerState struct {
	keys    []signingKey
	counter uint64
}

func (s *signerState) toJSON() kit.JSON {
	keys := make([]kit.JSON, len(s.keys))
	for at := range s.keys {
		keys[at] = s.keys[at].json
	}
	return kit.JSONOfMembers(
		kit.Entry[kit.JSON]{Key: "keys", Value: kit.JSONOfList(keys...)},
		kit.Entry[kit.JSON]{Key: "counter", Value: kit.JSONOfUnsigned(s.counter)},
	)
}

func readSignerState(json kit.JSON) (signerState, error) {
	members, err := membersOf(json, "keys", "counter")
	if err != nil {
		return signerState{}, err
	}
	keys, err := readKeys(members[0])
	if err != nil {
		return signerState{}, err
	}
	counter, isCount := members[1].Unsigned()
	if !isCount || counter >= uint64(len(keys)) {
		return signerState{}, errors.New("counter names no key")
	}
	return signerState{keys, counter}, nil
}

func readKeys(json kit.JSON) ([]signingKey, error) {
	items := json.Items()
	if len(items) == 0 || len(items) > mostKeys {
		return nil, errors.New("keys has not 1 to 16 keys")
	}
	keys := make([]signingKey, len(items))
	for at, item := range items {
		members, err := membersOf(item, "key_id", "key_base64")
		if err != nil {
			return nil, err
		}
		id, isText := members[0].Text()
		key, isKey := members[1].Text()
		if !isText || !isKey {
			return nil, errors.New("a key is no string")
		}
		if keys[at], err = newKey(id, key); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// newKey checks a key. The id becomes a header, so it must be visible ASCII. The key must not be empty.
func newKey(id, base64 string) (signingKey, error) {
	bytes, err := kit.DecodeBase64(base64)
	if err != nil {
		return signingKey{}, err
	}
	if len(bytes) == 0 || id == "" {
		return signingKey{}, errors.New("a key or its key_id is empty")
	}
	for at := range len(id) {
		if id[at] <= 0x20 || id[at] >= 0x7f {
			return signingKey{}, errors.New("a key_id is not visible ASCII")
		}
	}
	json := kit.JSONOfMembers(
		kit.Entry[kit.JSON]{Key: "key_id", Value: kit.JSONOfText(id)},
		kit.Entry[kit.JSON]{Key: "key_base64", Value: kit.JSONOfText(base64)},
	)
	return signingKey{id, bytes, json}, nil
}

// membersOf returns the values of an object that must have exactly these keys.
func membersOf(json kit.JSON, keys ...string) ([]kit.JSON, error) {
	members := json.Members()
	values := make([]kit.JSON, len(keys))
	for at, key := range keys {
		value, isThere := members.Get(key)
		if !isThere || len(members) != len(keys) {
			return nil, errors.New("expected an object with the keys of a signer's state")
		}
		values[at] = value
	}
	return values, nil
}
