package kit

// placeAt returns the place where a JSON text ends, such as `request.candidates[2].name`. The text before it is well-formed.
func placeAt(root string, before string) string {
	type level struct {
		isList bool
		index  int
		key    string
		// The place is in a value of this level, not between two values.
		isInside bool
	}
	var levels []level
	for at := 0; at < len(before); at++ {
		top := len(levels) - 1
		switch before[at] {
		case '{':
			levels = append(levels, level{})
		case '[':
			levels = append(levels, level{isList: true, isInside: true})
		case '}', ']':
			levels = levels[:top]
			if top > 0 {
				levels[top-1].isInside = false
			}
		case ',':
			levels[top].index++
			levels[top].isInside = levels[top].isList
		case ':':
			levels[top].isInside = true
		case ' ', '\n', '\r', '\t':
		case '"':
			end := at + 1
			for end < len(before) && before[end] != '"' {
				if before[end] == '\\' {
					end++
				}
				end++
			}
			if top >= 0 && !levels[top].isList && !levels[top].isInside {
				levels[top].key = before[at+1 : min(end, len(before))]
			} else if top >= 0 {
				levels[top].isInside = false
			}
			at = end
		default:
			for at+1 < len(before) && isOfWord(before[at+1]) {
				at++
			}
			if top >= 0 {
				levels[top].isInside = false
			}
		}
	}
	place := root
	for _, each := range levels {
		if each.isInside && each.isList {
			place += "[" + string(appendUnsigned(nil, uint64(each.index))) + "]"
		} else if each.isInside && isName(each.key) {
			place += "." + each.key
		} else if each.isInside {
			place += "[" + showText(each.key) + "]"
		}
	}
	return place
}

func isOfWord(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '.' || c == '+' || c == '-'
}

func isName(key string) bool {
	for at := 0; at < len(key); at++ {
		c := key[at]
		if c != '_' && !(c|0x20 >= 'a' && c|0x20 <= 'z') && !(at > 0 && c >= '0' && c <= '9') {
			return false
		}
	}
	return key != "" && len(key) <= longestShown
}

const longestShown = 64

// showText quotes a key for an error. Long keys are cut.
func showText(text string) string {
	if len(text) > longestShown {
		end := longestShown
		for end > 0 && text[end]&0xc0 == 0x80 {
			end--
		}
		text = text[:end] + "…"
	}
	var w writer
	w.writeText(text)
	return string(w.out)
}
