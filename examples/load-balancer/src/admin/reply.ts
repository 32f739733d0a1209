/** A response of the admin server. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent unchanged. An object is sent as JSON. */
  readonly body: string | object;
}

/** Creates an error response. */
export const refusal = (
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  stage?: string,
): Reply => ({ status, headers, body: { error: { stage, code, message } } });
