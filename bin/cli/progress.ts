/** One line on stderr that is drawn again and again; silent where stderr is no terminal. */
import { styleText } from 'node:util';

export interface Progress {
  /** `done` of `total`, and what is being done. */
  update(done: number, total: number, text: string): void;
  /** Wipes the line. */
  end(): void;
}

const barWidth = 24;
const silent: Progress = { update() {}, end() {} };

export function progress(stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return silent;
  return {
    update(done, total, text) {
      const filled = total === 0 ? 0 : Math.min(barWidth, Math.round((done / total) * barWidth));
      const bar =
        styleText('cyan', '━'.repeat(filled), { stream }) + styleText('dim', '━'.repeat(barWidth - filled), { stream });
      const room = Math.max(0, (stream.columns ?? 80) - barWidth - 2);
      stream.write(`\r\x1b[2K${bar} ${`${done}/${total} ${text}`.slice(0, room)}`);
    },
    end() {
      stream.write('\r\x1b[2K');
    },
  };
}
