/** A function: `^[a-z][a-z0-9_]*$`, at most 64 bytes (protocol §2). */
const SNAKE_NAME = /^[a-z][a-z0-9_]*$/;
/** A capability: such names, joined by colons, at most 64 bytes in all (protocol §2). */
const CAPABILITY_NAME = /^[a-z][a-z0-9_]*(?::[a-z][a-z0-9_]*)*$/;
/** A plugin: the same with dashes, 1 to 64 bytes (protocol §1). */
const PLUGIN_NAME = /^[a-z][a-z0-9_-]*$/;
const NAME_BYTES = 64;

/** Exports that mean something to the host already, so that no function may be called so. */
const RESERVED_EXPORTS: ReadonlySet<string> = new Set(['memory', 'hs_init']);
const RESERVED_PREFIX = 'cc_lb_';

/** Whether `text` is a name for a wire function: snake case, at most 64 bytes, no reserved export. */
export const isFunctionName = (text: unknown): text is string =>
  isSnakeName(text) && !RESERVED_EXPORTS.has(text) && !text.startsWith(RESERVED_PREFIX);

/** Whether `text` is a name for a capability: snake case, in parts that colons join, at most 64 bytes, such as `http:read`. */
export const isCapabilityName = (text: unknown): text is string =>
  typeof text === 'string' && text.length <= NAME_BYTES && CAPABILITY_NAME.test(text);

/** Whether `text` is a name for a plugin: `^[a-z][a-z0-9_-]*$`, at most 64 bytes. */
export const isPluginName = (text: unknown): text is string =>
  typeof text === 'string' && text.length <= NAME_BYTES && PLUGIN_NAME.test(text);

/**
 * Text that a plugin supplied, made fit for a message: shown where it has the form of a name, hidden otherwise, because
 * free text could carry anything into a log.
 */
export const showName = (text: string): string =>
  isCapabilityName(text) || isPluginName(text) ? `"${text}"` : 'a name that fits no pattern';

const isSnakeName = (text: unknown): text is string =>
  typeof text === 'string' && text.length <= NAME_BYTES && SNAKE_NAME.test(text);
