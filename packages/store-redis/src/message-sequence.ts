import type { ChangesMessage, LeasesMessage, ScopeMessage } from './scope-message.ts';

/** What the replica stands at. */
interface ReplicaPosition {
  readonly epoch: string;
  readonly seq: number;
}

export interface MessageSequenceOptions {
  readonly now: () => number;
  /** The next change of all, exactly once each. */
  readonly onChanges: (message: ChangesMessage) => void;
  /** Leases have moved; this may be told late, or not at all. */
  readonly onLeases: (message: LeasesMessage) => void;
  /** A change was missed: the replica counts as out of date, and has to be loaded. */
  readonly onGap: () => void;
}

/** Takes the messages of a scope in their order: what was loaded already is skipped, and a gap is found. */
export interface MessageSequence {
  receive(message: ScopeMessage): void;
  /** Where the replica stands, or `undefined` while it has to be loaded. */
  readonly position: () => ReplicaPosition | undefined;
  /** Nothing that is known holds: messages are ignored until the replica is loaded. */
  invalidate(): void;
  /** For how long the replica has had to be loaded; 0 where it has not. */
  readonly staleMs: () => number;
  /** From now on messages are kept, since they may be newer than what is being loaded. */
  startLoading(): void;
  /** Everything up to this position has been loaded. */
  setPosition(position: ReplicaPosition): void;
  /** Takes what was kept, or drops it where nothing could be loaded. */
  endLoading(): void;
}

/** A sequence that has to be loaded first. */
export const createMessageSequence = (options: MessageSequenceOptions): MessageSequence => {
  const { now } = options;
  let position: ReplicaPosition | undefined;
  let lastValidAt = -Infinity;
  let isLoading = false;
  let bufferedMessages: ScopeMessage[] = [];

  const invalidate = (): void => {
    if (position !== undefined) lastValidAt = now();
    position = undefined;
  };

  const receive = (message: ScopeMessage): void => {
    if (position === undefined) {
      if (isLoading) bufferedMessages.push(message);
      return;
    }
    if (message.epoch !== position.epoch) return;
    if (message.kind === 'leases') {
      options.onLeases(message);
      return;
    }
    if (message.seq <= position.seq) return;
    if (message.seq > position.seq + 1) {
      invalidate();
      options.onGap();
      return;
    }
    position = { epoch: position.epoch, seq: message.seq };
    options.onChanges(message);
  };

  return {
    receive,
    position: () => position,
    invalidate,
    staleMs: () => (position === undefined ? now() - lastValidAt : 0),
    startLoading: () => {
      isLoading = true;
      bufferedMessages = [];
    },
    setPosition: (loaded) => {
      position = loaded;
    },
    endLoading: () => {
      isLoading = false;
      for (const message of bufferedMessages.splice(0)) receive(message);
    },
  };
};
