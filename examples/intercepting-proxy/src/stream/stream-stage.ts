import type { ProxyLimits } from '../proxy-limits.ts';
import type { ShownChunk, StreamLink } from './stream-links.ts';

/** Why the proxy ends a stream before its peers do. */
export type CutReason = 'closed_by_plugin' | 'plugin_failed' | 'held_too_long' | 'idle' | 'closing';

/** The proxy ends a stream before its peers do. */
export class StreamCut extends Error {
  readonly reason: CutReason;

  constructor(reason: CutReason) {
    super(reason);
    this.reason = reason;
  }
}

/** One plugin in one direction of a stream, and the data that it holds back. */
export interface StreamStage {
  /** Shows a chunk to the plugin. Resolves to the bytes to forward. Rejects with {@link StreamCut} if the stream must end. */
  show(chunk: Uint8Array, isEnd: boolean): Promise<Uint8Array>;
  /** Returns the held data when its time is over. Throws {@link StreamCut} if it must not be forwarded. */
  release(): Uint8Array;
  /** Discards the held data and its timer. */
  close(): void;
}

const NOTHING: Uint8Array = new Uint8Array();

/** Creates a stage. `onTime` is called when `release` is due. */
export const createStage = (
  link: StreamLink,
  place: Pick<ShownChunk, 'side' | 'direction'>,
  limits: ProxyLimits,
  onTime: () => void,
): StreamStage => {
  let held = NOTHING;
  let timer: NodeJS.Timeout | undefined;
  /** Whether the plugin set the time of the release. Otherwise it is `heldMs`, which is a limit. */
  let isAsked = false;

  const take = (chunk: Uint8Array): Uint8Array => {
    const all = join(held, chunk);
    close();
    return all;
  };
  const close = (): void => {
    clearTimeout(timer);
    timer = undefined;
    held = NOTHING;
  };

  /** Holds a chunk back. The time runs from the first held byte. Holding back more does not extend it. */
  const hold = (chunk: Uint8Array, releaseMs: number | null): Uint8Array => {
    held = join(held, chunk);
    if (held.length > limits.heldBytes) return overflow();
    if (timer === undefined) {
      isAsked = releaseMs !== null && releaseMs <= limits.heldMs;
      timer = setTimeout(onTime, isAsked ? (releaseMs as number) : limits.heldMs);
    }
    return NOTHING;
  };

  const overflow = (): Uint8Array => {
    if (link.isGuard) throw new StreamCut('held_too_long');
    return take(NOTHING);
  };

  /** Handles a `hold` at the end of the direction: held data is forwarded at once. For a guard, the stream is cut. */
  const endHeld = (chunk: Uint8Array): Uint8Array => {
    if (held.length + chunk.length === 0) return NOTHING;
    held = join(held, chunk);
    return overflow();
  };

  return {
    show: async (chunk, isEnd) => {
      if (!link.sees(place.side, place.direction)) return take(chunk);
      const action = await link.show({ ...place, chunk, held, isEnd });
      if (action.kind === 'pass') return take(chunk);
      if (action.kind === 'replace') {
        close();
        const rest = action.held ?? NOTHING;
        if (isEnd) return join(action.chunk, rest);
        return rest.length === 0 ? action.chunk : join(action.chunk, hold(rest, null));
      }
      if (action.kind === 'hold') return isEnd ? endHeld(chunk) : hold(chunk, action.release_ms);
      throw new StreamCut(action.kind === 'close' ? 'closed_by_plugin' : 'plugin_failed');
    },
    release: () => (isAsked ? take(NOTHING) : overflow()),
    close,
  };
};

const join = (a: Uint8Array, b: Uint8Array): Uint8Array =>
  a.length === 0 ? b : b.length === 0 ? a : Buffer.concat([a, b]);
