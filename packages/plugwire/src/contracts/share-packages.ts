import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Returns the file that a package name resolves to from a module, or `undefined` if it does not resolve. */
export const findPackage = (name: string, from: string | URL): string | undefined => {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
};

/** Resolves each of the given names to the URL of this command’s copy. It is text because Node runs such hooks in a separate thread. */
const HOOKS = `
let urls = {};
export const initialize = (given) => { urls = given; };
export const resolve = (name, context, next) =>
  Object.hasOwn(urls, name) ? { url: urls[name], format: 'module', shortCircuit: true } : next(name, context);
`;

let isRegistered = false;

/**
 * Makes packages in `node_modules` that import one of these names share the copies of this command. Does nothing if a module at `from`
 * resolves the names to the same copies already, which is the case if the command is installed beside them.
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
