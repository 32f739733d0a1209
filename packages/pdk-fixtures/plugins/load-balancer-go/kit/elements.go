package kit

// Functions that read and write the elements of lists and maps.

func readTextTo(r *reader, v *string)     { *v = r.readText() }
func readBoolTo(r *reader, v *bool)       { *v = r.readBool() }
func readNumberTo(r *reader, v *float64)  { *v = r.readNumber() }
func readJSONTo(r *reader, v *JSON)       { *v = r.readJSON() }
func readJSONObjectTo(r *reader, v *JSON) { *v = r.readJSONObject() }

func writeTextFrom(w *writer, v *string)     { w.writeText(*v) }
func writeBoolFrom(w *writer, v *bool)       { w.writeBool(*v) }
func writeNumberFrom(w *writer, v *float64)  { w.writeNumber(*v) }
func writeJSONFrom(w *writer, v *JSON)       { w.writeJSON(*v) }
func writeJSONObjectFrom(w *writer, v *JSON) { w.writeJSONObject(*v) }
