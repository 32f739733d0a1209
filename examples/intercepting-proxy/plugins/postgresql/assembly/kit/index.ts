// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// The module that a plugin imports: `import { fail, text, … } from './kit';`

export * from './host';
export * from './types';
export { decodeBase64, encodeBase64 } from './runtime/base64';
export { Builder } from './runtime/builder';
export { Bytes } from './runtime/bytes';
export { Entries } from './runtime/entries';
export { config, setVariable, variable } from './runtime/environment';
export { fail, forgetFailure, hasFailed } from './runtime/failure';
export { Json, JsonKind } from './runtime/json';
export { Writer } from './runtime/json-writer';
export { log, LogLevel } from './runtime/log';
export { Null, Some, some } from './runtime/some';
export { text, Text } from './runtime/text';
