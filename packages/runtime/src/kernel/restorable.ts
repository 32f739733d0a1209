/** State outside of the guest's modules that its calls change: variables, what WASI keeps. */
export interface Restorable {
  /** Keeps the state as it is now. */
  save(): void;
  /** Goes back to the state that was kept last, or that it began with. */
  restore(): void;
  /** Goes back to the state that it began with. */
  clear(): void;
}
