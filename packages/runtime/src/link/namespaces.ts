import { RESERVED_PREFIX } from '../metering/reserved-names.ts';
import { KERNEL_NAMESPACE, WASI_NAMESPACE } from './extism-link.ts';

/** The namespace of the protocol's host functions, and the default namespace of your own. */
export const USER_NAMESPACE = 'extism:host/user';

/** Namespaces that the sandbox serves itself. Names that begin with `RESERVED_PREFIX` are reserved too. */
const RESERVED_NAMESPACES: ReadonlySet<string> = new Set<string>([KERNEL_NAMESPACE, WASI_NAMESPACE]);

/**
 * Returns whether a namespace or a module may have this name. Extism keeps them in plain objects, in which a name such as
 * `constructor` would find a built-in function of the host.
 */
export const isFreeNamespace = (name: unknown): name is string =>
  typeof name === 'string' &&
  name !== '' &&
  !name.startsWith(RESERVED_PREFIX) &&
  !RESERVED_NAMESPACES.has(name) &&
  !(name in Object.prototype);
