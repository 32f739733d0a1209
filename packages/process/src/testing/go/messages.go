package main

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

type kind = descriptorpb.FieldDescriptorProto_Type

const (
	asText  = descriptorpb.FieldDescriptorProto_TYPE_STRING
	asBytes = descriptorpb.FieldDescriptorProto_TYPE_BYTES
	asInt64 = descriptorpb.FieldDescriptorProto_TYPE_INT64
	asU32   = descriptorpb.FieldDescriptorProto_TYPE_UINT32
)

type member struct {
	name string
	kind kind
}

// The fields of the messages of go-plugin's examples. They are numbered from 1.
var file = describe(map[string][]member{
	"Empty":         {},
	"GetRequest":    {{"key", asText}},
	"GetResponse":   {{"value", asBytes}},
	"PutRequest":    {{"key", asText}, {"value", asBytes}},
	"CountRequest":  {{"add_server", asU32}, {"key", asText}, {"value", asInt64}},
	"CountResponse": {{"value", asInt64}},
	"SumRequest":    {{"a", asInt64}, {"b", asInt64}},
	"SumResponse":   {{"r", asInt64}},
	"ReadChunk":     {{"read_bytes", asBytes}},
	"WriteChunk":    {{"bytes_to_write", asBytes}},
})

func describe(messages map[string][]member) protoreflect.FileDescriptor {
	described := &descriptorpb.FileDescriptorProto{
		Name: proto.String("messages.proto"), Package: proto.String("messages"), Syntax: proto.String("proto3"),
	}
	for name, members := range messages {
		message := &descriptorpb.DescriptorProto{Name: proto.String(name)}
		for at, each := range members {
			message.Field = append(message.Field, &descriptorpb.FieldDescriptorProto{
				Name:   proto.String(each.name),
				Number: proto.Int32(int32(at + 1)),
				Type:   each.kind.Enum(),
				Label:  descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
			})
		}
		described.MessageType = append(described.MessageType, message)
	}
	made, err := protodesc.NewFile(described, protoregistry.GlobalFiles)
	if err != nil {
		panic(err)
	}
	return made
}

func message(name string) *dynamicpb.Message {
	return dynamicpb.NewMessage(file.Messages().ByName(protoreflect.Name(name)))
}

func field(m *dynamicpb.Message, name string) protoreflect.FieldDescriptor {
	return m.Descriptor().Fields().ByName(protoreflect.Name(name))
}

func text(m *dynamicpb.Message, name string) string { return m.Get(field(m, name)).String() }

func set(m *dynamicpb.Message, name string, value interface{}) {
	m.Set(field(m, name), protoreflect.ValueOf(value))
}
