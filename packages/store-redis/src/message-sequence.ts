import type { ChangesMessage, LeasesMessage, ScopeMessage } from './scope-message.ts';

/** The position of the replica in the sequence of changes. */
interface ReplicaPosition {
  readonly epoch: string;
  readonly seq: number;
}

/** Options of {@link createMessageSequence}. */
export interface MessageSequenceOptions {
  readonly now: () => number;
  /** Called exactly once for each change, in order. */
  readonly onChanges: (message: ChangesMessage) => void;
  /** Called when leases have changed. The call can come late or be missing. */
  readonly onLeases: (message: LeasesMessage) => void;
  /** Called when a change was missed. The replica is then out of date and must be loaded. */
  readonly onGap: () => void;
}

/** Processes the messages of a scope in order. It skips changes that were already loaded, and detects missing ones. */
export interface MessageSequence {
  receive(message: ScopeMessage): void;
  /** Returns the position of the replica, or `undefined` while it must be loaded. */
  readonly position: () => ReplicaPosition | undefined;
  /** Marks the replica as out of date. Messages are ignored until it is loaded. */
  invalidate(): void;
  /** Returns for how long the replica has been out of date, in milliseconds, or 0. */
  readonly staleMs: () => number;
  /** Starts to keep messages, because they may be newer than the values that are being loaded. */
  startLoading(): void;
  /** Sets the position up to which changes were loaded. */
  setPosition(position: ReplicaPosition): void;
  /** Processes the kept messages, or drops them if loading failed. */
  endLoading(): void;
}

/** Creates a sequence that must be loaded first. */
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
