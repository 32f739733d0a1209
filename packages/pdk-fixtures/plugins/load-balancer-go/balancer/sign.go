package balancer

import (
	"errors"
	"strings"

	"load-balancer-go/kit"
)

// BuildSigner takes the keys from `{"keys":[{"key_id","key_base64"},…]}`. For `{}`, it takes the key that the operator configured.
func (Balancer) BuildSigner(request kit.BuildSignerRequest) (kit.BuildSignerResponse, error) {
	state := signerState{}
	factory := request.FactoryState
	if factory.Kind() == kit.JSONObject && len(factory.Members()) == 0 {
		key, err := configuredKey()
		if err != nil {
			return kit.BuildSignerResponse{}, err
		}
		state.keys = []signingKey{key}
	} else {
		members, err := membersOf(factory, "keys")
		if err != nil {
			return kit.BuildSignerResponse{}, err
		}
		if state.keys, err = readKeys(members[0]); err != nil {
			return kit.BuildSignerResponse{}, err
		}
	}
	return kit.BuildSignerResponse{SignerState: state.toJSON()}, nil
}

func configuredKey() (signingKey, error) {
	id, hasID := kit.Config("signing_key_id")
	key, hasKey := kit.Config("signing_key_base64")
	if !hasID || !hasKey {
		return signingKey{}, errors.New("no key: neither factory_state nor the configuration has one")
	}
	return newKey(id, key)
}

// OnUnauthorized refreshes with the next key while there is one. It gives up on errors that the signature did not cause.
func (Balancer) OnUnauthorized(request kit.OnUnauthorizedRequest) (kit.OnUnauthorizedResponse, error) {
	state, err := readSignerState(request.SignerState)
	if err != nil {
		return kit.OnUnauthorizedResponse{}, err
	}
	decision := "give_up"
	if request.Error.Category == kit.CategoryUnauthorized && state.counter+1 < uint64(len(state.keys)) {
		decision = "refresh"
		state.counter++
	}
	return kit.OnUnauthorizedResponse{Decision: decision, SignerState: state.toJSON()}, nil
}

// Stamp makes a signature valid only once. It is visible ASCII and is signed before the rest.
type Stamp struct{ UnixMs, Nonce string }

// Sign signs the method, the path with the query, and the body. Only headers change.
func (Balancer) Sign(request kit.SignRequest) (kit.SignResponse, error) {
	return SignWith(request, nil)
}

// SignWith also signs the stamp, if there is one.
func SignWith(request kit.SignRequest, stamp *Stamp) (kit.SignResponse, error) {
	state, err := readSignerState(request.SignerState)
	if err != nil {
		return kit.SignResponse{}, err
	}
	key := &state.keys[state.counter]
	shaped := &request.Shaped
	body, err := kit.DecodeBase64(shaped.BodyBase64)
	if err != nil {
		return kit.SignResponse{}, err
	}
	start := shaped.Method + "\n" + withoutOrigin(shaped.URL) + "\n"
	if stamp != nil {
		start = stamp.UnixMs + "\n" + stamp.Nonce + "\n" + start
	}
	signature := hmacSHA256(key.bytes, []byte(start), body)

	headers := make([]kit.Header, 0, len(shaped.Headers)+4)
	for _, header := range shaped.Headers {
		if !isOfTheSignature(header.Name) {
			headers = append(headers, header)
		}
	}
	add := func(name, value string) {
		headers = append(headers, kit.Header{Name: name, ValueBase64: kit.EncodeBase64([]byte(value))})
	}
	if stamp != nil {
		add(signatureTimeHeader, stamp.UnixMs)
		add(signatureNonceHeader, stamp.Nonce)
	}
	add(signatureKeyHeader, key.id)
	add(signatureHeader, kit.EncodeBase64(signature[:]))
	return kit.SignResponse{Headers: &headers}, nil
}

// withoutOrigin returns the URL without its origin, because the balancer may send the same request to another origin.
func withoutOrigin(url string) string {
	colon := strings.IndexByte(url, ':')
	if colon < 0 || !strings.HasPrefix(url[colon:], "://") || strings.IndexByte(url, '/') < colon {
		return url
	}
	slash := strings.IndexByte(url[colon+3:], '/')
	if slash < 0 {
		return "/"
	}
	return url[colon+3+slash:]
}
