/** What a guest has used so far. */
export interface GuestUsage {
  /** Fuel of the last call that ran. */
  readonly lastFuel: number;
  /** Fuel of all calls, start functions not counted. */
  readonly totalFuel: number;
  /** The guest's own linear memory when its last call ended, in bytes. */
  readonly memoryBytes: number;
}
