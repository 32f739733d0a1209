import { isDeepStrictEqual } from 'node:util';

import { type Effort, measureInTurns, timesByName } from '../measure.ts';
import type { DispatchResult, SubjectName } from '../results.ts';
import { type DispatchScenario, PAYLOADS, SCENARIOS } from '../scenarios.ts';
import { createExtism, createExtismWorker } from '../subjects/extism.ts';
import { createFloor } from '../subjects/floor.ts';
import { createGrpc } from '../subjects/grpc.ts';
import { createPiscina } from '../subjects/piscina.ts';
import { createPlainFunction } from '../subjects/plain-function.ts';
import { createPlugwire, createPlugwireAsync } from '../subjects/plugwire.ts';
import type { Scenario, Subject } from '../subjects/subject.ts';
import { createUnmetered } from '../subjects/unmetered.ts';
import type { MeasureGroup } from './group.ts';

type Create = (scenario: Scenario, answer: object) => Promise<Subject>;

const CREATE: Readonly<Record<SubjectName, Create>> = {
  function: async (_, answer) => createPlainFunction(answer),
  floor: async ({ contract }, answer) => createFloor(contract, answer),
  sync: createPlugwire,
  async: createPlugwireAsync,
  unmetered: createUnmetered,
  extism: createExtism,
  piscina: createPiscina,
  extismWorker: createExtismWorker,
  grpc: createGrpc,
};

/** Measures every scenario with every payload that fits. */
export const measureDispatch: MeasureGroup<'dispatch'> = async (effort, progress) => {
  const results: DispatchResult[] = [];
  for (const scenario of SCENARIOS) {
    const { contract, guest } = scenario;
    const plugin = await scenario.plugin();
    for (const payload of PAYLOADS) {
      const message = contract.messageOf(payload);
      if (message === undefined) continue;
      progress(`${contract.title}, ${guest}, ${payload} bytes`);
      const times = await measureScenario({ contract, plugin }, scenario.subjects, message, effort);
      results.push({ contract: contract.title, guest, payload, times });
    }
  }
  return results;
};

const measureScenario = async (
  scenario: Scenario,
  names: DispatchScenario['subjects'],
  message: object,
  effort: Effort,
): Promise<DispatchResult['times']> => {
  const answer = await answerOf(scenario, message);
  const subjects: (Subject & { readonly name: SubjectName })[] = [];
  try {
    for (const name of names) {
      const subject = { name, ...(await CREATE[name](scenario, answer)) };
      subjects.push(subject);
      if (!isDeepStrictEqual(await subject.run(message), answer))
        throw new Error(
          `${name} returns another answer than the plugin: expected equal answers. Correct ${name}.ts.`,
        );
    }
    const timings = await measureInTurns(
      subjects.map(({ name, run }) => ({ name, run: () => run(message) })),
      effort,
    );
    return timesByName(timings);
  } finally {
    for (const subject of subjects) await subject.close();
  }
};

/** Returns the plugin's answer. Every subject must return the same. */
const answerOf = async (scenario: Scenario, message: object): Promise<object> => {
  const ours = await CREATE.sync(scenario, {});
  const answer = await ours.run(message);
  await ours.close();
  return answer;
};
