import { indentJson } from '../json/indent-json.ts';
import type { ContractsDescription } from '../shape/contract-description.ts';

/**
 * Writes a description as JSON, indented by two spaces, with keys in the order of the description, BigInts as integers, and a line break at
 * the end. Two descriptions of the same contract give the same bytes.
 *
 * @example
 * writeFileSync('contracts.json', writeDescription(describeContracts([greet])));
 */
export const writeDescription = (description: ContractsDescription): string => `${indentJson(description)}\n`;
