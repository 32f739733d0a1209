package balancer

import "load-balancer-go/kit"

// NormalizeError converts every error to one shape: `{"type":"error","error":{"type":…,"message":…,"status":…}}`. It returns null if the
// response is not an error, or has exactly that shape already.
func (Balancer) NormalizeError(request kit.NormalizeErrorRequest) (kit.NormalizeErrorResponse, error) {
	var response kit.NormalizeErrorResponse
	body, err := kit.DecodeBase64(request.BodyBase64)
	if err != nil || request.Status < 400 {
		return response, err
	}
	// An upstream may send anything. A body that is not strict JSON is an error without a message, not a failure of this call.
	value, _ := kit.ParseJSON(string(body))
	kind := typeOf(request.Status)
	source := value
	if inner, isThere := value.Get("error"); isThere && inner.Kind() == kit.JSONObject {
		source = inner
		// In the outermost object, `type` is the kind of the object.
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

// messageOf looks for the message of an upstream in `message`, `detail` or `error`. HTML pages are not passed to clients.
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
