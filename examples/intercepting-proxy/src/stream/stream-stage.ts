import type { ProxyLimits } from '../proxy-limits.ts';
import type { ShownChunk, StreamLink } from './stream-links.ts';

/** Why a stream ends before its peers end it. */
export type CutReason = 'closed_by_plugin' | 'plugin_failed' | 'held_too_long' | 'idle' | 'closing';

/** A stream that ends before its peers end it. */
export class StreamCut extends Error {
  readonly reason: CutReason;

  constructor(reason: CutReason) {
    super(reason);
    this.reason = reason;
  }
}

/** One plugin in one direction of a stream, with what it holds back. */
export interface StreamStage {
  /** Gives what goes on after a chunk. Throws {@link StreamCut} if nothing more may. */
  show(chunk: Uint8Array, isEnd: boolean): Promise<Uint8Array>;
  /** Gives what is held back, because its time is over. Throws {@link StreamCut} if it may not go on. */
  release(): Uint8Array;
  /** Forgets what is held back. */
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
  /** Whether the end of the wait is one that the plugin asked for. */
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

  /** The wait begins with the first byte that is held back, so that it ends however often a plugin holds back more. */
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

  /** At the end there is nothing to wait for. */
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
