package kit

import "errors"

// function is a function that the plugin implements. Versions are in ascending order.
type function struct {
	name     string
	versions []uint32
}

// CapabilityChooser is a Plugin whose required capabilities depend on its configuration. The handshake calls it with the capabilities of
// the host. It returns those that the plugin requires, out of those that the kit was generated with. An error rejects the host.
type CapabilityChooser interface {
	RequiredCapabilities(granted []string) ([]string, error)
}

type offer struct {
	functions    []function
	capabilities []string
}

// answerHandshake answers the host's offer with the highest common version of each function.
func answerHandshake(r *reader, w *writer) error {
	var offered offer
	readAll(r, &offered, readOffer)
	if r.failure != "" {
		return errors.New(r.describeFailure("offer"))
	}
	required := requiredCapabilities
	if chooser, isChooser := plugin.(CapabilityChooser); isChooser {
		chosen, err := chooser.RequiredCapabilities(offered.capabilities)
		if err != nil {
			return err
		}
		required = chosen
	}
	w.raw(`{"handshake_schema_version":1,"envelope_version":1,"chosen_versions":{`)
	for _, each := range functions {
		if version := highestCommon(each.versions, offered.versionsOf(each.name)); version != 0 {
			w.separate()
			w.writeText(each.name)
			w.raw(":")
			w.out = appendUnsigned(w.out, uint64(version))
		}
	}
	w.raw(`},"plugin_supported":{`)
	for _, each := range functions {
		if offered.versionsOf(each.name) != nil {
			w.separate()
			w.writeText(each.name)
			w.raw(":")
			writeList(w, each.versions, func(w *writer, v *uint32) { w.out = appendUnsigned(w.out, uint64(*v)) })
		}
	}
	w.raw(`},"implemented_functions":[`)
	for _, each := range functions {
		if offered.versionsOf(each.name) != nil {
			w.separate()
			w.writeText(each.name)
		}
	}
	w.raw(`],"required_capabilities":`)
	writeList(w, required, writeTextFrom)
	w.raw("}")
	return nil
}

func readOffer(r *reader, v *offer) {
	if !r.openObject() {
		return
	}
	seen := uint64(0)
	for {
		key, isKey := r.nextKey()
		if !isKey {
			break
		}
		switch key {
		case "handshake_schema_version":
			seen = r.once(seen, 1)
			r.readUnsigned(1, 1)
		case "envelope_version":
			seen = r.once(seen, 2)
			r.readUnsigned(1, 1)
		case "function_versions":
			seen = r.once(seen, 4)
			readOffered(r, &v.functions)
		case "host_capabilities":
			seen = r.once(seen, 8)
			readList(r, &v.capabilities, readTextTo)
		default:
			r.unknownKey(key)
		}
	}
	r.missingKey(seen, 7, []string{"handshake_schema_version", "envelope_version", "function_versions"})
}

func readOffered(r *reader, v *[]function) {
	var versions Map[[]uint32]
	readMap(r, &versions, func(r *reader, v *[]uint32) {
		readList(r, v, func(r *reader, v *uint32) { *v = uint32(r.readUnsigned(1, 65535)) })
	})
	for _, each := range versions {
		*v = append(*v, function{each.Key, each.Value})
	}
}

func (o *offer) versionsOf(name string) []uint32 {
	for _, each := range o.functions {
		if each.name == name {
			return each.versions
		}
	}
	return nil
}

// highestCommon returns the highest common version, or 0.
func highestCommon(own, offered []uint32) uint32 {
	highest := uint32(0)
	for _, version := range own {
		for _, each := range offered {
			if each == version && version > highest {
				highest = version
			}
		}
	}
	return highest
}
