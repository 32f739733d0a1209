// The smallest whole plugin on the shared library: `greet` version 1, {"name"} to {"text"}.

import { ascii, Builder, Bytes } from '../../shared/assembly/bytes';
import { hasFailed } from '../../shared/assembly/failure';
import { answerHandshake } from '../../shared/assembly/handshake';
import { Fields } from '../../shared/assembly/json-object';
import { Writer } from '../../shared/assembly/json-writer';
import { endRequest, isWrittenAs, Message, openObject, openRequest } from '../../shared/assembly/message';
import { answerSelfCheck, Verdict } from '../../shared/assembly/self-check';

const FUNCTIONS: StaticArray<string> = ['greet'];
const CAPABILITIES: StaticArray<string> = [];

class GreetRequest extends Message {
  constructor(public name: Bytes) {
    super();
  }

  static read(fields: Fields): GreetRequest {
    const request = new GreetRequest(fields.text('name'));
    fields.end();
    return request;
  }

  writeMembers(to: Writer): void {
    to.key('name');
    to.text(this.name);
  }
}

class GreetResponse extends Message {
  constructor(public text: Bytes) {
    super();
  }

  static read(fields: Fields): GreetResponse {
    const response = new GreetResponse(fields.text('text'));
    fields.end();
    return response;
  }

  writeMembers(to: Writer): void {
    to.key('text');
    to.text(this.text);
  }
}

const SAMPLE_REQUEST = '{"name":"Ada"}';
const SAMPLE_RESPONSE = '{"text":"hello, Ada"}';

function checkSamples(name: Bytes): Verdict {
  if (!name.is('greet')) return Verdict.success;
  if (!isWrittenAs(GreetRequest.read(openObject(ascii(SAMPLE_REQUEST))), SAMPLE_REQUEST))
    return Verdict.requestDiffers;
  const response = GreetResponse.read(openObject(ascii(SAMPLE_RESPONSE)));
  return isWrittenAs(response, SAMPLE_RESPONSE) ? Verdict.success : Verdict.responseDiffers;
}

export function cc_lb_handshake(): i32 {
  return answerHandshake(FUNCTIONS, CAPABILITIES);
}

export function cc_lb_self_check(): i32 {
  return answerSelfCheck(checkSamples);
}

export function greet(): i32 {
  const request = GreetRequest.read(openRequest());
  if (hasFailed()) return endRequest(null);
  const text = new Builder(request.name.length + 16);
  text.literal('hello, ');
  text.bytes(request.name);
  return endRequest(new GreetResponse(text.done()), request.name.length + 64);
}
