import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type Method, Root, Service, type Type } from './protobuf.ts';

import { refuseBinding } from './bad-binding.ts';

/** The path of a `.proto` file, and the folders of its imports. */
export interface ProtoOptions {
  /** The path of the `.proto` file. */
  readonly proto: string | URL;
  /** Folders that are searched for imports, in addition to the folder of the file. */
  readonly importPaths?: readonly string[];
}

/** Reads a `.proto` file and its imports. Throws `PlugwireUsageError` `bad_binding`. */
export const loadProto = ({ proto, importPaths = [] }: ProtoOptions, place: string): Root => {
  const file = proto instanceof URL ? fileURLToPath(proto) : resolve(proto);
  if (!existsSync(file))
    return refuseBinding(
      place,
      `the file ${file} does not exist: expected the path of a .proto. Check the path.`,
    );
  const root = new Root();
  root.resolvePath = (origin, target) => {
    if (isAbsolute(target)) return target;
    const folders = [...(origin === '' ? [] : [dirname(origin)]), dirname(file), ...importPaths];
    return folders.map((folder) => resolve(join(folder, target))).find((path) => existsSync(path)) ?? target;
  };
  try {
    // Keeps the field names of the file instead of converting them to camel case.
    root.loadSync(file, { keepCase: true });
    root.resolveAll();
    return root;
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    return refuseBinding(
      place,
      `${file} cannot be read as a .proto (${reason}): correct it, or add importPaths.`,
    );
  }
};

/** A method of a service, with its messages. */
export interface ProtoMethod {
  /** The path of the HTTP/2 request, such as `/proto.KV/Get`. */
  readonly path: string;
  readonly requestType: Type;
  readonly responseType: Type;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

/** Finds a service by its name, such as `proto.KV`. Throws `PlugwireUsageError` `bad_binding`. */
export const findService = (root: Root, name: string, place: string): Service => {
  const found = root.lookup(name, [Service]);
  if (found instanceof Service) return found;
  return refuseBinding(
    place,
    `the .proto has no service ${name}: expected ${listServices(root).join(', ') || 'one'}.`,
  );
};

/** Finds a method by its name, such as `proto.KV/Get`. Throws `PlugwireUsageError` `bad_binding`. */
export const findMethod = (root: Root, name: string, place: string): ProtoMethod => {
  const [service = '', method = ''] = name.replace(/^\//, '').split('/');
  if (method === '')
    return refuseBinding(
      place,
      `method is ${JSON.stringify(name)}: expected a service and a method, such as "proto.KV/Get".`,
    );
  return methodOf(findService(root, service, place), method, place);
};

/** Returns a method of a service. Throws `PlugwireUsageError` `bad_binding`. */
export const methodOf = (service: Service, name: string, place: string): ProtoMethod => {
  const method = service.methods[name]?.resolve() as Method | undefined;
  if (method === undefined)
    return refuseBinding(
      place,
      `the service ${service.name} has no method ${name}: expected one of ${Object.keys(service.methods).join(', ')}.`,
    );
  return {
    path: `/${service.fullName.replace(/^\./, '')}/${name}`,
    requestType: method.resolvedRequestType as Type,
    responseType: method.resolvedResponseType as Type,
    requestStream: method.requestStream === true,
    responseStream: method.responseStream === true,
  };
};

const listServices = (root: Root): readonly string[] => {
  const names: string[] = [];
  const visit = (space: { readonly nestedArray: readonly unknown[] }): void => {
    for (const each of space.nestedArray) {
      if (each instanceof Service) names.push(each.fullName.replace(/^\./, ''));
      else if (each !== null && typeof each === 'object' && 'nestedArray' in each)
        visit(each as typeof space);
    }
  };
  visit(root);
  return names;
};
