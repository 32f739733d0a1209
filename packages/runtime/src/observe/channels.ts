import { channel } from 'node:diagnostics_channel';

/**
 * Channels of `node:diagnostics_channel`, with what is published on each. Nothing is published, and nothing is built, while nobody has
 * subscribed. Messages hold names and codes, and no payload.
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
  /** `{ plugin, from, to }`: versions and hashes. Published by `@plugwire/operate`. */
  swap: 'plugwire:swap',
} as const;

const channels = {
  load: channel(CHANNELS.load),
  dispatchFailed: channel(CHANNELS.dispatchFailed),
  breaker: channel(CHANNELS.breaker),
} as const;

/** Publishes a message that is only made if somebody listens. What a subscriber throws ends nothing: Node reports it by itself. */
export const publish = (name: keyof typeof channels, message: () => object): void => {
  const to = channels[name];
  if (to.hasSubscribers) to.publish(message());
};
