import { empty } from '../../shared/assembly/bytes';
import { configured } from '../../shared/assembly/call';
import { fail } from '../../shared/assembly/failure';
import { Fields } from '../../shared/assembly/json-object';
import { Value } from '../../shared/assembly/json-value';
import { Writer } from '../../shared/assembly/json-writer';
import { Message } from '../../shared/assembly/message';
import { readUpstream, writeUpstream } from './shapes';
import { checkKey, SignerState, SigningKey } from './signer-state';

export class BuildSignerRequest extends Message {
  constructor(public factoryState: Value) {
    super();
  }

  static read(fields: Fields): BuildSignerRequest {
    readUpstream(fields);
    const factoryState = fields.any('factory_state');
    fields.end();
    return new BuildSignerRequest(factoryState);
  }

  writeMembers(to: Writer): void {
    writeUpstream(to);
    to.key('factory_state');
    to.json(this.factoryState.json);
  }
}

/** On the wire a signer's state is any JSON; whoever uses it reads it further. */
export class BuildSignerResponse extends Message {
  constructor(public signerState: Value) {
    super();
  }

  static read(fields: Fields): BuildSignerResponse {
    const signerState = fields.any('signer_state');
    fields.end();
    return new BuildSignerResponse(signerState);
  }

  writeMembers(to: Writer): void {
    to.key('signer_state');
    to.json(this.signerState.json);
  }
}

export class NewSigner extends Message {
  constructor(public state: SignerState) {
    super();
  }

  writeMembers(to: Writer): void {
    this.state.write(to);
  }
}

/** Takes the keys from `{"keys":[{"key_id","key_base64"},…]}`; from `{}`, the one key that the operator configured. */
export function buildSigner(request: BuildSignerRequest): NewSigner {
  const fields = new Fields(request.factoryState);
  const given = fields.optional('keys');
  fields.end();
  return new NewSigner(new SignerState(given === null ? configuredKeys() : SigningKey.readList(given), 0));
}

function configuredKeys(): SigningKey[] {
  const id = configured('signing_key_id');
  const key = configured('signing_key_base64');
  if (id === null || key === null) fail('no key: neither factory_state nor the configuration has one');
  const signingKey = new SigningKey(id === null ? empty() : id, key === null ? empty() : key);
  checkKey(signingKey);
  return [signingKey];
}
