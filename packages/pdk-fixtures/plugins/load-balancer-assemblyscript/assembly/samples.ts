import { ascii, Bytes } from '../../shared/assembly/bytes';
import { Fields } from '../../shared/assembly/json-object';
import { isWrittenAs, openObject } from '../../shared/assembly/message';
import { Verdict } from '../../shared/assembly/self-check';
import { BuildSignerRequest, BuildSignerResponse } from './build-signer';
import { FilterRequest, FilterResponse } from './filter';
import { NormalizeErrorRequest, NormalizeErrorResponse } from './normalize-error';
import { ObserveRequest, ObserveResponse } from './observe';
import { OnUnauthorizedRequest, OnUnauthorizedResponse } from './on-unauthorized';
import { ShapeRequest, ShapeResponse } from './shape';
import { SignRequest, SignResponse } from './sign';

// The dry-run samples of `@plugwire/wire/load-balancer`; a test holds them together.
const FILTER_REQUEST =
  '{"request_id":"r-1","headers":[{"name":"accept","value_base64":"Ki8q"}],"method":"POST","path":"/v1/messages","query":null,"body_base64":"","principal":{"id":"someone","kind":"user","claims":{}},"candidates":[{"upstream_id":"00000000-0000-4000-8000-000000000001","name":"one","kind":"anthropic_direct","observed_rate_limits":[],"subscription_quotas":[],"observed_at_unix_secs":1}]}';
const FILTER_RESPONSE =
  '{"results":[{"upstream_id":"00000000-0000-4000-8000-000000000001","decision":"accept","reason":"only one"}]}';
const SHAPE_REQUEST =
  '{"request":{"request_id":"r-1","headers":[{"name":"accept","value_base64":"Ki8q"}],"method":"POST","path":"/v1/messages","query":null,"body_base64":""},"upstream":{"kind":"anthropic_direct"},"principal":{"id":"someone","kind":"user","claims":{}}}';
const SHAPE_RESPONSE = '{"url":"https://upstream.example/v1","method":"POST","headers":[],"body_base64":""}';
const BUILD_SIGNER_REQUEST = '{"upstream":{"kind":"anthropic_direct"},"factory_state":{}}';
const BUILD_SIGNER_RESPONSE = '{"signer_state":{}}';
const SIGN_REQUEST =
  '{"shaped":{"url":"https://upstream.example/v1","method":"POST","headers":[],"body_base64":""},"signer_state":{}}';
const SIGN_RESPONSE = '{"url":null,"method":null,"headers":[],"body_base64":null}';
const ON_UNAUTHORIZED_REQUEST =
  '{"error":{"status":401,"body_base64":null,"category":"unauthorized"},"signer_state":{}}';
const ON_UNAUTHORIZED_RESPONSE = '{"decision":"give_up","signer_state":{}}';
const NORMALIZE_ERROR_REQUEST = '{"status":500,"body_base64":""}';
const NORMALIZE_ERROR_RESPONSE = '{"body_base64":null}';
const OBSERVE_REQUEST =
  '{"events":[{"kind":"request_started","request_id":"r-1","downstream_user_agent":null}]}';
const OBSERVE_RESPONSE = '{}';

/** Sends a function's samples through its codecs. A function that the plugin does not have is skipped. */
export function checkSamples(name: Bytes): Verdict {
  if (name.is('filter')) {
    return compare(
      isWrittenAs(FilterRequest.read(open(FILTER_REQUEST)), FILTER_REQUEST),
      isWrittenAs(FilterResponse.read(open(FILTER_RESPONSE)), FILTER_RESPONSE),
    );
  }
  if (name.is('shape')) {
    return compare(
      isWrittenAs(ShapeRequest.read(open(SHAPE_REQUEST)), SHAPE_REQUEST),
      isWrittenAs(ShapeResponse.read(open(SHAPE_RESPONSE)), SHAPE_RESPONSE),
    );
  }
  if (name.is('build_signer')) {
    return compare(
      isWrittenAs(BuildSignerRequest.read(open(BUILD_SIGNER_REQUEST)), BUILD_SIGNER_REQUEST),
      isWrittenAs(BuildSignerResponse.read(open(BUILD_SIGNER_RESPONSE)), BUILD_SIGNER_RESPONSE),
    );
  }
  if (name.is('sign')) {
    return compare(
      isWrittenAs(SignRequest.read(open(SIGN_REQUEST)), SIGN_REQUEST),
      isWrittenAs(SignResponse.read(open(SIGN_RESPONSE)), SIGN_RESPONSE),
    );
  }
  if (name.is('on_unauthorized')) {
    return compare(
      isWrittenAs(OnUnauthorizedRequest.read(open(ON_UNAUTHORIZED_REQUEST)), ON_UNAUTHORIZED_REQUEST),
      isWrittenAs(OnUnauthorizedResponse.read(open(ON_UNAUTHORIZED_RESPONSE)), ON_UNAUTHORIZED_RESPONSE),
    );
  }
  if (name.is('normalize_error')) {
    return compare(
      isWrittenAs(NormalizeErrorRequest.read(open(NORMALIZE_ERROR_REQUEST)), NORMALIZE_ERROR_REQUEST),
      isWrittenAs(NormalizeErrorResponse.read(open(NORMALIZE_ERROR_RESPONSE)), NORMALIZE_ERROR_RESPONSE),
    );
  }
  if (name.is('observe')) {
    return compare(
      isWrittenAs(ObserveRequest.read(open(OBSERVE_REQUEST)), OBSERVE_REQUEST),
      isWrittenAs(ObserveResponse.read(open(OBSERVE_RESPONSE)), OBSERVE_RESPONSE),
    );
  }
  return Verdict.success;
}

function open(sample: string): Fields {
  return openObject(ascii(sample));
}

function compare(isRequestSame: bool, isResponseSame: bool): Verdict {
  if (!isRequestSame) return Verdict.requestDiffers;
  return isResponseSame ? Verdict.success : Verdict.responseDiffers;
}
