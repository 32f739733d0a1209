import { BuildSignerRequest, BuildSignerResponse, config, fail, text } from '../kit';
import { checkKey, membersOf, SignerState, SigningKey, take } from './signer-state';

/** Takes the keys from `{"keys":[{"key_id","key_base64"},…]}`. If the state is `{}`, takes the key that the operator configured. */
export function buildSigner(request: BuildSignerRequest): BuildSignerResponse {
  const given = membersOf(request.factoryState, 1);
  const keys = given.length == 0 ? configuredKeys() : SigningKey.readList(take(given, 'keys'));
  return { signerState: new SignerState(keys, 0).toJson() };
}

function configuredKeys(): SigningKey[] {
  const id = config('signing_key_id');
  const key = config('signing_key_base64');
  if (id === null || key === null) fail('no key: neither factory_state nor the configuration has one');
  const signingKey = new SigningKey(id === null ? text('') : id, key === null ? text('') : key);
  checkKey(signingKey);
  return [signingKey];
}
