/** The files of the repository that checks look at: what git tracks or would track, so that rubbish is not judged. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Paths from the top, sorted, of existing files whose path matches. Outside a git checkout it throws git's own error. */
export function sourceFiles(match: RegExp): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return listed
    .split('\0')
    .filter((file) => match.test(file) && existsSync(file))
    .toSorted();
}
