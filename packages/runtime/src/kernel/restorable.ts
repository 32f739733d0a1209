/** State outside of the guest's modules that calls change: variables and the state of WASI. */
export interface Restorable {
  /** Saves the current state. */
  save(): void;
  /** Restores the state that was saved last, or the initial state. */
  restore(): void;
  /** Restores the initial state. */
  clear(): void;
}
