/** The address where a plugin listens. */
export interface PluginAddress {
  readonly network: 'tcp' | 'unix';
  /** `host:port`, or the path of a unix socket. */
  readonly address: string;
}
