/** The histogram once the stream is drawn: its library weighs as much as two pages, and nobody waits for it. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Waiting } from '../../parts/answer.tsx';

interface LatencyProps {
  readonly counts: readonly number[];
}

export function LatencyLater({ counts }: LatencyProps) {
  const [View, setView] = useState<ComponentType<LatencyProps>>();
  useEffect(() => {
    let wanted = true;
    // A file that is not there any more is asked for anew by main.tsx.
    import('./latency.tsx').then(
      ({ Latency }) => wanted && setView(() => Latency),
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, []);
  return View ? <View counts={counts} /> : <Waiting lines={4} />;
}
