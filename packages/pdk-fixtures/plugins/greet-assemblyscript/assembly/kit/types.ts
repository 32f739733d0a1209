// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// The types of the contract. Write objects as literals: `return { text: request.name };`.

import { Text } from './runtime/text';

export class GreetRequest {
  name!: Text;
}

export class GreetResponse {
  text!: Text;
}
