import { RESERVED_PREFIX } from '../metering/reserved-names.ts';
import { KERNEL_NAMESPACE, WASI_NAMESPACE } from './extism-link.ts';

/** Where the protocol's own functions are, and others by default. */
export const USER_NAMESPACE = 'extism:host/user';

/** What a guest's namespaces may not be called, since the sandbox serves them itself; nor what begins as our own names do. */
const RESERVED_NAMESPACES: ReadonlySet<string> = new Set<string>([KERNEL_NAMESPACE, WASI_NAMESPACE]);

/**
 * Whether a namespace or a module may be called so. Extism keeps them in plain objects, where a name such as `constructor`
 * would reach the host's own.
 */
export const isFreeNamespace = (name: unknown): name is string =>
  typeof name === 'string' &&
  name !== '' &&
  !name.startsWith(RESERVED_PREFIX) &&
  !RESERVED_NAMESPACES.has(name) &&
  !(name in Object.prototype);
