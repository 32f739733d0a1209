package balancer

import "load-balancer-go/kit"

// NormalizeError gives every error one shape: `{"type":"error","error":{"type":…,"message":…,"status":…}}`. Null for what is no error and
// for what has that shape to the byte.
func (Balancer) NormalizeError(request kit.NormalizeErrorRequest) (kit.NormalizeErrorResponse, error) {
	var response kit.NormalizeErrorResponse
	body, err := kit.DecodeBase64(request.BodyBase64)
	if err != nil || request.Status < 400 {
		return response, err
	}
	// An upstream may say anything. What is not strict JSON is an error without words, not a failure of this call.
	value, _ := kit.ParseJSON(string(body))
	kind := typeOf(request.Status)
	source := value
	if inner, isThere := value.Get("error"); isThere && inner.Kind() == kit.JSONObject {
		source = inner
		// On the outside, `type` says what kind of object it is.
		if said, isSaid := textOf(inner, "type"); isSaid {
			kind = said
		}
	}
	normal := kit.JSONOfMembers(
		kit.Entry[kit.JSON]{Key: "type", Value: kit.JSONOfText("error")},
		kit.Entry[kit.JSON]{Key: "error", Value: kit.JSONOfMembers(
			kit.Entry[kit.JSON]{Key: "type", Value: kit.JSONOfText(kind)},
			kit.Entry[kit.JSON]{Key: "message", Value: kit.JSONOfText(messageOf(value, source))},
			kit.Entry[kit.JSON]{Key: "status", Value: kit.JSONOfUnsigned(uint64(request.Status))},
		)},
	).String()
	if normal != string(body) {
		response.BodyBase64 = kit.Pointer(kit.EncodeBase64([]byte(normal)))
	}
	return response, nil
}

// messageOf looks where upstreams put their words: `message`, `detail` or `error`. A page of HTML is not for clients.
func messageOf(whole, source kit.JSON) string {
	if message, isThere := textOf(source, "message"); isThere {
		return message
	}
	if detail, isThere := textOf(source, "detail"); isThere {
		return detail
	}
	if reason, isThere := textOf(whole, "error"); isThere {
		return reason
	}
	return "the upstream gave no reason"
}

func textOf(object kit.JSON, key string) (string, bool) {
	value, _ := object.Get(key)
	return value.Text()
}

func typeOf(status uint32) string {
	switch status {
	case 401:
		return "authentication_error"
	case 403:
		return "permission_error"
	case 404:
		return "not_found_error"
	case 413:
		return "request_too_large"
	case 429:
		return "rate_limit_error"
	case 529:
		return "overloaded_error"
	}
	if status < 500 {
		return "invalid_request_error"
	}
	return "api_error"
}
