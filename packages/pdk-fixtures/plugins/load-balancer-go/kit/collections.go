package kit

// Entry is a key of a Map and its value.
type Entry[T any] struct {
	Key   string
	Value T
}

// Map is an object with keys that the contract does not name, in the order of the JSON. Keys are unique.
type Map[T any] []Entry[T]

// Get returns the value of a key, and whether the key exists.
func (m Map[T]) Get(key string) (value T, isThere bool) {
	for at := range m {
		if m[at].Key == key {
			return m[at].Value, true
		}
	}
	return value, false
}

// Set sets the value of a key. A new key is added at the end.
func (m *Map[T]) Set(key string, value T) {
	for at := range *m {
		if (*m)[at].Key == key {
			(*m)[at].Value = value
			return
		}
	}
	*m = append(*m, Entry[T]{key, value})
}

// Optional is a key that may be missing, null or present. Value is a pointer, which is nil for null.
type Optional[T any] struct {
	IsPresent bool
	Value     T
}

// Present returns an Optional that is present.
func Present[T any](value T) Optional[T] { return Optional[T]{true, value} }

// Pointer returns a pointer to a value, for keys that may be null or missing.
func Pointer[T any](value T) *T { return &value }

func readList[T any](r *reader, v *[]T, read func(*reader, *T)) {
	list := []T{}
	if !r.openList() {
		return
	}
	for r.nextItem() {
		if cap(list) == 0 {
			list = make([]T, 0, 4)
		}
		var empty T
		list = append(list, empty)
		read(r, &list[len(list)-1])
	}
	*v = list
}

func writeList[T any](w *writer, list []T, write func(*writer, *T)) {
	w.out = append(w.out, '[')
	for at := range list {
		if at > 0 {
			w.out = append(w.out, ',')
		}
		write(w, &list[at])
	}
	w.out = append(w.out, ']')
}

func readMap[T any](r *reader, v *Map[T], read func(*reader, *T)) {
	entries := Map[T]{}
	if !r.openObject() {
		return
	}
	keys := r.openKeys()
	for {
		key, isKey := r.nextKey()
		if !isKey {
			break
		}
		r.addKey(&keys, key)
		entries = append(entries, Entry[T]{Key: key})
		read(r, &entries[len(entries)-1].Value)
	}
	r.closeKeys(&keys)
	*v = entries
}

// checkKeys makes a reader or a writer fail if the keys of a map are wrong.
func checkKeys[T any](entries Map[T], known []string, isComplete bool) string {
	for _, entry := range entries {
		if !contains(known, entry.Key) {
			return "unknown key " + showText(entry.Key)
		}
	}
	for _, key := range known {
		if _, isThere := entries.Get(key); isComplete && !isThere {
			return "missing key " + showText(key)
		}
	}
	return ""
}

func contains(list []string, text string) bool {
	for _, each := range list {
		if each == text {
			return true
		}
	}
	return false
}

// readMapOf reads a map that may have only these keys. If it is complete, it must have all of them.
func readMapOf[T any](r *reader, v *Map[T], known []string, isComplete bool, read func(*reader, *T)) {
	r.begin()
	start := r.start
	readMap(r, v, read)
	if r.failure == "" {
		if wrong := checkKeys(*v, known, isComplete); wrong != "" {
			r.start = start
			r.fail(wrong)
		}
	}
}

func writeMap[T any](w *writer, entries Map[T], write func(*writer, *T)) {
	if isRepeated(entries) {
		w.fail(repeatedKey)
		return
	}
	w.openObject()
	for at := range entries {
		w.separate()
		w.writeText(entries[at].Key)
		w.out = append(w.out, ':')
		write(w, &entries[at].Value)
	}
	w.closeObject()
}

func writeMapOf[T any](w *writer, entries Map[T], known []string, isComplete bool, write func(*writer, *T)) {
	if wrong := checkKeys(entries, known, isComplete); wrong != "" {
		w.fail(wrong)
		return
	}
	writeMap(w, entries, write)
}

func isRepeated[T any](entries Map[T]) bool {
	var r reader
	keys := r.openKeys()
	for at := range entries {
		r.addKey(&keys, entries[at].Key)
	}
	return r.failure != ""
}

// readPresent reads a value into a new pointer.
func readPresent[T any](r *reader, v **T, read func(*reader, *T)) {
	value := new(T)
	read(r, value)
	*v = value
}

func readNullable[T any](r *reader, v **T, read func(*reader, *T)) {
	if r.begin() == 'n' {
		r.readNull()
		*v = nil
		return
	}
	readPresent(r, v, read)
}

func readOptionalNullable[T any](r *reader, v *Optional[*T], read func(*reader, *T)) {
	v.IsPresent = true
	readNullable(r, &v.Value, read)
}

func writeNullable[T any](w *writer, value *T, write func(*writer, *T)) {
	if value == nil {
		w.raw("null")
		return
	}
	write(w, value)
}

// needItem moves to the next item of a list that needs at least this many items.
func (r *reader) needItem(count int) bool {
	if r.nextItem() {
		return true
	}
	r.start = max(r.at-1, 0)
	r.fail("expected " + string(appendUnsigned(nil, uint64(count))) + " items")
	return false
}

// endItems closes a list that may have at most this many items.
func (r *reader) endItems(count int) {
	if r.nextItem() {
		r.begin()
		r.fail("expected no more than " + string(appendUnsigned(nil, uint64(count))) + " items")
	}
}

// readItems reads the rest of a list.
func readItems[T any](r *reader, v *[]T, read func(*reader, *T)) {
	for r.nextItem() {
		var empty T
		*v = append(*v, empty)
		read(r, &(*v)[len(*v)-1])
	}
}

// writeItems writes the rest of a list.
func writeItems[T any](w *writer, list []T, write func(*writer, *T)) {
	for at := range list {
		w.separate()
		write(w, &list[at])
	}
}
