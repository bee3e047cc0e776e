/** Sources and tests of policies, as they are shown. */
import Type, { type Static } from 'typebox';

const Place = Type.Object({
  code: Type.String(),
  message: Type.String(),
  file: Type.String(),
  row: Type.Integer(),
  col: Type.Integer(),
});

export const TestsRun = Type.Object({
  tests: Type.Array(
    Type.Object({
      package: Type.String(),
      name: Type.String(),
      outcome: Type.String({ description: 'pass, fail, skip or error.' }),
      file: Type.String(),
      row: Type.Integer(),
      micros: Type.Number(),
      detail: Type.String({ description: 'The expression that was not true, "" when it passed.' }),
    }),
  ),
  errors: Type.Array(Place, { description: 'Why the sources do not compile.' }),
  covered: Type.Record(Type.String(), Type.Number(), { description: 'File → percent of its lines that a test ran.' }),
});
export type TestsRun = Static<typeof TestsRun>;

export const shown = {
  sources: {
    text: 'The policies as they stand at their source, and their tests.',
    read: true,
    params: Type.Object({}),
    result: Type.Object({
      files: Type.Array(Type.Object({ path: Type.String(), text: Type.String(), test: Type.Boolean() })),
    }),
  },
  tests: {
    text: 'Runs the tests of the policies, once for each state of their sources.',
    read: true,
    timeoutMs: 120_000,
    params: Type.Object({}),
    result: TestsRun,
  },
} as const;
