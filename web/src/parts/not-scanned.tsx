/** Where nothing is known yet it is no use to speak of filters: what fills the place is a scan. */
import { Nothing } from './answer.tsx';

export function NotScanned() {
  return (
    <Nothing icon="scans" title="Nothing has been scanned yet">
      <p>
        Start with <code>elava scan --region us-east-1</code>, or let <code>elava serve</code> find its own rhythm;{' '}
        <code>elava doctor</code> says what is missing. Without an account at hand, <code>elava demo --serve</code>{' '}
        shows all of it on a simulated AWS.
      </p>
    </Nothing>
  );
}
