/** The name of a function, at most 64 bytes (protocol §2). */
const SNAKE_NAME = /^[a-z][a-z0-9_]*$/;
/** The name of a capability: such names joined by colons, at most 64 bytes in total (protocol §2). */
const CAPABILITY_NAME = /^[a-z][a-z0-9_]*(?::[a-z][a-z0-9_]*)*$/;
/** The name of a plugin: like a function's, but dashes are allowed; at most 64 bytes (protocol §1). */
const PLUGIN_NAME = /^[a-z][a-z0-9_-]*$/;
const NAME_BYTES = 64;

/** Exports that the host uses itself. A function cannot have one of these names. */
const RESERVED_EXPORTS: ReadonlySet<string> = new Set(['memory', 'hs_init']);
const RESERVED_PREFIX = 'cc_lb_';

/** Whether `text` is a valid name of a wire function: `^[a-z][a-z0-9_]*$`, at most 64 bytes, and not a reserved export. Never throws. */
export const isFunctionName = (text: unknown): text is string =>
  isSnakeName(text) && !RESERVED_EXPORTS.has(text) && !text.startsWith(RESERVED_PREFIX);

/** Whether `text` is a valid name of a capability: snake case parts joined by colons, such as `http:read`, at most 64 bytes. Never throws. */
export const isCapabilityName = (text: unknown): text is string =>
  typeof text === 'string' && text.length <= NAME_BYTES && CAPABILITY_NAME.test(text);

/** Whether `text` is a valid name of a plugin: `^[a-z][a-z0-9_-]*$`, at most 64 bytes. Never throws. */
export const isPluginName = (text: unknown): text is string =>
  typeof text === 'string' && text.length <= NAME_BYTES && PLUGIN_NAME.test(text);

/**
 * Makes a text from a plugin safe to show in a message. Returns it in quotes if it is a valid name of a capability or plugin. Other texts
 * are replaced by a fixed phrase, so that a plugin cannot write arbitrary text to a log.
 *
 * @example
 * showName('http:read'); // '"http:read"'
 * showName('see my blog!'); // '(invalid name)'
 */
export const showName = (text: string): string =>
  isCapabilityName(text) || isPluginName(text) ? `"${text}"` : '(invalid name)';

const isSnakeName = (text: unknown): text is string =>
  typeof text === 'string' && text.length <= NAME_BYTES && SNAKE_NAME.test(text);
