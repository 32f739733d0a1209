import type { Recording } from './recording.ts';

/** Returns a recording as JSON. The values of a series are on one line. */
export const writeRecording = (recording: Recording): string =>
  `${JSON.stringify(recording, null, 2).replaceAll(/\[\s+((?:-?[\d.e-]+|null)(?:,\s+(?:-?[\d.e-]+|null))*)\s+\]/g, (_, values: string) => `[${values.replaceAll(/\s+/g, ' ')}]`)}\n`;
