import {
  type ContractDescription,
  type ContractsDescription,
  type HostFunctionDescription,
  indentJson,
  type MessageDescription,
  type VersionDescription,
} from '@plugwire/wire';

import { docsOfShape, showShape } from './show-shape.ts';

/**
 * Writes documentation of contracts in Markdown, for authors of plugins: each function with its versions, messages and samples, and the
 * host functions that the host declares.
 */
export const writeDocs = ({ contracts, hostFunctions }: ContractsDescription): string =>
  [
    '# Contracts',
    '',
    ...contracts.map(({ name, fallback }) => `- [\`${name}\`](#${name}): ${POLICIES[fallback]}`),
    ...contracts.flatMap(docsOfContract),
    ...(hostFunctions.length === 0
      ? []
      : ['', '## Host functions', '', ...docsOfHostFunctions(hostFunctions)]),
    '',
  ].join('\n');

/** What a host does if a dispatch fails, by fallback policy. */
const POLICIES: Readonly<Record<ContractDescription['fallback'], string>> = {
  fail_request: 'if it fails, the host fails the request',
  silent_skip: 'if it fails, the host goes on without it',
  use_default: 'if it fails, the host uses its own default answer',
  pass_through: 'if it fails, the host goes on with what it had',
};

const docsOfContract = ({
  name,
  description,
  fallback,
  fingerprint,
  versions,
}: ContractDescription): string[] => [
  '',
  `## ${name}`,
  '',
  ...(description === undefined ? [] : [description, '']),
  `Fallback: \`${fallback}\`, ${POLICIES[fallback]}. Fingerprint: \`${fingerprint}\`.`,
  ...versions.flatMap((version) => docsOfVersion(name, version)),
];

const docsOfVersion = (
  name: string,
  { version, request, response, sample }: VersionDescription,
): string[] => [
  '',
  `### ${name}, version ${version}`,
  '',
  'Request:',
  '',
  ...docsOfMessage(request),
  '',
  ...sampleOf(sample.request, version),
  '',
  'Response:',
  '',
  ...docsOfMessage(response),
  '',
  ...sampleOf(sample.response, version),
];

const docsOfMessage = ({ shape, definitions }: MessageDescription): string[] => [
  ...docsOfShape(shape),
  ...Object.entries(definitions).flatMap(([name, definition]) =>
    ['', `\`${name}\`:`, ''].concat(docsOfShape(definition)),
  ),
];

/** A sample in JSON, with the `_v` that the envelope adds. */
const sampleOf = (sample: unknown, version: number): string[] => [
  '```json',
  indentJson({ ...(sample as object), _v: version }),
  '```',
];

const docsOfHostFunctions = (functions: readonly HostFunctionDescription[]): string[] => [
  '| function | namespace | capability | parameters | result |',
  '| --- | --- | --- | --- | --- |',
  ...functions.map(({ name, namespace, capability, parameters, result }) => {
    const values = [...parameters, ...(result === undefined ? [] : [result])].map(({ kind, shape }) =>
      shape === undefined ? `\`${kind}\`` : `JSON: ${showShape(shape)}`,
    );
    const taken = values.slice(0, parameters.length).join(', ') || '-';
    const given = result === undefined ? '-' : (values.at(-1) ?? '-');
    return `| \`${name}\` | \`${namespace}\` | ${capability === undefined ? '-' : `\`${capability}\``} | ${taken} | ${given} |`;
  }),
];
