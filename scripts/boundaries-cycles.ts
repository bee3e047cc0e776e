/** Cycles in the import graph, by Tarjan's strongly connected components (1972). */
export interface Import {
  readonly from: string;
  /** A path from the top for a file of ours, else the specifier; "" when it is computed at run-time. */
  readonly to: string;
  /** Of types alone: nothing of it is left at run-time. */
  readonly erased?: true;
}

interface Mark {
  index: number;
  low: number;
  open: boolean;
}

/** Each group of files that import one another in a circle, in the order in which they were met. Pure. */
export function cyclesOf(imports: readonly Import[]): string[][] {
  const graph = Map.groupBy(imports, ({ from }) => from);
  const marks = new Map<string, Mark>();
  const stack: string[] = [];
  const cycles: string[][] = [];

  function visit(file: string): Mark {
    const mark: Mark = { index: marks.size, low: marks.size, open: true };
    marks.set(file, mark);
    stack.push(file);
    for (const { to } of graph.get(file) ?? []) {
      const seen = marks.get(to);
      if (!seen) mark.low = Math.min(mark.low, visit(to).low);
      else if (seen.open) mark.low = Math.min(mark.low, seen.index);
    }
    if (mark.low === mark.index) close(file);
    return mark;
  }

  function close(root: string): void {
    const group = stack.splice(stack.indexOf(root));
    for (const file of group) (marks.get(file) as Mark).open = false;
    const own = graph.get(root)?.some(({ to }) => to === root);
    if (group.length > 1 || own) cycles.push([...group, root]);
  }

  for (const file of graph.keys()) if (!marks.has(file)) visit(file);
  return cycles;
}
