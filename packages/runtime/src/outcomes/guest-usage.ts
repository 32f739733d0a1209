/** What a guest has used so far. */
export interface GuestUsage {
  /** Fuel of the last call that ran. */
  readonly lastFuel: number;
  /** Fuel of all calls, without start functions. */
  readonly totalFuel: number;
  /** Size of the guest's linear memory when its last call ended, in bytes. */
  readonly memoryBytes: number;
}
