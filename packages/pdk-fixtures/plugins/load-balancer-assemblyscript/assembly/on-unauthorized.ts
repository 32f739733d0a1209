import { ascii, Bytes } from '../../shared/assembly/bytes';
import { fail } from '../../shared/assembly/failure';
import { Fields } from '../../shared/assembly/json-object';
import { Value } from '../../shared/assembly/json-value';
import { Writer } from '../../shared/assembly/json-writer';
import { Message } from '../../shared/assembly/message';
import { SignerState } from './signer-state';

class UpstreamError {
  constructor(
    public status: u64,
    public bodyBase64: Bytes | null,
    public category: Bytes,
  ) {}

  static read(fields: Fields): UpstreamError {
    const error = new UpstreamError(
      fields.any('status').upTo(0xffff),
      fields.textOrNull('body_base64'),
      fields.text('category'),
    );
    fields.end();
    const category = error.category;
    if (!category.is('unauthorized') && !category.is('retryable') && !category.is('failed')) {
      fail('an unknown category');
    }
    return error;
  }

  write(to: Writer): void {
    to.key('error');
    to.open('{');
    to.key('status');
    to.count(this.status);
    to.key('body_base64');
    to.textOrNull(this.bodyBase64);
    to.key('category');
    to.text(this.category);
    to.close('}');
  }
}

export class OnUnauthorizedRequest extends Message {
  constructor(
    public error: UpstreamError,
    public signerState: Value,
  ) {
    super();
  }

  static read(fields: Fields): OnUnauthorizedRequest {
    const error = UpstreamError.read(fields.fields('error'));
    const signerState = fields.any('signer_state');
    fields.end();
    return new OnUnauthorizedRequest(error, signerState);
  }

  writeMembers(to: Writer): void {
    this.error.write(to);
    to.key('signer_state');
    to.json(this.signerState.json);
  }
}

export class OnUnauthorizedResponse extends Message {
  constructor(
    public decision: Bytes,
    public signerState: Value,
  ) {
    super();
  }

  static read(fields: Fields): OnUnauthorizedResponse {
    const response = new OnUnauthorizedResponse(fields.text('decision'), fields.any('signer_state'));
    fields.end();
    return response;
  }

  writeMembers(to: Writer): void {
    to.key('decision');
    to.text(this.decision);
    to.key('signer_state');
    to.json(this.signerState.json);
  }
}

export class NextSigner extends Message {
  constructor(
    public decision: Bytes,
    public state: SignerState,
  ) {
    super();
  }

  writeMembers(to: Writer): void {
    to.key('decision');
    to.text(this.decision);
    this.state.write(to);
  }
}

/** Refreshes with the next key as long as there is one. What is no matter of the signature is given up. */
export function refreshSigner(request: OnUnauthorizedRequest): NextSigner {
  const state = SignerState.read(request.signerState);
  const isRefused = request.error.category.is('unauthorized');
  if (!isRefused || state.counter + 1 >= <u64>state.keys.length)
    return new NextSigner(ascii('give_up'), state);
  return new NextSigner(ascii('refresh'), new SignerState(state.keys, state.counter + 1));
}
