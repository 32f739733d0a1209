import type { Recording } from './recording.ts';

/** Writes a recording as JSON, with a line for each series. */
export const writeRecording = (recording: Recording): string =>
  `${JSON.stringify(recording, null, 2).replaceAll(/\[\s+((?:-?[\d.e-]+|null)(?:,\s+(?:-?[\d.e-]+|null))*)\s+\]/g, (_, values: string) => `[${values.replaceAll(/\s+/g, ' ')}]`)}\n`;
