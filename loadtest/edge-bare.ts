/** A server of Node that only answers, as the floor of what a machine allows: prints its port, ends with stdin. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

if (import.meta.main) {
  const body = JSON.stringify({ result: { allow: true } });
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end(body));
  }).listen(0, '127.0.0.1', () => {
    process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
  });
  process.stdin.resume().on('end', () => process.exit(0));
}
