import { channel } from 'node:diagnostics_channel';

/**
 * Names of the channels of `node:diagnostics_channel` on which Plugwire publishes. Messages are built only if there is a subscriber. They
 * contain names and codes, and no payload.
 *
 * @example
 * import { subscribe } from 'node:diagnostics_channel';
 * subscribe(CHANNELS.dispatchFailed, (message) => count(message));
 */
export const CHANNELS = {
  /** `{ plugin, version, sha256 }`, or `{ plugin, stage, code }` for a load that was refused. */
  load: 'plugwire:load',
  /** `{ plugin, function, stage, code, policy }` */
  dispatchFailed: 'plugwire:dispatch-failed',
  /** `{ plugin, state, backoffMs }` */
  breaker: 'plugwire:breaker',
  /** `{ plugin, from, to }`: `from` and `to` have versions and hashes. Published by `@plugwire/operate`. */
  swap: 'plugwire:swap',
} as const;

const channels = {
  load: channel(CHANNELS.load),
  dispatchFailed: channel(CHANNELS.dispatchFailed),
  breaker: channel(CHANNELS.breaker),
} as const;

/** Publishes a message. `message` is called only if there is a subscriber. If a subscriber throws, Node reports the error and the caller continues. */
export const publish = (name: keyof typeof channels, message: () => object): void => {
  const to = channels[name];
  if (to.hasSubscribers) to.publish(message());
};
