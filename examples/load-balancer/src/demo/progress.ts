/** Writes a line over and over; where that is not possible, only its last state. */
export const showProgress = (text: string, isLast: boolean): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}${isLast ? '\n' : ''}`);
  else if (isLast) process.stderr.write(`${text}\n`);
};
