/** What the admin server answers. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text as it is, or what becomes JSON. */
  readonly body: string | object;
}

/** Says what was wrong with a request. */
export const refusal = (
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  stage?: string,
): Reply => ({ status, headers, body: { error: { stage, code, message } } });
