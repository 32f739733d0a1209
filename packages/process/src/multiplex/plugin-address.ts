/** Where a plugin listens. */
export interface PluginAddress {
  readonly network: 'tcp' | 'unix';
  /** `host:port`, or a path. */
  readonly address: string;
}
