import protobuf, {
  type Enum as ProtoEnum,
  type Field as ProtoField,
  type MapField as ProtoMapField,
  type Method as ProtoMethod,
  type OneOf as ProtoOneOf,
  type Root as ProtoRoot,
  type Service as ProtoService,
  type Type as ProtoType,
} from 'protobufjs';

/** The reflection of protobufjs. Node finds only the default export of that module. */
export const { Enum, MapField, Root, Service, Type } = protobuf;

export type Enum = ProtoEnum;
export type Field = ProtoField;
export type MapField = ProtoMapField;
export type Method = ProtoMethod;
export type OneOf = ProtoOneOf;
export type Root = ProtoRoot;
export type Service = ProtoService;
export type Type = ProtoType;

/** Parses the text of a `.proto` without imports, and keeps its field names. Throws the errors of protobufjs. */
export const parseProto = (text: string): Root => {
  const { root } = protobuf.parse(text, { keepCase: true });
  root.resolveAll();
  return root;
};
