import { behave, type PluginDescription } from '@plugwire/pdk-fixtures';

/** One chapter of the demo: a plugin, and what traffic must look like while it is in charge. */
export interface Chapter {
  /** The operator's name for the plugin. */
  readonly name: string;
  readonly about: string;
  readonly plugin: PluginDescription;
  /** What every request meets: `ok`, the failure that makes the fallback, or `refused` if the plugin never loads. */
  readonly expected: 'ok' | 'refused' | { readonly stage: string; readonly code: string };
}

/** A plugin that keeps one upstream; behind it come broken ones. */
export const chapters = (keptId: string): readonly Chapter[] => {
  const answer = behave.answer({
    _v: 1,
    kept_upstream_ids: [keptId],
    reason: 'the blue one is nearer',
    per_candidate_reasons: [],
  });
  const filterBy = (behaviour: typeof answer): PluginDescription => ({ functions: { filter: behaviour } });
  return [
    { name: 'keeps-blue', about: 'answers', plugin: filterBy(answer), expected: 'ok' },
    {
      name: 'liar',
      about: 'lies in its handshake',
      plugin: { functions: { filter: { behaviour: answer, declared: false } } },
      expected: 'refused',
    },
    {
      name: 'traps',
      about: 'traps',
      plugin: filterBy(behave.trap('outOfBounds')),
      expected: { stage: 'plugin_call', code: 'out_of_bounds' },
    },
    {
      name: 'spins',
      about: 'never ends',
      plugin: filterBy(behave.spin()),
      expected: { stage: 'plugin_call', code: 'deadline' },
    },
    {
      name: 'guest-error',
      about: 'reports an error',
      plugin: filterBy(behave.guestError('no idea')),
      expected: { stage: 'plugin_call', code: 'guest_error' },
    },
    {
      name: 'not-json',
      about: 'answers nonsense',
      plugin: filterBy(behave.answerText('blue!')),
      expected: { stage: 'deserialize_response', code: 'not_json' },
    },
    {
      name: 'version-2',
      about: 'answers another version',
      plugin: filterBy(behave.answer({ _v: 2, kept_upstream_ids: [keptId] })),
      expected: { stage: 'response_envelope', code: 'version_mismatch' },
    },
    { name: 'keeps-blue-again', about: 'answers', plugin: filterBy(answer), expected: 'ok' },
  ];
};
