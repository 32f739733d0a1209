import type { AST } from 'toml-eslint-parser';

/** Finds the line of a key, or of the nearest table that contains it. */
export type FindLine = (path: readonly PropertyKey[]) => number | undefined;

/** Creates a function that finds the lines of the keys of a TOML file. */
export const createFindLine = (program: AST.TOMLProgram): FindLine => {
  const lines = new Map<string, number>();
  const note = (path: readonly PropertyKey[], line: number): void => {
    const key = JSON.stringify(path.map(String));
    if (!lines.has(key)) lines.set(key, line);
  };
  const visit = (
    node: AST.TOMLTable | AST.TOMLKeyValue | AST.TOMLContentNode,
    path: readonly PropertyKey[],
  ): void => {
    if (node.type === 'TOMLTable') {
      for (let length = 1; length <= node.resolvedKey.length; length += 1)
        note(node.resolvedKey.slice(0, length), node.loc.start.line);
      for (const part of node.body) visit(part, node.resolvedKey);
    } else if (node.type === 'TOMLKeyValue') {
      const keys = node.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value));
      for (let length = 1; length <= keys.length; length += 1)
        note([...path, ...keys.slice(0, length)], node.loc.start.line);
      visit(node.value, [...path, ...keys]);
    } else if (node.type === 'TOMLInlineTable') for (const part of node.body) visit(part, path);
    else if (node.type === 'TOMLArray') {
      for (const [at, element] of node.elements.entries()) {
        note([...path, at], element.loc.start.line);
        visit(element, [...path, at]);
      }
    }
  };
  for (const part of program.body[0].body) visit(part, []);

  return (path) => {
    for (let length = path.length; length > 0; length -= 1) {
      const line = lines.get(JSON.stringify(path.slice(0, length).map(String)));
      if (line !== undefined) return line;
    }
    return undefined;
  };
};
