import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The file that a module would get for a package; `undefined` if it would get none. */
export const findPackage = (name: string, from: string | URL): string | undefined => {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
};

/** Runs in a thread of Node’s own, so it is text: what is imported by one of these names is ours. */
const HOOKS = `
let urls = {};
export const initialize = (given) => { urls = given; };
export const resolve = (name, context, next) =>
  Object.hasOwn(urls, name) ? { url: urls[name], format: 'module', shortCircuit: true } : next(name, context);
`;

let isRegistered = false;

/**
 * Lets packages in `node_modules` that import one of these names share the copies of this command. Does nothing where a module at `from`
 * gets the same copies anyway, as it does where the command is installed beside them.
 */
export const sharePackages = (names: readonly string[], from: string): void => {
  const copies = names.map((name) => [name, findPackage(name, import.meta.url)] as const);
  const differs = copies.some(([name, own]) => {
    const theirs = findPackage(name, from);
    return theirs !== undefined && theirs !== own;
  });
  if (!differs || isRegistered) return;
  isRegistered = true;
  const data = Object.fromEntries(
    copies.flatMap(([name, own]) => (own === undefined ? [] : [[name, pathToFileURL(own).href]])),
  );
  register(`data:text/javascript,${encodeURIComponent(HOOKS)}`, { data });
};
