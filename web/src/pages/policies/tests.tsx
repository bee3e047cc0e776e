/** The policies' own tests, run by the compiler, and how much of each file they run. */
import { get } from '../../base/api.ts';
import { count } from '../../base/format.ts';
import { useQuery } from '../../base/query.ts';
import { address } from '../../base/router.ts';
import { Answer, Nothing } from '../../parts/answer.tsx';
import { Badge } from '../../parts/badge.tsx';
import { Bars } from '../../parts/bars.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Table } from '../../parts/table.tsx';
import type { TestsAnswer } from './answers.ts';

const tone: Readonly<Record<string, string>> = { pass: 'good', fail: 'bad', error: 'bad', skip: 'plain' };

export function Tests() {
  const query = useQuery<TestsAnswer>('tests all', (signal) =>
    get('/api/rules/tests', {}, { signal, timeoutMs: 120_000 }),
  );
  return (
    <Answer
      query={query}
      lines={8}
      empty={({ tests, errors }) =>
        tests.length + errors.length === 0 && (
          <Nothing icon="policies" title="The policies have no tests">
            <p>
              A test is a rule named <code>test_…</code> in a file named <code>…_test.rego</code>.
            </p>
          </Nothing>
        )
      }
    >
      {({ tests, errors, covered }) => (
        <div class="columns">
          <Panel
            class="w8"
            title="Tests"
            note={`${count(tests.filter(({ outcome }) => outcome === 'pass').length)} of ${count(tests.length)} pass`}
          >
            {errors.map(({ file, row, message }) => (
              <p key={`${file}:${row}`} class="notice bad">
                {file}:{row}: {message}
              </p>
            ))}
            <Table heads={['Outcome', 'Test', 'Time']} right={1} tall="List of tests">
              {tests
                .toSorted((a, b) => Number(a.outcome === 'pass') - Number(b.outcome === 'pass'))
                .map(({ package: name, name: test, outcome, file, row, micros, detail }) => (
                  <tr key={`${name}.${test}`}>
                    <td>
                      <Badge word={outcome} tone={tone[outcome] ?? 'plain'} />
                    </td>
                    <td>
                      <a href={address('/policies', { tab: 'source', file, line: row })}>{test}</a>{' '}
                      <span class="muted">{name}</span>
                      {detail !== '' && <p class="detail">{detail}</p>}
                    </td>
                    <td class="right">{(micros / 1000).toFixed(1)} ms</td>
                  </tr>
                ))}
            </Table>
          </Panel>
          <Panel class="w4" title="Lines that tests run" note="percent of each file">
            <Bars
              caption="Coverage by file"
              bars={Object.entries(covered)
                .filter(([file]) => !file.endsWith('_test.rego'))
                .toSorted(([, a], [, b]) => a - b)
                .map(([file, percent]) => ({
                  key: file,
                  label: <span title={file}>{file.split('/').at(-1)}</span>,
                  value: Math.round(percent),
                  tone: percent < 60 ? 'bad' : percent < 90 ? 'warn' : 'good',
                  href: address('/policies', { tab: 'source', file }),
                }))}
            />
          </Panel>
        </div>
      )}
    </Answer>
  );
}
