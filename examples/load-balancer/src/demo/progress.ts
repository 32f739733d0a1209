/** Shows progress in one line that overwrites itself. If the standard error is not a terminal, prints only the last state. */
export const showProgress = (text: string, isLast: boolean): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}${isLast ? '\n' : ''}`);
  else if (isLast) process.stderr.write(`${text}\n`);
};
